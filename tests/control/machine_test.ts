import { assertEquals } from "@std/assert";
import { machineOf } from "../../src/control/machine.ts";
import type { TakeView } from "../../src/control/view.ts";
import { finalizedView, takeView } from "./views.ts";

const said = (...views: TakeView[]) => {
  const { tone, word, why, takeId } = machineOf(views);
  return { tone, word, why, takeId };
};

Deno.test("machineOf() is green where nothing is wrong, and says how things are", () => {
  const rows: [views: TakeView[], word: string, why: string][] = [
    [[], "Ready", "Ready for the recorder"],
    [[takeView({ phase: "waiting", behindSeconds: null })], "Ready", "Ready for the recorder"],
    [[takeView()], "Live", "take01.mov is on the way, 2.4 s behind the recorder"],
    [
      [takeView(), takeView({ behindSeconds: 9 }), finalizedView()],
      "Live",
      "2 takes are on the way, 9.0 s behind the recorder",
    ],
    [
      [finalizedView(), finalizedView()],
      "Safe",
      "2.48 GB are in Frame.io, every byte read again and equal",
    ],
    // A part that is not full yet is no fault of the uplink.
    [
      [takeView({ behindSeconds: 90, recordedBytes: 10_000_000, storedBytes: 0 })],
      "Live",
      "take01.mov is on the way, 1 min 30 s behind the recorder",
    ],
    [
      [takeView({ behindSeconds: 90, rateBytesPerSecond: 0, storedBytes: 1_231_000_000 })],
      "Live",
      "take01.mov is on the way, 1 min 30 s behind the recorder",
    ],
    [[finalizedView({ verified: false })], "Safe", "1.24 GB are in Frame.io"],
    [
      [takeView({ behindSeconds: null, words: "nothing written for 61 s" })],
      "Live",
      "take01.mov is on the way: nothing written for 61 s",
    ],
    [
      [takeView({ behindSeconds: null }), takeView({ behindSeconds: null })],
      "Live",
      "2 takes are on the way",
    ],
  ];
  for (const [views, word, why] of rows) {
    const { tone, word: shown, why: reason } = said(...views);
    assertEquals([tone, shown, reason], ["green", word, why]);
  }
});

Deno.test("machineOf() names the take that needs an eye, or a person", () => {
  const bad = { id: "bad", name: "bad.mov" };
  const rows: [over: Partial<TakeView>, tone: string, why: RegExp][] = [
    [{ phase: "failed", problem: "no folder" }, "red", /^bad\.mov failed: no folder/],
    [{ diskFullInSeconds: 200 }, "red", /disk of bad\.mov is full in 3 min 20 s/],
    [{ diskFullInSeconds: 1200 }, "amber", /disk of bad\.mov/],
    [{ phase: "paused" }, "amber", /bad\.mov is paused/],
    [{ phase: "suspended" }, "amber", /bad\.mov is suspended/],
    [{ phase: "quiet" }, "amber", /bad\.mov is quiet/],
    [{ problem: "offline" }, "amber", /bad\.mov: offline/],
    [{ phase: "finalized", finishedByRecorder: false }, "amber", /never finished it: see whether/],
    [{ behindSeconds: 61 }, "amber", /bad\.mov is 1 min 01 s behind/],
    [
      { behindSeconds: 16, rateBytesPerSecond: 300_000 },
      "amber",
      /^bad\.mov falls behind: its recorder writes 50\.0 MB\/s, 300 kB\/s go out$/,
    ],
  ];
  for (const [over, tone, why] of rows) {
    const machine = said(takeView(), takeView({ ...bad, ...over }), finalizedView());
    assertEquals([machine.tone, machine.takeId], [tone, "bad"], machine.why);
    assertEquals(why.test(machine.why), true, machine.why);
  }
});

Deno.test("machineOf() never says Safe of what is in the sandbox on this machine", () => {
  const done = finalizedView({ sandbox: true });
  const machine = machineOf([done]);
  assertEquals([machine.tone, machine.word, machine.sandbox], ["amber", "Test", true]);
  assertEquals(machine.why, "1.24 GB are in the sandbox on this machine. Nothing is in Frame.io");
  assertEquals(machineOf([done, takeView({ sandbox: true })]).word, "Live");
  assertEquals(machineOf([takeView({ phase: "waiting", sandbox: true })]).sandbox, true);
  assertEquals(machineOf([finalizedView()]).sandbox, false);
});

Deno.test("machineOf() tells the worst first, and the figures of all", () => {
  const machine = machineOf([
    takeView({ problem: "offline", behindSeconds: 80, diskFullInSeconds: 9000 }),
    takeView({ phase: "failed", name: "b.mov", behindSeconds: null, rateBytesPerSecond: 0 }),
    takeView({ diskFullInSeconds: 4000 }),
  ]);
  assertEquals([machine.tone, machine.word], ["red", "Act"]);
  assertEquals(machine.why.startsWith("b.mov failed"), true, machine.why);
  assertEquals(machine.behindSeconds, 80);
  assertEquals(machine.rateBytesPerSecond, 2 * 48_200_000);
  assertEquals(machine.diskFullInSeconds, 4000);
});
