import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { sha256Of } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";
import { ANY_PORT, openDesk, pageOf } from "./desk.ts";
import { type Program, until } from "./program.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

interface View {
  readonly id: string;
  readonly phase: string;
  readonly recordedBytes: number;
}

/** The only take, as the program's API shows it. */
async function viewOf(page: string): Promise<View | undefined> {
  const { takes } = await (await fetch(`${page}/api/takes`)).json() as { takes: View[] };
  return takes[0];
}

/** Asks for an operation. @returns The answer's status. */
async function ask(page: string, operation: string): Promise<number> {
  const { id } = (await viewOf(page))!;
  const response = await fetch(`${page}/api/takes/${id}/${operation}`, { method: "POST" });
  await response.body?.cancel();
  return response.status;
}

const uploads = (proxy: Proxy) => proxy.calls.filter(({ name }) => name !== "read").length;

/** Records until part 3 is on its way; it stays there. */
async function begin(
  sandbox: SandboxProcess,
  name: string,
  act: (at: {
    readonly proxy: Proxy;
    readonly mov: Awaited<ReturnType<typeof createMov>>;
    readonly path: string;
    readonly page: string;
    readonly program: Program;
    again(): Program;
  }) => Promise<void>,
): Promise<void> {
  await using proxy = startProxy(sandbox.url);
  await using desk = await openDesk(proxy.url);
  const path = desk.path(name);
  const part = proxy.hold(/^put 3$/, "before");
  const again = () => desk.watch(path, ANY_PORT);
  const program = again();
  const page = await pageOf(program);
  await using mov = await createMov(path);
  await mov.roll(17 * MIB);
  await part.arrived;
  await act({ proxy, mov, path, page, program, again });
}

const killedWhilePaused = (sandbox: SandboxProcess) =>
  begin(sandbox, "paused.mov", async ({ proxy, mov, path, page, program, again }) => {
    assertEquals(await ask(page, "pause"), 202);
    await program.kill();
    proxy.open();
    const before = uploads(proxy);
    await mov.roll(16 * MIB);
    const second = again();
    const secondPage = await pageOf(second);
    await until("it is paused, and looks on", async () => {
      const view = await viewOf(secondPage);
      return view?.phase === "paused" && view.recordedBytes === mov.sizeBytes;
    });
    await mov.stop();
    await until(
      "it looks on to the end",
      async () => (await viewOf(secondPage))!.recordedBytes === mov.sizeBytes,
    );
    assertEquals(uploads(proxy), before, "nothing is asked for, nothing is sent");
    assertEquals(await ask(secondPage, "resume"), 202);
    const { code, out } = await second.ended();
    assertEquals(code, 0, out);
    const assets = await sandbox.assets("paused.mov");
    assertEquals(assets.map(({ status }) => status), ["complete"]);
    assertEquals(assets[0]!.sha256, await sha256Of(path));
  });

const cancelled = (sandbox: SandboxProcess) =>
  begin(sandbox, "cancelled.mov", async ({ proxy, mov, path, page, program, again }) => {
    assertEquals(await ask(page, "cancel"), 202);
    const { code, out } = await program.ended();
    assertEquals(code, 4, out);
    const [left] = await sandbox.assets("cancelled.mov");
    assertMatch(out, new RegExp(`${left!.id}, which will never be complete`));
    proxy.open();
    await mov.stop();
    const second = await again().ended();
    assertEquals(second.code, 0, second.out);
    assert(!second.out.includes(left!.id), "it was told once");
    const assets = await sandbox.assets("cancelled.mov");
    const whole = assets.find(({ status }) => status === "complete")!;
    assertNotEquals(whole.id, left!.id);
    assertEquals([assets.length, whole.sha256], [2, await sha256Of(path)]);
  });

Deno.test("reeltime by its operator's word", async (t) => {
  await using sandbox = await startSandbox();
  await sideBySide(t, [
    {
      name: "stays paused when it is killed by kill -9, and goes on when it is told to",
      run: () => killedWhilePaused(sandbox),
    },
    {
      name: "gives a take up with exit status 4, and begins a new one the next time",
      run: () => cancelled(sandbox),
    },
  ]);
});
