import { assertEquals, assertLessOrEqual } from "@std/assert";
import type { DurableEvent } from "../../src/events.ts";
import { viewOf } from "../../src/control/view_of.ts";
import type { TakeSnapshot } from "../../src/take/outcome.ts";
import {
  DEAD,
  ENDED,
  ended,
  FINAL,
  FINALIZED,
  GROWING,
  shown,
  sightOf,
  stateOf,
  VERIFIED,
} from "./shown_takes.ts";

Deno.test("viewOf() names the phase, and says it in words", () => {
  const died = ended({ is: "ended", by: "abandoned", finishedByRecorder: false });
  const deleted = ended({ is: "ended", by: "deleted", finishedByRecorder: false });
  const rows: readonly [Partial<TakeSnapshot>, phase: string, words: string, already?: boolean][] =
    [
      [{}, "waiting", "waiting for the recording"],
      [{ state: stateOf("ss") }, "recording", "waiting for the disk"],
      [{ sight: sightOf(10_485_760, GROWING) }, "recording", "recording"],
      [
        { sight: sightOf(10_485_759, GROWING) },
        "recording",
        "recording; the first part goes at 10.5 MB",
      ],
      [{ state: stateOf("r"), sight: sightOf(30, GROWING) }, "recording", "recording"],
      [
        { state: stateOf("s"), sight: sightOf(30, GROWING, "undecidable") },
        "recording",
        "recording, in a format without an end mark: ends when it is quiet",
      ],
      [
        { sight: sightOf(30, { is: "quiet", quietMs: 60_000 }) },
        "quiet",
        "quiet: waiting for the recorder. Press finish if the take is over",
      ],
      [
        { state: stateOf("ps"), sight: sightOf(30, { is: "settling" }) },
        "verifying",
        "ended: sending the rest, 0 % read again and equal",
      ],
      [
        { state: stateOf("sss"), sight: sightOf(30, ENDED), isVerified: (n) => n === 1 },
        "verifying",
        "ended: 33 % read again and equal",
      ],
      [{ state: stateOf("ss", FINAL), sight: sightOf(30, ENDED) }, "finalizing", "finalizing"],
      [
        { state: stateOf("sr", FINAL), sight: sightOf(30, ENDED) },
        "verifying",
        "ended: sending the rest, 0 % read again and equal",
      ],
      [
        { state: stateOf("ss", FINAL, died), sight: sightOf(30, DEAD) },
        "finalizing",
        "finalizing; its recorder never closed the file",
      ],
      [{ state: stateOf("sss", FINALIZED), sight: sightOf(30, ENDED) }, "finalizing", "finalizing"],
      [{ state: stateOf("sss", FINALIZED, VERIFIED) }, "finalized", "finalized and verified"],
      [
        { state: stateOf("sss", died, FINALIZED, VERIFIED) },
        "finalized",
        "whole and verified; its recorder never closed the file",
      ],
      [
        { state: stateOf("sss", deleted, FINALIZED, VERIFIED) },
        "finalized",
        "deleted before its recorder finished it; every byte it had is stored and verified",
      ],
      [
        { state: stateOf("sss", FINALIZED, VERIFIED), outcome: { is: "done" } },
        "finalized",
        "finalized before and unchanged",
        true,
      ],
      [
        { state: stateOf("ss"), sight: sightOf(30, GROWING), outcome: { is: "suspended" } },
        "suspended",
        "suspended: the same command goes on with it",
      ],
      [
        {
          state: stateOf("ss"),
          sight: sightOf(30, ENDED),
          outcome: { is: "failed", message: "no", changedLate: false },
        },
        "failed",
        "failed",
      ],
    ];
  for (const [over, phase, words, already] of rows) {
    const view = viewOf(shown(over, already));
    assertEquals([view.phase, view.words], [phase, words]);
  }
});

Deno.test("viewOf() never tells more bytes stored than recorded", () => {
  const states = [
    stateOf("sss"),
    stateOf("sss", FINALIZED),
    stateOf("sss", FINALIZED, VERIFIED),
    stateOf("sc", { type: "finish.asked", sizeBytes: 15 }),
  ];
  // Not looked at yet after a restart, cut short, as it was, grown on.
  for (const sight of [null, ...[0, 5, 29, 30, 31].map((size) => sightOf(size, GROWING))]) {
    for (const state of states) {
      const view = viewOf(shown({ state, sight, isVerified: () => true }));
      assertLessOrEqual(view.storedBytes, view.recordedBytes);
      assertLessOrEqual(view.verifiedBytes, view.recordedBytes);
    }
  }
  assertEquals(
    viewOf(shown({ state: stateOf("ssp") })).recordedBytes,
    20,
    "they were on disk once",
  );
});

Deno.test("viewOf() can be finished exactly when the take takes a finish", () => {
  const can = (over: Partial<TakeSnapshot>) => viewOf(shown(over)).canFinish;
  assertEquals(can({}), false);
  assertEquals(can({ state: stateOf("ss") }), false, "not looked at yet");
  assertEquals(can({ sight: sightOf(0, GROWING) }), false);
  assertEquals(can({ sight: sightOf(1, GROWING) }), true);
  const sight = sightOf(30, GROWING);
  assertEquals(can({ sight, state: stateOf("ss", { type: "finish.asked", sizeBytes: 9 }) }), false);
  assertEquals(can({ sight, state: stateOf("ss", FINAL) }), false);
  assertEquals(can({ sight, outcome: { is: "suspended" } }), false);
});

Deno.test("viewOf() tells how it ended as it stands now, and after a restart as it was written", () => {
  const view = (over: Partial<TakeSnapshot>) => {
    const { endedBy, finishedByRecorder } = viewOf(shown(over));
    return [endedBy, finishedByRecorder];
  };
  assertEquals(view({}), [null, null]);
  assertEquals(view({ sight: sightOf(30, ENDED) }), ["container", true]);
  assertEquals(view({ sight: sightOf(30, DEAD) }), ["abandoned", false]);
  const died = ended({ is: "ended", by: "abandoned", finishedByRecorder: false });
  assertEquals(view({ state: stateOf("ss", died), sight: sightOf(31, GROWING) }), [null, null]);
  assertEquals(view({ state: stateOf("sss", died, FINALIZED) }), ["abandoned", false]);
});

Deno.test("viewOf() marks on the strip what was sent more than once", () => {
  const again: DurableEvent[] = [1, 2, 2].map((number) => ({ type: "part.started", number }));
  const view = viewOf(shown({ state: stateOf("sss", ...again), sight: sightOf(30, GROWING) }));
  assertEquals(view.resentPartCount, 1);
  assertEquals(view.strip.map(({ from, to, resent }) => [from, to, resent]), [
    [1, 1, undefined],
    [2, 2, true],
    [3, 3, undefined],
  ]);
});

Deno.test("viewOf() links the asset only where the service said where", () => {
  const created: DurableEvent = { type: "asset.created", assetId: "a2", name: "a.mov" };
  const viewUrl = "https://next.frame.io/project/p/view/a2";
  const urlOf = (event: DurableEvent) => viewOf(shown({ state: stateOf("s", event) })).assetUrl;
  assertEquals(urlOf(created), null);
  assertEquals(urlOf({ ...created, viewUrl }), viewUrl);
});

Deno.test("viewOf() offers exactly the operations that the take would accept", () => {
  const sight = sightOf(30, GROWING);
  const failed = (changedLate: boolean) => ({ is: "failed", message: "no", changedLate }) as const;
  const started = stateOf("ss");
  const rows: [over: Partial<TakeSnapshot>, operations: string][] = [
    [{}, ""],
    [{ state: started, sight }, "finish pause prioritise cancel"],
    [{ state: started, sight, trouble: "offline" }, "finish pause retry prioritise cancel"],
    [{ state: started, sight, paused: true, trouble: "x" }, "finish resume prioritise cancel"],
    [{ state: stateOf("ss", FINAL), sight }, "pause prioritise cancel"],
    [{ state: stateOf("sss", FINALIZED), sight: sightOf(30, ENDED) }, ""],
    [{ state: stateOf("sss", FINALIZED, VERIFIED), outcome: { is: "done" } }, ""],
    [{ state: started, sight, outcome: { is: "suspended" } }, ""],
    [{ state: started, sight, outcome: { is: "cancelled" }, cancelled: true }, ""],
    [{ state: started, sight, outcome: failed(false) }, "retry cancel"],
    [{ state: stateOf("sss", FINALIZED), sight, outcome: failed(true) }, ""],
    [{ outcome: failed(false) }, "retry"],
  ];
  for (const [over, operations] of rows) {
    assertEquals(viewOf(shown(over)).operations.join(" "), operations);
  }
  const first = { ...shown({ state: started, sight }), prioritised: true };
  assertEquals([viewOf(first).prioritised, viewOf(first).operations.join(" ")], [
    true,
    "finish pause cancel",
  ]);
});

Deno.test("viewOf() says how a pause and a cancellation stand", () => {
  const sight = sightOf(30, GROWING);
  const paused = viewOf(shown({ state: stateOf("ss"), sight, paused: true }));
  assertEquals([paused.phase, paused.words], [
    "paused",
    "paused: nothing is sent until it is resumed",
  ]);
  const gone = viewOf(
    shown({ state: stateOf("ss"), sight, cancelled: true, outcome: { is: "cancelled" } }),
  );
  assertEquals([gone.phase, gone.words, gone.behindSeconds], [
    "cancelled",
    "given up: what is stored stays incomplete in Frame.io",
    null,
  ]);
});

Deno.test("viewOf() names the sandbox where a take goes there, and not Frame.io", () => {
  const gone = shown({ state: stateOf("ss"), cancelled: true, outcome: { is: "cancelled" } });
  const view = viewOf(gone, { sandbox: true });
  assertEquals([view.sandbox, view.words], [
    true,
    "given up: what is stored stays incomplete in the sandbox",
  ]);
  assertEquals(viewOf(gone).sandbox, false);
});
