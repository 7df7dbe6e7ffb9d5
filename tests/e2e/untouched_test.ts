import { assertEquals } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { openDesk } from "./desk.ts";
import { until } from "./program.ts";
import { startSandbox } from "./sandbox.ts";

/** Why the flags of open files cannot be read here, or empty. */
const noProc = Deno.build.os === "linux" ? "" : " [ignored: needs Linux's /proc]";

async function checkUntouched(): Promise<void> {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("untouched.mov");
  {
    await using mov = await createMov(path);
    await mov.roll(33 * MIB);
    await mov.stop();
  }
  await Deno.chmod(path, 0o444);
  const facts = async () => {
    const { size, mtime, ctime, mode, ino, nlink } = await Deno.stat(path);
    return { size, mtime, ctime, mode, ino, nlink };
  };
  const before = await facts();
  const upload = desk.watch(path, ["--lanes", "1"]);
  const flags = new Set<number>();
  await until("the recording is open", async () => {
    for (const found of await openFlags(upload.pid, path)) flags.add(found);
    return flags.size > 0;
  });
  assertEquals((await upload.ended()).code, 0);
  await sandbox.arrived("untouched.mov", path);
  assertEquals(await facts(), before);
  for (const found of flags) assertEquals(found & 0o3, 0, "O_RDONLY");
  const sidecars = [...Deno.readDirSync(desk.folder)].map(({ name }) => name).sort();
  assertEquals(sidecars, ["state", "untouched.mov"]);
}

/** The flags that a process opened this file with (proc(5), fdinfo). */
async function openFlags(pid: number, path: string): Promise<number[]> {
  const flags: number[] = [];
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    if (target !== path) continue;
    const info = await Deno.readTextFile(`/proc/${pid}/fdinfo/${name}`).catch(() => "");
    const octal = /^flags:\s*([0-7]+)/m.exec(info)?.[1];
    if (octal !== undefined) flags.push(parseInt(octal, 8));
  }
  return flags;
}

Deno.test({
  name: `reeltime opens a recording for reading only and leaves it as it was${noProc}`,
  ignore: noProc !== "",
  fn: checkUntouched,
});
