import { assert, assertEquals, assertExists, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { Unavailable } from "../../src/errors.ts";
import type { PublishedEvent } from "../../src/events.ts";
import { MIB } from "../../src/parts/limits.ts";
import {
  type House,
  type ListedAsset,
  openHouse,
  sha256Of,
  storedUpTo,
  type Upload,
} from "../support/house.ts";
import { createMov, type MovWriter } from "../support/mov_writer.ts";
import { noise } from "../support/bytes.ts";
import { holdPuts } from "../support/faulty_doors.ts";

const typed = (type: PublishedEvent["type"]) => (event: PublishedEvent) => event.type === type;

/** The only asset, complete, equal to the file. */
async function assertArrived(house: House, path: string): Promise<ListedAsset> {
  const assets = await house.assets();
  assertEquals(assets.length, 1, "one asset");
  assertEquals(assets[0]!.status, "complete");
  assertEquals(assets[0]!.sha256, await sha256Of(path));
  return assets[0]!;
}

/** Growth in one go, until the last whole part is stored. */
async function rollAndStore(upload: Upload, roll: () => Promise<void>, lastPart: number) {
  await roll();
  await storedUpTo(upload, lastPart);
}

Deno.test("take of a growing MOV is stored while it grows and ended by its bytes", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]); // before the file exists
  await using mov = await createMov(path);
  await rollAndStore(upload, () => mov.roll(32 * MIB), 6);
  await rollAndStore(upload, () => mov.roll(10 * MIB), 8);
  assertEquals((await house.assets())[0]?.parts.some((part) => part.number === 1), false);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  const asset = await assertArrived(house, path);
  const ended = house.events.find(typed("recording.ended"));
  assert(ended?.type === "recording.ended" && ended.by === "container" && ended.finishedByRecorder);
  // The head went after every other part but the final one, and nothing went twice.
  const order = house.events.flatMap((e) => e.type === "part.stored" ? [e.number] : []);
  assertEquals(order.at(-1), asset.parts.at(-1)?.number);
  assertEquals(order.at(-2), 1);
  assertEquals(asset.parts.every((part) => part.putCount === 1), true);
});

Deno.test("take is finalized only after verification, and a changed part goes again", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  await using mov = await createMov(path);
  await rollAndStore(upload, () => mov.roll(22 * MIB), 4);
  await mov.patch(12 * MIB, noise(100, 5)); // inside part 3, long stored
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  const asset = await assertArrived(house, path);
  assertEquals(asset.parts.map((part) => part.putCount), [1, 1, 2, 1, 1]);
  const types = house.events.map((event) => event.type);
  assert(types.indexOf("part.changed") < types.indexOf("take.finalized"));
});

Deno.test("take that is suspended goes on with the same asset and sends nothing again", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const first = house.upload([path]);
  await using mov = await createMov(path);
  await rollAndStore(first, () => mov.roll(32 * MIB), 6);
  assertEquals(await first.stop(), [{ is: "suspended" }]);
  await mov.roll(8 * MIB); // while the program is down
  const second = house.upload([path]);
  await mov.stop();
  assertEquals(await second.done, [{ is: "done" }]);
  const asset = await assertArrived(house, path);
  assertEquals(asset.parts.every((part) => part.putCount === 1), true);
});

Deno.test("take already finalized and unchanged needs no second asset", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  await using mov = await createMov(path);
  await mov.roll(MIB);
  await mov.stop();
  await house.upload([path]).done;
  const again = house.upload([path]);
  assertEquals(await again.done, [{ is: "done" }]);
  const asset = await assertArrived(house, path);
  const [shown] = again.studio.shown();
  assert(shown?.already && shown.snapshot.state.asset.at === "created");
  assertEquals(shown.snapshot.state.asset.id, asset.id);
});

Deno.test("take of another recording under the same name is a new one", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  for (const mebibytes of [6, 7]) {
    await using mov = await createMov(path); // truncates in place: the same inode
    await mov.roll(mebibytes * MIB);
    await mov.stop();
    assertEquals(await house.upload([path]).done, [{ is: "done" }]);
  }
  const assets = await house.assets();
  assertEquals(assets.map((asset) => asset.status), ["complete", "complete"]);
  const sha256 = await sha256Of(path);
  assertEquals(assets.filter((asset) => asset.sha256 === sha256).length, 1);
});

Deno.test("take overwritten in place while the program was down is a new one", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const first = house.upload([path]);
  {
    await using mov = await createMov(path);
    await rollAndStore(first, () => mov.roll(22 * MIB), 4);
  }
  await first.stop();
  await Deno.writeFile(path, noise(30 * MIB, 77)); // the same inode, another recording
  const second = house.upload([path], { idleMs: 200 });
  assertEquals(await second.done, [{ is: "done" }]);
  const assets = await house.assets();
  assertEquals(assets.length, 2);
  assertEquals(assets.find((a) => a.status === "complete")?.sha256, await sha256Of(path));
});

Deno.test("take that says `open` is quiet after idle, and never finalized by it", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], { idleMs: 300 });
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  await upload.seen(typed("recording.quieted"));
  const [shown] = upload.studio.shown();
  assertEquals(shown?.snapshot.sight?.judgement.is, "quiet");
  assertEquals((await house.assets())[0]?.status === "complete", false);
  await mov.roll(MIB); // the recorder goes on
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertArrived(house, path);
});

Deno.test("take whose recorder died is stored whole and marked as not finished", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], { idleMs: 300, abandonMs: 600 });
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  mov.die();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertArrived(house, path);
  const { state } = upload.studio.shown()[0]!.snapshot;
  assertEquals(state.ended?.finishedByRecorder, false);
});

Deno.test("take ends at its present size by the operator's word", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  await using mov = await createMov(path);
  await rollAndStore(upload, () => mov.roll(22 * MIB), 4);
  const endBytes = mov.sizeBytes;
  assertEquals(upload.studio.finish("nobody"), "unknown");
  assertEquals(upload.studio.finish(upload.studio.shown()[0]!.takeId), "accepted");
  const askedMs = Date.now();
  await mov.roll(9 * MIB); // the recorder does not know
  assertEquals(await upload.done, [{ is: "done" }]);
  const finalized = house.events.find((event) => event.type === "take.finalized");
  const leastMs = Date.parse(finalized!.time) - askedMs - 20;
  assertGreaterOrEqual(
    finalized!.tailMs!,
    leastMs,
    "what it wrote since does not shorten the tail",
  );
  const [asset] = await house.assets();
  assertEquals(asset?.size, endBytes);
  assertEquals(upload.studio.shown()[0]!.snapshot.state.ended?.by, "operator");
});

Deno.test("take cut below its registered parts goes on in a second asset that says why", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  {
    await using mov = await createMov(path);
    await rollAndStore(upload, () => mov.roll(22 * MIB), 4);
  }
  await using mov = await createMov(path); // the same file, from its beginning
  await mov.roll(6 * MIB);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  const assets = await house.assets();
  assertEquals(assets.length, 2);
  assertEquals(assets.find((a) => a.status === "complete")?.sha256, await sha256Of(path));
  const { formerAssets } = upload.studio.shown()[0]!.snapshot.state;
  assertMatch(formerAssets[0]!.reason, /the recording was cut to \d+ bytes/);
});

Deno.test("take that is to be finished, and whose file its recorder begins anew, is the new recording whole", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], { doors: (real) => ({ digests: holdPuts(real.digests) }) });
  const first = await createMov(path);
  await first.roll(22 * MIB);
  await upload.seen(({ type }) => type === "part.started");
  assertEquals(upload.studio.finish(upload.studio.shown()[0]!.takeId), "accepted");
  await upload.seen(({ type }) => type === "recording.ended");
  first.die();
  await Deno.truncate(path); // as the recorder that begins anew does, and it has not written yet
  const withdrawn = await upload.seen(({ type }) => type === "finish.withdrawn");
  assert(withdrawn.type === "finish.withdrawn" && withdrawn.cutToBytes === 0);
  await upload.stop();
  const again = house.upload([path]);
  await using second = await createMov(path);
  await second.roll(31 * MIB);
  await second.stop();
  assertEquals(await again.done, [{ is: "done" }]);
  const whole = (await house.assets()).find(({ status }) => status === "complete");
  assertEquals([whole?.size, whole?.sha256], [second.sizeBytes, await sha256Of(path)]);
  assertEquals(again.studio.shown()[0]!.snapshot.state.ended?.by, "container");
});

Deno.test("take whose front cannot be read any more at its end is sent as it is", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], { idleMs: 1000, abandonMs: 1000 });
  const mov = await createMov(path);
  await rollAndStore(upload, () => mov.roll(22 * MIB), 4);
  await mov.patch(0, noise(4096, 7));
  await mov.roll(1000);
  mov.die();
  assertEquals(await upload.done, [{ is: "done" }]);
  const [asset] = await house.assets();
  assertEquals([asset?.status, asset?.sha256], ["complete", await sha256Of(path)]);
});

Deno.test("take of a recording deleted half-way is stored whole from its handle", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  await using mov = await createMov(path);
  await rollAndStore(upload, () => mov.roll(22 * MIB), 4);
  const copy = house.path("copy");
  await Deno.copyFile(path, copy);
  mov.die();
  await Deno.remove(path);
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertArrived(house, copy);
  assertEquals(upload.studio.shown()[0]!.snapshot.state.ended?.by, "deleted");
});

Deno.test("take of a recording replaced half-way is kept, and the new recording is the next", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  await using mov = await createMov(path);
  await rollAndStore(upload, () => mov.roll(22 * MIB), 4);
  mov.die();
  const copy = house.path("copy");
  await Deno.copyFile(path, copy);
  await using other = await createMov(house.path("other"));
  await other.roll(7 * MIB);
  await other.stop();
  await Deno.rename(house.path("other"), path);
  assertEquals(await upload.done, [{ is: "done" }]);
  const sums = (await house.assets()).map((asset) => asset.sha256).sort();
  assertEquals(sums, [await sha256Of(path), await sha256Of(copy)].sort());
});

Deno.test("take of a recording renamed at its stop goes on under its old name", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov.part.mov");
  const upload = house.upload([path]);
  await using mov = await createMov(path);
  await rollAndStore(upload, () => mov.roll(12 * MIB), 2);
  await Deno.rename(path, house.path("take01.mov"));
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertArrived(house, house.path("take01.mov"));
});

Deno.test("take of an empty recording fails with the reason", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  await Deno.writeFile(path, new Uint8Array(0));
  const [outcome] = await house.upload([path], { idleMs: 200 }).done;
  assert(outcome?.is === "failed");
  assertMatch(outcome.message, /it has 0 bytes/);
  assertEquals(await house.assets(), []);
});

Deno.test("take recreated before its first byte is one take of the second file", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  await Deno.writeFile(path, new Uint8Array(0)); // as OBS does: create, close, unlink, create
  await Deno.remove(path);
  await using mov = await createMov(path);
  await mov.roll(6 * MIB);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertArrived(house, path);
});

/** Changes three bytes in place at the moment of an event, once, before the take goes on. */
function changeAt(
  upload: Upload,
  path: string,
  offset: number,
  fits: (event: PublishedEvent) => boolean,
): void {
  let changed = false;
  upload.on((event) => {
    if (changed || !fits(event)) return;
    changed = true;
    using file = Deno.openSync(path, { write: true });
    file.seekSync(offset, Deno.SeekMode.Start);
    file.writeSync(new Uint8Array([1, 2, 3]));
    file.utimeSync(new Date(), new Date(Date.now() + 5000)); // a clock too coarse must not hide it
  });
}

Deno.test("take changed between verification and the final PUT sends that part again first", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  await using mov = await createMov(path);
  await rollAndStore(upload, () => mov.roll(22 * MIB), 4);
  // Everything is verified and the total is about to be registered.
  changeAt(upload, path, 12 * MIB, (event) => event.type === "part.planned" && event.isFinal);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  const asset = await assertArrived(house, path);
  assertEquals(asset.parts.map((part) => part.putCount), [1, 1, 2, 1, 1]);
});

Deno.test("take changed after its finalization is not reported as a success", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  await using mov = await createMov(path);
  await mov.roll(6 * MIB);
  const upload = house.upload([path]);
  changeAt(upload, path, MIB, typed("take.finalized"));
  await mov.stop();
  const [outcome] = await upload.done;
  assert(outcome?.is === "failed" && outcome.changedLate);
  assertMatch(outcome.message, /was changed after it had been finalized as asset/);
  assertExists(house.events.find(typed("recording.changed_after_final")));
  assertEquals(house.events.some(typed("take.verified")), false);
});

Deno.test("take changed after its finalization is corrected in a new asset where that is wanted", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  await using mov = await createMov(path);
  await mov.roll(6 * MIB);
  const upload = house.upload([path], { correct: true });
  changeAt(upload, path, MIB, typed("take.finalized"));
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  const assets = await house.assets();
  assertEquals(assets.map((asset) => asset.name).sort(), [
    "take01 (corrected).mov",
    "take01.mov",
  ]);
  const corrected = assets.find((asset) => asset.name.includes("corrected"));
  assertEquals(corrected?.sha256, await sha256Of(path));
});

/** A take with stored parts, suspended: the next upload begins by reading two of them again. */
async function suspendedTake(house: House, path: string): Promise<MovWriter> {
  const first = house.upload([path]);
  const mov = await createMov(path);
  await rollAndStore(first, () => mov.roll(22 * MIB), 4);
  await first.stop();
  return mov;
}

Deno.test("take is suspended like any other when it is interrupted while it is recalled", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  await using _mov = await suspendedTake(house, path);
  const upload = house.upload([path], {
    doors: ({ digests }) => ({
      digests: {
        send: digests.send,
        digest(_source, _range, signal) {
          queueMicrotask(() => upload.stop());
          return new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
          });
        },
      },
    }),
  });
  assertEquals(await upload.done, [{ is: "suspended" }]);
});

Deno.test("take waits for a disk that is away while it is recalled", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  await using mov = await suspendedTake(house, path);
  let reads = 0;
  const upload = house.upload([path], {
    doors: ({ digests }) => ({
      digests: {
        send: digests.send,
        digest(source, range, signal) {
          if (reads++ > 0) return digests.digest(source, range, signal);
          return Promise.reject(new Unavailable("Cannot read: the drive is away", "disk"));
        },
      },
    }),
  });
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  const asset = await assertArrived(house, path);
  assertEquals(asset.parts.every((part) => part.putCount === 1), true);
});
