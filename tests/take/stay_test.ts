/** One name, many recordings: what a watch takes up, and what it leaves alone. */
import { assertEquals, assertMatch } from "@std/assert";
import { viewOf } from "../../src/control/view_of.ts";
import { Rejected } from "../../src/errors.ts";
import type { PublishedEvent } from "../../src/events.ts";
import type { AssetRoute } from "../../src/frameio/route.ts";
import { MIB } from "../../src/parts/limits.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { TakeRoom } from "../../src/take/desk.ts";
import { createPast } from "../../src/take/past.ts";
import { noise } from "../support/bytes.ts";
import { type House, openHouse, sha256Of } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";
import { within } from "../support/within.ts";

const typed = (type: PublishedEvent["type"]) => (event: PublishedEvent) => event.type === type;
const count = ({ events }: House, type: PublishedEvent["type"]) =>
  events.filter(typed(type)).length;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await systemClock.sleep(10);
}

/** Names and hashes of the whole assets. */
async function wholeAssets(house: House): Promise<[name: string, sha256: string | null][]> {
  const assets = await house.assets();
  return assets.filter(({ status }) => status === "complete").map((a) => [a.name, a.sha256]);
}

async function untilWhole(house: House, assets: number): Promise<void> {
  while ((await wholeAssets(house)).length < assets) await systemClock.sleep(20);
}

/** PUTs that wait until they are let go. */
function heldPuts() {
  const held = Promise.withResolvers<void>();
  const doors = ({ digests }: TakeRoom): Partial<TakeRoom> => ({
    digests: {
      digest: digests.digest,
      async send(...order) {
        await held.promise;
        return await digests.send(...order);
      },
    },
  });
  return { doors, letGo: held.resolve };
}

/** A route whose first calls of one kind come out otherwise. */
const withApi = (change: (api: AssetRoute) => Partial<AssetRoute>) => ({ api }: TakeRoom) => ({
  api: { ...api, ...change(api) },
});

Deno.test("watch takes up every recording of a name, though the first is still on its way", async () => {
  for (const stay of [true, false]) {
    await using house = await openHouse();
    const path = house.path("rec.mov");
    const { doors, letGo } = heldPuts();
    const upload = house.upload([path], { stay, lanes: 1, doors });
    const hashes: string[] = [];
    for (let n = 1; n <= 3; n++) {
      await using mov = await createMov(path);
      await mov.roll((6 + n) * MIB);
      await within(until(() => count(house, "take.started") === n));
      await mov.stop();
      const renamed = house.path(`rec_00${n}.mov`);
      await Deno.rename(path, renamed); // as some recorders do at their stop
      hashes.push(await sha256Of(renamed));
    }
    letGo();
    await within(until(() => count(house, "asset.completed") === 3));
    assertEquals((await wholeAssets(house)).map(([, hash]) => hash).sort(), hashes.sort());
    assertEquals(
      count(house, "take.warned"),
      0,
      "the others are not unfinished: they are on their way",
    );
    if (stay) await upload.stop();
    else assertEquals(await within(upload.done), [{ is: "done" }]);
  }
});

/** An upload whose asset is put together only when that is let happen. */
async function whileAssembling(
  options: { stay?: boolean; correct?: boolean },
  doors: (real: TakeRoom) => Partial<TakeRoom> = () => ({}),
) {
  const house = await openHouse();
  const path = house.path("take.mov");
  let isLetBe = false;
  const upload = house.upload([path], {
    ...options,
    doors: (real) => ({
      ...doors(real),
      ...withApi((api) => ({
        readAsset: (...ask) =>
          isLetBe ? api.readAsset(...ask) : Promise.resolve({ complete: false }),
      }))(real),
    }),
  });
  await using mov = await createMov(path);
  await mov.roll(6 * MIB);
  await mov.stop();
  await upload.seen(typed("take.verified"));
  return { house, path, upload, letBe: () => void (isLetBe = true) };
}

async function recordAnew(path: string): Promise<void> {
  await Deno.truncate(path, 0);
  await using mov = await createMov(path);
  await mov.roll(5 * MIB);
  await mov.stop();
}

Deno.test("take tells of a change that came while its asset was put together", async () => {
  const { house, path, upload, letBe } = await whileAssembling({});
  await using _ = house;
  await recordAnew(path);
  letBe();
  const [outcome] = await within(upload.done);
  assertEquals(outcome?.is === "failed" && outcome.changedLate, true);
});

Deno.test("watch that stays uploads what was recorded into the file meanwhile", async () => {
  for (const correct of [false, true]) {
    const { house, path, upload, letBe } = await whileAssembling({ stay: true, correct });
    await using _ = house;
    await recordAnew(path);
    letBe();
    await within(until(() => count(house, "asset.completed") === 2), 20_000);
    const name = correct ? "take (corrected).mov" : "take.mov";
    assertEquals((await wholeAssets(house)).at(-1), [name, await sha256Of(path)]);
    await upload.stop();
  }
});

Deno.test("watch names the next recording as it is called, and a corrected take is no failure", async () => {
  const { house, path, upload, letBe } = await whileAssembling({ stay: true, correct: true });
  await using _ = house;
  await recordAnew(path);
  letBe();
  await within(untilWhole(house, 2), 20_000);
  const next = house.path("next.mov");
  await Deno.writeFile(next, new Uint8Array());
  await recordAnew(next);
  await Deno.rename(next, path);
  await within(untilWhole(house, 3), 20_000);
  const names = (await wholeAssets(house)).map(([name]) => name);
  assertEquals(names, ["take.mov", "take (corrected).mov", "take.mov"]);
  const views = () => upload.studio.shown().map((shown) => viewOf(shown));
  await within(
    until(() => views().every(({ phase }) => phase === "finalized" || phase === "waiting")),
  );
  assertEquals(views()[0]!.name, "take (corrected).mov", "it stands for both");
  const warned = house.events.find(typed("take.warned"));
  assertMatch(
    warned?.type === "take.warned" ? warned.message : "",
    /the earlier one stays in Frame/,
  );
  await upload.stop();
});

Deno.test("watch that corrects ends when the changed file loses its name", async () => {
  for (const goes of ["at once", "before the next look", "before it is opened", "emptied"]) {
    let isWanted = false; // the take has ended: what is looked at now is to go up once more
    let looks = 0;
    const { house, path, upload, letBe } = await whileAssembling({ correct: true }, ({ disk }) => ({
      disk: {
        ...disk,
        async stat(...ask) {
          const facts = await disk.stat(...ask);
          if (isWanted && goes === "emptied" && looks++ < 3) return { ...facts!, sizeBytes: 0 };
          if (!isWanted || goes === "before it is opened") return facts;
          await moveAway();
          return await disk.stat(...ask);
        },
        async open(...ask) {
          if (isWanted) await moveAway();
          return await disk.open(...ask);
        },
      },
    }));
    await using _ = house;
    const moveAway = () => Deno.rename(path, house.path("moved.mov")).catch(() => {});
    upload.on(({ type }) => isWanted ||= type === "take.failed");
    await recordAnew(path);
    if (goes === "at once") await moveAway();
    letBe();
    const [outcome] = await within(upload.done);
    assertEquals(outcome?.is === "failed" && outcome.changedLate, true, goes);
    assertEquals(count(house, "take.started"), 1, goes);
    const phases = upload.studio.shown().map((shown) => viewOf(shown).phase);
    assertEquals(phases, ["failed"], goes);
  }
});

Deno.test("watch that stays takes up what is written to a file that was left empty", async () => {
  for (const isTaken of [true, false]) { // emptied during a take, and empty from the beginning
    await using house = await openHouse();
    const path = house.path("take.ts");
    const upload = house.upload([path], { stay: true, idleMs: 1500 });
    await Deno.writeFile(path, isTaken ? noise(6 * MIB, 1) : new Uint8Array());
    if (isTaken) await within(until(() => count(house, "asset.created") > 0));
    await Deno.truncate(path, 0); // a recorder that holds the file ready for what comes next
    await within(until(() => count(house, "take.failed") === 1));
    await Deno.writeFile(path, noise(7 * MIB, 2));
    await within(untilWhole(house, 1));
    assertEquals(await wholeAssets(house), [["take.ts", await sha256Of(path)]]);
    assertEquals(count(house, "take.failed"), 1);
    await upload.stop();
  }
});

Deno.test("watch that stays leaves a recording alone that failed before it could be looked at", async () => {
  await using house = await openHouse();
  const path = house.path("take.ts");
  const { upload, goOn } = watchThatStays(house, path, ({ disk }) => ({
    disk: {
      ...disk,
      async open(...ask) {
        const source = await disk.open(...ask);
        return source && { ...source, read: () => Promise.reject(new Error("no rights")) };
      },
    },
  }));
  await Deno.writeFile(path, noise(700, 1));
  await within(until(() => count(house, "take.failed") > 0));
  await goOn();
  assertEquals([count(house, "take.started"), count(house, "take.failed")], [1, 1]);
  await upload.stop();
});

Deno.test("past forgets a recording that was seen shorter, however large the next one is by then", () => {
  const past = createPast();
  const now = (sizeBytes: number) => ({
    ...{ sizeBytes, modifiedMs: 0, bornMs: 0, fileId: "1", linkCount: 1, kind: "file" as const },
  });
  past.ends("1", { sizeBytes: 500, modifiedMs: null });
  assertEquals([500, 600].map((size) => past.has(now(size))), [true, true]);
  assertEquals([0, 900].map((size) => past.has(now(size))), [false, false]);
});

/** A recorder that writes on until `isEnough`. */
async function writeOn(path: string, isEnough: (bytes: number) => boolean | Promise<boolean>) {
  using file = await Deno.open(path, { create: true, append: true });
  for (let bytes = 0; !(await isEnough(bytes)); bytes += 5000) {
    await file.write(noise(5000, bytes));
    await systemClock.sleep(20);
  }
}

/** A watch that stays, and whose looks at its path are counted. */
function watchThatStays(
  house: House,
  path: string,
  change: (real: TakeRoom) => Partial<TakeRoom> = () => ({}),
) {
  let looks = 0;
  const upload = house.upload([path], {
    stay: true,
    doors(real) {
      const changed = change(real);
      const { disk } = { ...real, ...changed };
      const stat: typeof disk.stat = (...ask) => (looks++, disk.stat(...ask));
      return { ...changed, disk: { ...disk, stat } };
    },
  });
  /** Its recorder writes on for a dozen looks. */
  const goOn = () => {
    const before = looks;
    return within(writeOn(path, () => looks > before + 12));
  };
  return { upload, goOn, looks: () => looks };
}

Deno.test("watch that stays leaves a failed recording alone while its recorder goes on", async () => {
  await using house = await openHouse();
  const path = house.path("take.ts");
  let creates = 0;
  const createAsset = () => (creates++, Promise.reject(new Rejected("no folder (404)", 404)));
  const { upload, goOn } = watchThatStays(house, path, withApi(() => ({ createAsset })));
  await writeOn(path, () => count(house, "take.failed") > 0);
  const { takeId } = await upload.seen(typed("take.failed"));
  await goOn();
  assertEquals([creates, count(house, "take.failed")], [1, 1]);
  // A word about it holds as well.
  assertEquals(upload.studio.cancel(takeId), "accepted");
  await goOn();
  assertEquals(count(house, "take.started"), 1);
  await upload.stop();
});

Deno.test("watch that stays takes the operator's finish for the end of the recording", async () => {
  await using house = await openHouse();
  const path = house.path("take.ts");
  const { upload, goOn } = watchThatStays(house, path);
  await writeOn(path, () => count(house, "asset.created") > 0);
  const { takeId } = await upload.seen(typed("asset.created"));
  assertEquals(upload.studio.finish(takeId), "accepted");
  await within(writeOn(path, () => count(house, "asset.completed") > 0));
  await goOn();
  assertEquals([count(house, "take.started"), (await house.assets()).length], [1, 1]);
  await Deno.writeFile(path, noise(700, 9)); // cut: another recording
  await within(until(() => count(house, "take.started") === 2));
  await upload.stop();
});

Deno.test("watch says that a recording's folder is not there, and goes on once it is", async () => {
  await using house = await openHouse();
  const folder = house.path("card");
  const path = `${folder}/rec.mov`;
  const upload = house.upload([path]);
  const problem = () => upload.studio.shown().map((shown) => viewOf(shown).problem)[0] ?? "";
  await within(until(() => /^Cannot find the folder .*card\. Check the path/.test(problem())));
  await Deno.mkdir(folder);
  await within(until(() => problem() === ""));
  await using mov = await createMov(path);
  await mov.roll(6 * MIB);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  assertEquals((await wholeAssets(house)).map(([, sha256]) => sha256), [await sha256Of(path)]);
});

Deno.test("watch tells how far behind it is from a file's birth, or from when it was seen to be empty", async () => {
  for (const isArmed of [false, true]) {
    await using house = await openHouse();
    const path = house.path("take.ts");
    const bornMs = Date.now() - 3_600_000;
    const old = <T extends { bornMs: number | null }>(facts: T): T => ({ ...facts, bornMs });
    const { upload, goOn, looks } = watchThatStays(house, path, ({ disk }) => ({
      disk: {
        ...disk,
        async open(...ask) {
          const source = await disk.open(...ask);
          return source && { ...source, stat: async (...more) => old(await source.stat(...more)) };
        },
      },
    }));
    const other = house.path("other.ts");
    await Deno.writeFile(other, isArmed ? new Uint8Array() : noise(5000, 1));
    await Deno.rename(other, path); // no look sees it otherwise
    const before = looks();
    await within(until(() => looks() > before + 3));
    await goOn();
    const behind = () => upload.studio.shown().map((shown) => viewOf(shown).behindSeconds)[0];
    await within(until(() => typeof behind() === "number"));
    assertEquals(behind()! > 3000, !isArmed, String(behind()));
    await upload.stop();
  }
});
