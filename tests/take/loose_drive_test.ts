/** Takes whose drive hangs, or drops out and comes back, while others go on. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { viewOf } from "../../src/control/view_of.ts";
import { MIB } from "../../src/parts/limits.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { createDisk, type Disk } from "../../src/runtime/disk.ts";
import { createDiskGates, systemGates } from "../../src/runtime/disk_gate.ts";
import { type House, openHouse, sha256Of, storedUpTo, type Upload } from "../support/house.ts";
import { looseDrive, noLooseDrive } from "../support/loose_drive.ts";
import { createMov } from "../support/mov_writer.ts";
import { within } from "../support/within.ts";

const reason = await noLooseDrive();

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${name}${reason}`, ignore: reason !== "", fn });
}

/** For the answers of a drive that hangs time passes 10 times as fast: a busy machine reads 1 MiB in 1.5 s. */
const hasty: Clock = {
  ...systemClock,
  monotonicMs: () => 10 * systemClock.monotonicMs(),
  sleep: (delayMs, signal) => systemClock.sleep(delayMs / 10, signal),
};

/** A house with a loose drive, whose accesses go through these gates. */
async function openScene(gates = createDiskGates(hasty)) {
  const house = await openHouse();
  const [there, here] = [house.path("there"), house.path("here")];
  await Deno.mkdir(there);
  await Deno.mkdir(here);
  const drive = await looseDrive(there, here);
  const uploads: Upload[] = [];
  return {
    ...{ house, drive, there, here },
    /** Uploads through two lanes. */
    upload(...paths: string[]): Upload {
      const disk: Disk = {
        ...createDisk((folder) => (folder === here ? gates : systemGates)(folder)),
        // Or this machine's other processes had a say: the walk touches all that they have open.
        writers: () => Promise.resolve("unknown"),
        // Deno has one thread for all watches (notify-rs): it hangs with the drive, and whoever closes a
        // watch then hangs with it.
        watch: () => {},
      };
      const upload = house.upload(paths, { lanes: 2, doors: () => ({ disk }) });
      uploads.push(upload);
      return upload;
    },
    async [Symbol.asyncDispose]() {
      await drive[Symbol.asyncDispose]();
      for (const upload of uploads) await upload.stop();
      await house[Symbol.asyncDispose]();
    },
  };
}

/** What is shown of the take on the loose drive. */
const viewOfA = (upload: Upload) =>
  viewOf(upload.studio.shown().find(({ target }) => target.name === "a.mov")!);

/** Looks until it is so: a bound for a failing test, never a wait for a result. */
async function comes(fits: () => boolean): Promise<void> {
  await within(
    (async () => {
      while (!fits()) await new Promise((resolve) => setTimeout(resolve, 10));
    })(),
    30_000,
  );
}

async function assertArrived(house: House, name: string, path: string): Promise<void> {
  const asset = (await house.assets()).find((asset) => asset.name === name);
  assertEquals(asset?.sha256, await sha256Of(path));
}

test("a drive that hangs keeps no lane from the takes on other drives, and says so", async () => {
  await using scene = await openScene();
  const { house, drive } = scene;
  await using hung = await createMov(`${scene.there}/a.mov`);
  await hung.roll(60 * MIB);
  await using other = await createMov(house.path("b.mov"));
  await other.roll(1 * MIB);
  const upload = scene.upload(`${scene.here}/a.mov`, house.path("b.mov"));
  await upload.seen((event) => event.type === "part.stored");
  drive.hang();
  assertEquals(viewOfA(upload).problem, null);
  const behind = viewOfA(upload).behindSeconds!;
  await other.roll(30 * MIB);
  await other.stop();
  await comes(() => house.events.some((event) => event.type === "asset.completed"));
  await comes(() => viewOfA(upload).problem !== null);
  await assertArrived(house, "b.mov", house.path("b.mov"));
  const view = viewOfA(upload);
  assertMatch(view.problem!, /here\/a\.mov: its drive or share has not answered for 15 s/);
  assert(view.behindSeconds! > behind);
  drive.answer();
  await hung.roll(3 * MIB);
  await hung.stop();
  assertEquals(await within(upload.done, 60_000), [{ is: "done" }, { is: "done" }]);
  await assertArrived(house, "a.mov", `${scene.there}/a.mov`);
});

test("a take whose drive hangs is suspended at once", async () => {
  await using scene = await openScene();
  const { drive } = scene;
  await using mov = await createMov(`${scene.there}/a.mov`);
  await mov.roll(12 * MIB);
  const upload = scene.upload(`${scene.here}/a.mov`);
  await storedUpTo(upload, 2);
  drive.hang();
  await mov.roll(12 * MIB);
  assertEquals(await within(upload.stop()), [{ is: "suspended" }]);
});

test("a drive that drops out and comes back is taken up again", async () => {
  await using scene = await openScene(systemGates);
  const { house, drive } = scene;
  await using mov = await createMov(`${scene.there}/a.mov`);
  await mov.roll(12 * MIB);
  const upload = scene.upload(`${scene.here}/a.mov`);
  await storedUpTo(upload, 2);
  await drive.pull();
  await comes(() => viewOfA(upload).problem !== null);
  await mov.roll(10 * MIB);
  await drive.plugIn();
  await comes(() => viewOfA(upload).problem === null);
  await mov.stop();
  assertEquals(await within(upload.done, 60_000), [{ is: "done" }]);
  await assertArrived(house, "a.mov", `${scene.there}/a.mov`);
  const assets = await house.assets();
  assertEquals(assets.length, 1, "the same asset goes on");
});
