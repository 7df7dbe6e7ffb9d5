/** Every simulated recorder keeps what containers.md says of its format. */
import { assert, assertEquals } from "@std/assert";
import { type Content, digestOf } from "./content.ts";
import { recorderNamed, recorders } from "./recorders/all.ts";
import { INDEX_FROM } from "./recorders/pace.ts";
import type { Recorder } from "./recorders/recorder.ts";
import { type Take, watchTake } from "./recorders/watch_take.ts";

/** Places of the media stream in a file, in the file's order, joined where they follow each other. */
function mediaIn(content: Content): { from: number; to: number }[] {
  const places: { from: number; to: number }[] = [];
  for (const { sizeBytes, origin } of content.slice(0, content.sizeBytes)) {
    if (origin === null || !("media" in origin) || origin.from >= INDEX_FROM) continue;
    const last = places.at(-1);
    if (last?.to === origin.from) last.to += sizeBytes;
    else places.push({ from: origin.from, to: origin.from + sizeBytes });
  }
  return places;
}

/** Recorders that put an index in front at their stop, so that all media move. */
const SHIFTS = [
  ...["mp4_faststart_ffmpeg", "fmp4_global_sidx", "mkv_cues_to_front", "flv_keyframe_index"],
];

/** Recorders that never change a byte they have written. */
const APPENDS = [
  ...["mp4_faststart_gst", "fmp4_ffmpeg", "fmp4_skip_trailer", "mkv_live", "wav_unpatched"],
  ...["flv_stream", "ogg", "ts", "ps", "ts_renamed_away", "ts_on_boundary", "one_byte"],
];

/** Recorders that patch while they record, and those that fill what they have allocated (§2.1, §5). */
const PATCHES_EARLY = [
  ...["mov_robust", "hybrid_gst", "mkv_gst", "avi_ffmpeg", "avi_gst", "wild", "ts_preallocated"],
  ...["ts_preallocated_in_steps", "wild_preallocated", "mov_preallocated"],
];

/** What cannot tell, in the midst of its stop only, whether the recorder goes on. */
const UNDECIDABLE_AT_STOP = ["hybrid_gst", "mxf_vbr", "mxf_cbr"];

/** What no container knows. */
const UNKNOWN = ["wild", "wild_preallocated", "one_byte"];

/** Recorders that say `open` for ever, of takes up to 4 GiB or of all. */
const OPEN_FOR_EVER = ["mkv_live", "wav_unpatched"];

/** Recorders whose file is patched in the midst of its media, so that not all of them are left. */
const OVERWRITES = ["wild"];

/** Recorders that cut their media, by a part and its header at most. */
const CUTS = ["ts_on_boundary"];

function check(recorder: Recorder, done: Take, mediaBytes: number): void {
  const { seen, content } = done;
  const last = seen.at(-1)!;
  const { name } = recorder;
  assertEquals(last.look.verdict === "final", recorder.hasEndRule, `at the end: ${name}`);
  assertEquals(last.look.container === "unknown", UNKNOWN.includes(name), `${name} is known`);
  if (last.look.verdict === "open") assert(OPEN_FOR_EVER.includes(name), `${name} stays open`);

  // `final` may come some writes before the end, but then for good, and not with media to come.
  const first = seen.findIndex(({ look }) => look.verdict === "final");
  if (first >= 0) {
    const rest = seen.slice(first);
    assert(rest.every(({ look }) => look.verdict === "final"), `${name} was final, then not`);
    assert(rest.every(({ isRolling }) => !isRolling), `${name} was final while it recorded`);
    const gaps = rest.slice(1).map(({ nowMs }, index) => nowMs - rest[index]!.nowMs);
    assert(Math.max(0, ...gaps) <= last.look.settleMs / 2, `${name} paused long while final`);
  }
  const stop = seen.findLastIndex(({ isRolling }) => isRolling);
  for (const [index, { look: { verdict, container } }] of seen.entries()) {
    if (container === "unknown" || verdict !== "undecidable") continue; // too short to be known
    const isUsual = !recorder.hasEndRule || recorder.isUndecidableWhileOpen === true ||
      (index > stop && UNDECIDABLE_AT_STOP.includes(name));
    assert(isUsual, `${name} was undecidable`);
  }

  // The offset of the media stays, but where all media move.
  const whileOpen = seen.slice(0, first < 0 ? seen.length : first).filter(({ isRolling }) =>
    isRolling
  );
  const starts = new Set(whileOpen.map(({ look }) => look.mediaStart).filter((at) => at !== null));
  assert(starts.size <= 1, `${name}: media begin at ${[...starts]}`);
  const [began] = starts;
  if (began !== undefined && first >= 0) {
    assertEquals(last.look.mediaStart! > began, SHIFTS.includes(name), `${name}: media moved`);
  }

  // All media are there, once and in order.
  if (!OVERWRITES.includes(name)) {
    const places = mediaIn(content);
    assert(places.length === 1 && places[0]!.from === 0, `${name}: ${JSON.stringify(places)}`);
    const leastBytes = mediaBytes - (CUTS.includes(name) ? 6_000_000 : 0);
    assert(places[0]!.to >= leastBytes, `${name}: media missing`);
  }
  assert(content.slice(0, content.sizeBytes).length <= 5_000, `${name} has too many runs`);
}

for (const recorder of recorders) {
  Deno.test(`${recorder.name} keeps what containers.md says of it`, async () => {
    let rewrote = false;
    let patchedEarly = false;
    for (const seed of [5, 11, 222]) {
      for (const mediaBytes of [1, 5_000, 3_000_000, 20_000_000, 5_000_000_000, 60_000_000_000]) {
        const asked = Math.min(mediaBytes, recorder.mostMediaBytes);
        const done = await watchTake(recorder, seed, asked);
        check(recorder, done, asked);
        rewrote ||= done.rewrote;
        patchedEarly ||= done.patchedEarly;
      }
    }
    assertEquals(rewrote, !APPENDS.includes(recorder.name), "changes what it has written");
    assertEquals(patchedEarly, PATCHES_EARLY.includes(recorder.name), "patches while it records");
  });
}

Deno.test("the same seed writes the same file", async () => {
  for (const recorder of recorders) {
    const mediaBytes = Math.min(2_000_000, recorder.mostMediaBytes);
    const digest = async (seed: number) => {
      const { content } = await watchTake(recorder, seed, mediaBytes);
      return digestOf(content.slice(0, content.sizeBytes));
    };
    assertEquals(await digest(7), await digest(7), recorder.name);
  }
});

Deno.test("recorders without a limit take 5 TiB", async () => {
  for (const recorder of recorders.filter(({ mostMediaBytes }) => mostMediaBytes === Infinity)) {
    const mediaBytes = 5 * 2 ** 40;
    check(recorder, await watchTake(recorder, 9, mediaBytes), mediaBytes);
  }
});

Deno.test("recorders that change names end under the right one", async () => {
  const renamesOf = async (name: string) =>
    (await watchTake(recorderNamed(name), 1, 1_000)).renames;
  assertEquals(await renamesOf("mp4_recreated"), [""]);
  assertEquals(await renamesOf("mov_part_then_rename"), ["take"]);
  assertEquals(await renamesOf("mov_renamed_away"), ["take.done"]);
  assertEquals(await renamesOf("ts_renamed_away"), ["take.done"]);
});

Deno.test("files on a boundary end exactly where a part of 5 MiB does", async () => {
  for (const name of ["ts_on_boundary", "mov_on_boundary"]) {
    for (const mediaBytes of [5_300_000, 20_000_000, 6e10]) {
      const { content } = await watchTake(recorderNamed(name), 1, mediaBytes);
      assertEquals(content.sizeBytes % (5 * 2 ** 20), 0, name);
    }
  }
});
