import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { ANY_PORT, type Desk, openDesk, pageOf } from "./desk.ts";
import { type Program, until } from "./program.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

/** What one interruption is checked with. */
interface Scene {
  readonly desk: Desk;
  readonly program: Program;
}

/**
 * Interrupts a take under way, with five parts stored; checks that it is suspended and not finalized,
 * and that the same command goes on with the same asset and sends nothing again.
 */
async function checkInterrupt(
  sandbox: SandboxProcess,
  name: string,
  flags: readonly string[],
  says: RegExp,
  interrupt: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path(name);
  await using mov = await createMov(path);
  await mov.roll(33 * MIB);
  const program = desk.watch(path, flags);
  await until("every whole part is stored", async () => {
    const [asset] = await sandbox.assets(name);
    return asset?.parts.filter((part) => part.storedAt !== null).length === 5;
  });
  await interrupt({ desk, program });
  const { code, out } = await program.ended();
  assertEquals(code, 130);
  assertMatch(out, says);
  const [before] = await sandbox.assets(name);
  assertEquals([before?.status, before?.size, before?.parts.length], ["uploading", null, 5]);

  await mov.roll(5 * MIB);
  await mov.stop();
  const { code: end, out: told } = await desk.watch(path).ended();
  assertEquals(end, 0);
  assertMatch(told, new RegExp(`^${name}: resumed, 26\\.2 MB are stored already$`, "m"));
  const asset = await sandbox.arrived(name, path);
  assertEquals(asset.id, before?.id);
  assert(asset.parts.every((part) => part.putCount === 1));
}

const knows = (program: Program, parts: readonly number[]) =>
  Promise.all(
    parts.map((number) =>
      program.event((event) => event.type === "part.stored" && event.number === number)
    ),
  );

async function once({ program }: Scene): Promise<void> {
  await knows(program, [2, 3, 4, 5, 6]);
  program.signal("SIGINT");
}

async function terminate({ program }: Scene): Promise<void> {
  await program.line(/stored {1,4}26\.2 MB/);
  program.signal("SIGTERM");
}

/** A reader of the page that takes nothing keeps the orderly end waiting: time for a second Ctrl-C. */
async function twice({ desk, program }: Scene): Promise<void> {
  const page = new URL(await pageOf(program));
  await program.line(/stored {1,4}26\.2 MB/);
  using reader = await Deno.connect({ hostname: page.hostname, port: Number(page.port) });
  const ask = `GET /page.css HTTP/1.1\r\nHost: ${page.host}\r\n\r\n`;
  await reader.write(new TextEncoder().encode(ask.repeat(4000)));
  await untilFull(Number(page.port), reader.localAddr.port);
  const startMs = performance.now();
  program.signal("SIGINT");
  await program.line(/suspended: the same command goes on with it/);
  const isInTime = performance.now() - startMs < 1500; // the orderly end waits 2 s for the reader
  program.signal("SIGINT");
  await program.ended();
  // An orderly end would have emptied the journal's log and taken it away.
  if (isInTime) await Deno.stat(join(desk.state, "journal.sqlite-wal"));
}

/** Waits until what `from` has to send to `to` waits in the system, and no more of it goes (proc(5)). */
async function untilFull(from: number, to: number): Promise<void> {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, "0");
  const row = new RegExp(` \\w+:${hex(from)} \\w+:${hex(to)} \\w+ (\\w+):`);
  let before = 0;
  await until("the connection is full", async () => {
    const waiting = parseInt(row.exec(await Deno.readTextFile("/proc/net/tcp"))?.[1] ?? "0", 16);
    const isFull = waiting > 0 && waiting === before;
    before = waiting;
    return isFull;
  });
}

async function checkWaiting(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const program = desk.watch(desk.path("never.mov"));
  await program.line(/never\.mov +waiting for the recording/);
  program.signal("SIGINT");
  assertEquals((await program.ended()).code, 130);
  assertEquals(await sandbox.assets("never.mov"), []);
}

Deno.test("reeltime interrupted", async (t) => {
  await using sandbox = await startSandbox();
  const textSays = /suspended: the same command goes on with it/;
  const jsonSays = /take\.suspended.*Run the same command again to go on/;
  await sideBySide(t, [
    {
      name: "by Ctrl-C leaves with 130, finalizes nothing, and goes on without sending again",
      run: () => checkInterrupt(sandbox, "sigint.mov", ["--json"], jsonSays, once),
    },
    {
      name: "by SIGTERM leaves with 130 and goes on without sending again",
      run: () => checkInterrupt(sandbox, "sigterm.mov", [], textSays, terminate),
    },
    {
      name: "by Ctrl-C twice leaves at once and goes on without sending again",
      ignored: Deno.build.os === "linux" ? "" : " [ignored: needs Linux's /proc/net/tcp]",
      run: () => checkInterrupt(sandbox, "twice.mov", ANY_PORT, textSays, twice),
    },
    { name: "before the recording begins leaves with 130", run: () => checkWaiting(sandbox) },
  ]);
});
