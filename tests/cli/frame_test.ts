import { assert, assertEquals } from "@std/assert";
import { frame } from "../../src/cli/frame.ts";
import { eventLine, finalLine, plainLine } from "../../src/cli/lines.ts";
import { noPaint, type Piece } from "../../src/cli/paint.ts";
import { displayWidth } from "../../src/cli/width.ts";
import type { TakeView } from "../../src/control/view.ts";
import { finalizedView, stripRuns, takeView } from "../control/views.ts";

const draw = (views: TakeView[], columns: number, rows: number) =>
  frame(views, { columns, rows }, noPaint).map((line) => line.text);
const textOf = (pieces: readonly Piece[] | null) => pieces?.map(([, text]) => text).join("");

const PROBLEM = "Cannot reach api.frame.io: connection refused. Trying again in 12 s.";

Deno.test("frame() shows a take in full: state, lag, rate, sizes and strip", () => {
  assertEquals(draw([takeView()], 70, 24), [
    "● take01.mov  recording",
    "  2.4 s behind   48.2 MB/s   recorded 1.24 GB   stored  1.1 GB",
    "  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒░░·····",
    "",
    "f finish a take   Ctrl-C suspend",
  ]);
});

Deno.test("frame() keeps words, marks, figures and the remedy whole at 40 columns", () => {
  const view = takeView({
    phase: "verifying",
    words: "ended: sending the rest, 61 % read again and equal",
    problem: PROBLEM,
    verifiedBytes: 620_000_000,
    doneInSeconds: 12,
    finishedByRecorder: false,
    endedBy: "writer_gone",
    strip: stripRuns(
      ["registered", 1, 40_000_000],
      ["verified", 5, 600_000_000],
      ["stored", 2, 300_000_000],
      ["changed", 1, 100_000_000],
      ["sending", 1, 200_000_000],
    ),
  });
  assertEquals(draw([view], 40, 24), [
    "◒ take01.mov",
    "  ended: sending the rest, 61 % read",
    "  again and equal",
    "  its recorder never closed the file",
    "  ended by its recorder's exit",
    "  2.4 s behind   48.2 MB/s",
    "  recorded 1.24 GB   stored  1.1 GB",
    "  verified  620 MB   done in about 12 s",
    "  ░░█████████████████▓▓▓▓▓▓▓▓▓!!!!▒▒▒▒▒▒",
    "  ! Cannot reach api.frame.io:",
    "    connection refused. Trying again in",
    "    12 s.",
    "",
    "f finish a take   Ctrl-C suspend",
  ]);
});

Deno.test("frame() gives each take one line where they do not fit in full", () => {
  assertEquals(draw([takeView()], 70, 5).length, 5);
  assertEquals(draw([takeView()], 70, 4).length, 2);
  const views = [
    takeView(),
    takeView({ id: "t2", name: "take02.mov", problem: PROBLEM, behindSeconds: 754 }),
    takeView({ id: "t3", name: "take03.mov", phase: "waiting", behindSeconds: null, strip: [] }),
  ];
  assertEquals(draw(views, 70, 8), [
    "● take01.mov                          2.4 s behind  48.2 MB/s",
    "! take02.mov                    12 min 34 s behind  48.2 MB/s",
    "○ take03.mov                               waiting  48.2 MB/s",
    "f finish a take   Ctrl-C suspend",
  ]);
});

Deno.test("frame() counts the takes that find no room, and shows those in trouble before the others", () => {
  const views = [
    takeView(),
    takeView({ id: "t2", name: "take02.mov" }),
    takeView({ id: "t3", name: "take03.mov", phase: "quiet" }),
    takeView({ id: "t4", name: "take04.mov", problem: PROBLEM }),
  ];
  assertEquals(draw(views, 40, 4), [
    "● take01.mov              2.4 s behind",
    "! take04.mov              2.4 s behind",
    "+ 2 more takes: 1 recording, 1 quiet",
    "f finish a take   Ctrl-C suspend",
  ]);
});

Deno.test("frame() is never wider or taller than its room, whatever the takes are called", () => {
  const views = [
    takeView({
      name: "片段テスト".repeat(30),
      words: "recording, in a format without an end mark",
    }),
    takeView({ id: "t2", name: "a\x1b[2J\nb".repeat(20), problem: "no\r\n way ".repeat(40) }),
    takeView({ id: "t3", name: "👨‍👩‍👧🇨🇭❤️".repeat(9), phase: "quiet", finishedByRecorder: false }),
    takeView({ id: "t4", name: "", words: "", strip: [] }),
  ];
  for (let columns = 1; columns <= 130; columns++) {
    for (const rows of [1, 2, 3, 4, 5, 6, 12, 30, 60]) {
      const lines = draw(views, columns, rows);
      assert(lines.length <= rows, `${lines.length} lines in ${rows} rows`);
      for (const line of lines) {
        assert(displayWidth(line) <= columns, `${columns} columns: ${line}`);
        assert(!/\p{Cc}/u.test(line), line);
      }
    }
  }
});

Deno.test("finalLine() says what a take has come to", () => {
  const orphan = { finishedByRecorder: false, endedBy: "operator" } as const;
  const cases: [TakeView, string][] = [
    [
      finalizedView(),
      "take01.mov  finalized and verified  asset 1b2c7f0e  1.24 GB  tail 0.8 s  re-sent 0 B",
    ],
    [
      finalizedView({ ...orphan, tailSeconds: 64, resentBytes: 3_000_000 }),
      "take01.mov  finalized and verified  its recorder never closed the file  ended by a person  " +
      "asset 1b2c7f0e  1.24 GB  tail 1 min 04 s  re-sent 3 MB",
    ],
    [
      takeView({
        phase: "failed",
        words: "failed",
        problem: "No room.\nFree some.",
        assetId: null,
      }),
      "take01.mov  failed  1.1 GB of 1.24 GB stored  re-sent 0 B  No room.�Free some.",
    ],
    [
      takeView({ phase: "suspended", words: "suspended: the same command goes on with it" }),
      "take01.mov  suspended: the same command goes on with it  asset 1b2c7f0e  " +
      "1.1 GB of 1.24 GB stored  re-sent 0 B",
    ],
  ];
  for (const [view, text] of cases) assertEquals(textOf(finalLine(view)), text);
});

Deno.test("plainLine() says where a take stands, on one line", () => {
  const view = takeView({ problem: PROBLEM, storedBytes: 92_000_000, doneInSeconds: 70 });
  assertEquals(
    textOf(plainLine(view)),
    "take01.mov  recording  2.4 s behind  48.2 MB/s  recorded 1.24 GB  stored 92 MB  " +
      `done in about 1 min 10 s  ${PROBLEM}`,
  );
});

Deno.test("eventLine() tells what the takes' own lines do not", () => {
  const at = { id: 1, time: "", takeId: "t1" };
  const warned = eventLine({ ...at, type: "take.warned", message: "odd\x1b" }, "a\nb.mov");
  assertEquals(textOf(warned), "a�b.mov: odd�");
  const resumed = eventLine(
    { ...at, type: "take.resumed", name: "b.mov", assetId: "a", storedBytes: 1e9 },
    "take01.mov",
  );
  assertEquals(textOf(resumed), "take01.mov: resumed, 1 GB are stored already");
  assertEquals(eventLine({ ...at, type: "asset.requested" }, "take01.mov"), null);
});
