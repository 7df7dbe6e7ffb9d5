// deno-lint-ignore-file no-control-regex -- control characters are what these tests look for
import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { frame } from "../../src/cli/frame.ts";
import { noPaint } from "../../src/cli/paint.ts";
import { createTerminal } from "../../src/cli/terminal.ts";
import { handClock } from "../support/hand_clock.ts";
import { finalizedView, takeView } from "../control/views.ts";
import { virtualScreen } from "./virtual_screen.ts";

const ESCAPE_OR_RETURN = /[\x1b\r]/;
const HINT = "f finish a take   Ctrl-C suspend";
const FINAL =
  "take01.mov  finalized and verified  asset 1b2c7f0e  1.24 GB  tail 0.8 s  re-sent 0 B";

/** A display on a virtual screen, or a log. */
function world(
  options: { interactive: boolean; color?: boolean; columns?: number; rows?: number },
) {
  const size = { columns: options.columns ?? 100, rows: options.rows ?? 24 };
  const screen = virtualScreen(size.columns, size.rows);
  const clock = handClock();
  const writes: string[] = [];
  const terminal = createTerminal({
    out(text) {
      writes.push(text);
      if (options.interactive && !options.color) screen.write(text);
    },
    columns: () => size.columns,
    rows: () => size.rows,
    color: options.color ?? false,
    interactive: options.interactive,
    clock,
  });
  function resize(columns: number, rows: number) {
    Object.assign(size, { columns, rows });
    screen.resize(columns, rows);
  }
  return { terminal, screen, clock, writes, size, resize };
}

Deno.test("createTerminal() redraws in place, and writes only the lines that changed", () => {
  const { terminal, screen, writes } = world({ interactive: true });
  terminal.update([takeView()]);
  terminal.update([takeView({ behindSeconds: 3.5 })]);
  assertEquals(screen.everything(), [
    "● take01.mov  recording",
    "  3.5 s behind   48.2 MB/s   recorded 1.24 GB   stored  1.1 GB",
    ...screen.everything().slice(2, 4),
    HINT,
  ]);
  assertEquals(writes.length, 2);
  assertMatch(writes[1]!, /3\.5 s/);
  assertNotMatch(writes[1]!, /take01|▓|Ctrl/);
  assertMatch(writes[1]!, /\x1b\[\?7l[^]*\x1b\[\?7h/, "a misjudged width must not wrap");
});

Deno.test("createTerminal() leaves nothing behind of a display that was taller or wider", () => {
  const { terminal, screen } = world({ interactive: true });
  terminal.update([takeView({ behindSeconds: 754, problem: "No network." })]);
  terminal.update([takeView({ words: "quiet" })]);
  const expected = frame([takeView({ words: "quiet" })], { columns: 99, rows: 23 }, noPaint);
  assertEquals(screen.everything(), expected.map((line) => line.text));
});

Deno.test("createTerminal() writes nothing where nothing changed", () => {
  const { terminal, writes } = world({ interactive: true });
  terminal.update([takeView()]);
  terminal.update([takeView()]);
  assertEquals(writes.length, 1);
});

Deno.test("createTerminal() keeps messages and final lines above the display", () => {
  const { terminal, screen } = world({ interactive: true });
  terminal.line("Status page: http://127.0.0.1:4100");
  terminal.update([takeView(), takeView({ id: "t2", name: "take02.mov" })]);
  terminal.line("two\nlines");
  terminal.update([finalizedView(), takeView({ id: "t2", name: "take02.mov" })]);
  terminal.update([finalizedView(), takeView({ id: "t2", name: "take02.mov" })]);
  const all = screen.everything();
  assertEquals(all.slice(0, 5), [
    "Status page: http://127.0.0.1:4100",
    "two",
    "lines",
    FINAL,
    "● take02.mov  recording",
  ]);
  assertEquals(all.length, 9);
  assertEquals(all.at(-1), HINT);
});

Deno.test("createTerminal() finish takes the display away and tells of every take once", () => {
  const { terminal, screen } = world({ interactive: true });
  terminal.update([finalizedView(), takeView({ id: "t2", name: "take02.mov" })]);
  const suspended = takeView({
    id: "t2",
    name: "take02.mov",
    phase: "suspended",
    words: "suspended",
  });
  terminal.finish([finalizedView(), suspended]);
  assertEquals(screen.everything(), [
    FINAL,
    "take02.mov  suspended  asset 1b2c7f0e  1.1 GB of 1.24 GB stored  re-sent 0 B",
  ]);
});

Deno.test("createTerminal() tells a second end of a take that came back", () => {
  const { terminal, writes } = world({ interactive: false });
  const failed = takeView({ phase: "failed", words: "failed", problem: "No network." });
  for (const view of [failed, failed, takeView(), finalizedView(), finalizedView()]) {
    terminal.update([view]);
  }
  const lines = writes.join("").split("\n");
  assertEquals(lines.filter((line) => line.includes("re-sent")).length, 2);
});

Deno.test("createTerminal() leaves no garbage when the terminal changes its size between updates", () => {
  const { terminal, screen, size, resize } = world({ interactive: true, columns: 90, rows: 40 });
  const sizes = [[90, 40], [41, 40], [120, 40], [33, 40], [60, 50], [50, 50], [200, 50]] as const;
  let behindSeconds = 1;
  for (const [columns, rows] of sizes) {
    resize(columns, rows);
    behindSeconds += 1.1;
    const views = [
      takeView({ behindSeconds }),
      takeView({ id: "t2", name: "take02.mov", problem: "Cannot reach api.frame.io: refused." }),
    ];
    terminal.update(views);
    const room = { columns: size.columns - 1, rows: size.rows - 1 };
    const expected = frame(views, room, noPaint).map((line) => line.text);
    assertEquals(screen.everything(), expected, `${columns} x ${rows}`);
  }
});

Deno.test("createTerminal() shows the whole display in a room of a few rows, after any output above", () => {
  const { terminal, screen, size, resize } = world({ interactive: true, columns: 60, rows: 6 });
  for (let n = 0; n < 40; n++) {
    if (n === 20) resize(50, 5);
    terminal.line(`message ${n}`);
    const views = [takeView({ behindSeconds: n }), takeView({ id: "t2", name: "take02.mov" })];
    terminal.update(views);
    const room = { columns: size.columns - 1, rows: size.rows - 1 };
    const expected = frame(views, room, noPaint).map((line) => line.text);
    assertEquals(screen.visible().slice(-expected.length), expected);
  }
  const messages = screen.everything().filter((line) => line.startsWith("message"));
  assertEquals(messages.length, 40);
});

Deno.test("createTerminal() assumes a usual room where the terminal does not say its size", () => {
  const { terminal, screen } = world({ interactive: true, columns: 0, rows: 0 });
  screen.resize(80, 24);
  terminal.update([takeView()]);
  assertEquals(screen.everything().at(-1), HINT);
});

Deno.test("createTerminal() uses color only where it is wanted and the output is a terminal", () => {
  const colored = world({ interactive: true, color: true });
  colored.terminal.update([takeView()]);
  assert(colored.writes.join("").includes("\x1b[1mtake01.mov\x1b[22m"));
  const plain = world({ interactive: true, color: false });
  plain.terminal.update([takeView()]);
  assertNotMatch(plain.writes.join(""), /\x1b\[\d+m/);
  const log = world({ interactive: false, color: true });
  log.terminal.update([takeView(), finalizedView({ id: "t2" })]);
  log.terminal.line("hello");
  log.terminal.finish([takeView()]);
  assertNotMatch(log.writes.join(""), ESCAPE_OR_RETURN);
});

Deno.test("createTerminal() prints no control character of a name or a message", () => {
  for (const interactive of [true, false]) {
    const { terminal, writes, screen } = world({ interactive });
    const evil = "x\x1b]0;title\x07\x1b[2J\r\u202e";
    terminal.event({ type: "take.started", name: evil } as never);
    terminal.event({ type: "take.warned", message: evil, takeId: "t1", id: 1, time: "" });
    terminal.line(evil);
    terminal.update([takeView({ name: evil, words: evil, problem: evil })]);
    terminal.finish([finalizedView({ name: evil, assetId: evil })]);
    assertNotMatch(writes.join(""), /\x1b\]|\x1b\[2J|\x07|\u202e/);
    if (interactive) assertEquals(screen.everything().length, 3); // it throws at what it does not know
    else assertNotMatch(writes.join(""), ESCAPE_OR_RETURN);
  }
});

Deno.test("createTerminal() names the take of an event, before and after its first view", () => {
  const { terminal, writes } = world({ interactive: false });
  const at = { id: 1, time: "", takeId: "t1" };
  const started = { path: "/a/take01.mov", name: "take01.mov", filetype: "", fileId: "" };
  terminal.event({ ...at, type: "take.warned", message: "too early" });
  terminal.event({ ...at, type: "take.started", ...started });
  terminal.event({ ...at, type: "take.warned", message: "odd" });
  terminal.update([takeView({ name: "renamed.mov" })]);
  terminal.event({ ...at, type: "take.warned", message: "odder" });
  const lines = writes.join("").split("\n");
  assertEquals(lines[0], "t1: too early");
  assertEquals(lines[1], "take01.mov: odd");
  assertEquals(lines.at(-2), "renamed.mov: odder");
});

Deno.test("createTerminal() writes a log line at each change of state, at once", () => {
  const { terminal, writes } = world({ interactive: false });
  terminal.update([takeView()]);
  terminal.update([takeView({ problem: "No network." })]);
  terminal.update([takeView()]);
  terminal.update([takeView({ phase: "quiet", words: "quiet" })]);
  terminal.update([finalizedView()]);
  assertEquals(writes.map((line) => line.split("  ")[1]), [
    "recording",
    "recording",
    "recording",
    "quiet",
    "finalized and verified",
  ]);
  assertEquals(writes.at(-1), `${FINAL}\n`);
});

Deno.test("createTerminal() paces progress in a log: each tenth, or every five seconds, while it moves", async () => {
  const { terminal, writes, clock } = world({ interactive: false });
  const at = (storedBytes: number) =>
    terminal.update([takeView({ storedBytes, recordedBytes: 1000 })]);
  const lines = () => writes.length;
  at(100);
  assertEquals(lines(), 1);
  at(199);
  assertEquals(lines(), 1, "moved, but at once and not by a tenth");
  await clock.advance(1_000);
  at(200);
  assertEquals(lines(), 2, "a tenth further");
  at(900);
  assertEquals(lines(), 2, "not more than one a second");
  await clock.advance(4_999);
  at(201);
  assertEquals(lines(), 2);
  await clock.advance(1);
  at(201);
  assertEquals(lines(), 3, "five seconds");
  await clock.advance(60_000);
  at(201);
  assertEquals(lines(), 3, "nothing moved");
});
