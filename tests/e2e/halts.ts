/** Takes during which one side stands still or is gone for a while: the uploader, or the service. */
import { assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { join } from "@std/path";
import { MIB } from "../../src/parts/limits.ts";
import { holdFirst } from "./holds.ts";
import { type Program, start } from "./program.ts";
import { tell } from "./side_by_side.ts";
import type { SandboxProcess } from "./sandbox.ts";
import { openTrial } from "./trial.ts";

/** The uploader is stopped in the middle of a part, as by a laptop's sleep, while the recording goes on. */
export async function checkStop(sandbox: SandboxProcess, seconds: number): Promise<void> {
  const holds = holdFirst({ "put 3": MIB, "put 7": 0 });
  await using trial = await openTrial(sandbox.url, "stopped.mov", { relay: holds });
  const program = trial.upload();
  await holds.held("put 3", trial.relay);
  program.signal("SIGSTOP");
  holds.letGo();
  await delay(seconds * 1000);
  const status = await Deno.readTextFile(`/proc/${program.pid}/status`);
  assertMatch(status, /^State:\tT/m, "it stood still all the time");
  const inFlight = trial.inFlight(); // all that was told before is read by now
  program.signal("SIGCONT");
  await trial.finish(program);
  const mostBytes = trial.bytesOf(inFlight);
  const resentBytes = await trial.arrived(mostBytes);
  tell(`stopped for ${seconds} s: ${resentBytes} bytes re-sent of ${mostBytes} in flight`);
}

/** Starts a sandbox that keeps its files in a folder that outlives it. */
async function startIn(
  folder: string,
  address: string,
): Promise<{ url: string; program: Program }> {
  const program = start(["sandbox", "--listen", address, "--dir", join(folder, "sandbox")]);
  const [, url] = await program.line(/^Sandbox on (http:\/\/\S+), files in /);
  return { url: url!, program };
}

/** The sandbox is killed in the middle of a part, and again at the final one; both times it comes back. */
export async function checkSandboxKilled(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-e2e-sandbox-" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const first = await startIn(folder, "127.0.0.1:0");
  stack.use(first.program);
  const holds = holdFirst({ "put 3": MIB, "put 7": 0 });
  const trial = stack.use(await openTrial(first.url, "outage.mov", { relay: holds }));
  const inFlight = new Set<number>();
  const note = () => trial.inFlight().forEach((number) => inFlight.add(number));

  async function outage(sandbox: Program): Promise<Program> {
    const delays = () => trial.told().filter((event) => event.type.endsWith(".delayed")).length;
    note();
    await sandbox.kill();
    const before = delays();
    await program.event(() => delays() > before);
    note();
    const { program: next } = await startIn(folder, new URL(first.url).host);
    return stack.use(next);
  }

  const program = trial.upload();
  await holds.held("put 3", trial.relay);
  const second = await outage(first.program);
  await trial.camera.full;
  await trial.camera.stop();
  await trial.relay.when(
    "the final PUT is held",
    () => trial.relay.passages.some(({ name }) => name === "put 7"),
  );
  await outage(second);
  const { code, err } = await program.ended();
  assertEquals(code, 0, err);
  const mostBytes = trial.bytesOf(inFlight);
  const resentBytes = await trial.arrived(mostBytes);
  tell(`sandbox killed twice: ${resentBytes} bytes re-sent of ${mostBytes} in flight`);
}
