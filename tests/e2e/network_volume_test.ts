/** A recording on a volume that another machine writes to, emulated by a FUSE mount with old facts. */
import { assert, assertEquals, assertGreaterOrEqual, assertStringIncludes } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { viewOf } from "../../src/control/view_of.ts";
import { systemDisk } from "../../src/runtime/disk.ts";
import { openHouse, sha256Of, storedUpTo } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";

/** Seconds for which the mount repeats what it knew of a file, as NFS does at least (nfs(5), acregmin). */
const OLD_FACTS_SECONDS = 3;

/** Mounts `source` at `target`; words for the test's name where this machine cannot. */
function mount(source: string, target: string): string {
  const old = `attr_timeout=${OLD_FACTS_SECONDS},entry_timeout=${OLD_FACTS_SECONDS}`;
  try {
    const { success } = new Deno.Command("bindfs", { args: ["-o", old, source, target] })
      .outputSync();
    return success ? "" : " [ignored: this machine permits no FUSE mount]";
  } catch {
    return " [ignored: no bindfs on this machine]";
  }
}

function unmount(target: string): void {
  new Deno.Command("umount", { args: [target] }).outputSync();
}

/** Tries once whether a volume can be mounted here. */
function noMount(): string {
  const folder = Deno.makeTempDirSync({ prefix: "reeltime-e2e-" });
  Deno.mkdirSync(`${folder}/there`);
  Deno.mkdirSync(`${folder}/here`);
  const reason = mount(`${folder}/there`, `${folder}/here`);
  if (reason === "") unmount(`${folder}/here`);
  Deno.removeSync(folder, { recursive: true });
  return reason;
}

const reason = noMount();

Deno.test({
  name:
    `take on a network volume with old facts arrives, and its end is waited for longer${reason}`,
  ignore: reason !== "",
  async fn() {
    await using house = await openHouse();
    const there = house.path("there");
    const here = house.path("here");
    await Deno.mkdir(there);
    await Deno.mkdir(here);
    assertEquals(mount(there, here), "");
    try {
      assert(await systemDisk.isNetworkVolume(`${here}/take01.mov`));
      // The recorder writes on its own machine; we see its file through the mount.
      await using mov = await createMov(`${there}/take01.mov`);
      await mov.roll(12 * MIB);
      const upload = house.upload([`${here}/take01.mov`]);
      await storedUpTo(upload, 2);
      await mov.roll(10 * MIB);
      await storedUpTo(upload, 4);
      const [shown] = upload.studio.shown();
      assertStringIncludes(viewOf(shown!).words, "on a network volume");
      await mov.stop();
      const stoppedMs = performance.now();
      assertEquals(await upload.done, [{ is: "done" }]);
      assertGreaterOrEqual(performance.now() - stoppedMs, 10_000, "settled for longer");
      const [asset] = await house.assets();
      assertEquals(asset?.sha256, await sha256Of(`${there}/take01.mov`));
      const ended = house.events.find((event) => event.type === "recording.ended");
      assert(ended?.type === "recording.ended" && ended.by === "container");
    } finally {
      unmount(here);
    }
  },
});
