/** Every simulated recorder, watched at each write and each wait by the production containers. */
import { assert, assertEquals } from "@std/assert";
import type { Look, RangeReader } from "../../src/containers/container.ts";
import { detect } from "../../src/containers/detect.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { type Content, digestOf, emptyContent, type Run } from "./content.ts";
import { recorders } from "./recorders/all.ts";
import { INDEX_FROM } from "./recorders/pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorders/recorder.ts";

/** Number of the media stream of every take here. */
const MEDIA = 3;

/** A file under its name, or none. */
interface Entry {
  readonly content: Content;
  name: string | null;
}

/** What one look saw, and of how much. */
interface Seen {
  readonly look: Look;
  readonly sizeBytes: number;
  /** Virtual time, in milliseconds. */
  readonly nowMs: number;
  readonly isRolling: boolean;
}

/** One take under virtual time, and all that was seen of it. */
interface Take {
  readonly seen: Seen[];
  /** Whether a byte that had been there was ever changed. */
  readonly rewrote: boolean;
  /** The last file that it created, under whatever name. */
  readonly content: Content;
  readonly names: readonly string[];
}

const readerOf = (content: Content): RangeReader => (start, into) =>
  Promise.resolve(content.read(start, into));

async function lookAt(content: Content, sizeBytes = content.sizeBytes): Promise<Look> {
  const read = readerOf(content);
  return await (await detect(read, sizeBytes)).inspect(read, sizeBytes);
}

/** A content of the same bytes, which stays as it is. */
function copyOf(content: Content): Content {
  const copy = emptyContent();
  let start = 0;
  for (const { sizeBytes, origin } of content.slice(0, content.sizeBytes)) {
    if (origin === null) copy.truncate(start + sizeBytes);
    else if ("bytes" in origin) copy.writeBytes(start, origin.bytes);
    else copy.writeMedia(start, sizeBytes, origin.media, origin.from);
    start += sizeBytes;
  }
  return copy;
}

/**
 * Records one take. Small ones are looked at as they are after every single write, large ones at every
 * wait and, while media roll, now and then.
 */
async function take(recorder: Recorder, seed: number, mediaBytes: number): Promise<Take> {
  const isSmall = mediaBytes < 2 ** 25;
  const chance: Chance = chanceOf(seed);
  const rhythm = chance.fork();
  const seen: Seen[] = [];
  const snapshots: { content: Content; nowMs: number; isRolling: boolean }[] = [];
  const names: string[] = [];
  let entries: Entry[] = [];
  let watched: Entry | null = null;
  let nowMs = 0;
  let isRolling = false;
  let rewrote = false;
  let before: Run[] = [];

  function changed(entry: Entry): void {
    if (entry !== watched || !isSmall) return;
    const { content } = entry;
    if (content.sizeBytes === 0) before = [];
    const beforeBytes = before.reduce((sum, run) => sum + run.sizeBytes, 0);
    rewrote ||= digestOf(content.slice(0, beforeBytes)) !== digestOf(before);
    before = content.slice(0, content.sizeBytes);
    snapshots.push({ content: copyOf(content), nowMs, isRolling });
  }

  /** Looks at what was written since, and at the file as it is now. */
  async function look(): Promise<void> {
    for (const { content, ...when } of snapshots.splice(0)) {
      seen.push({ look: await lookAt(content), sizeBytes: content.sizeBytes, ...when });
    }
    if (watched === null) return;
    const { content } = watched;
    seen.push({ look: await lookAt(content), sizeBytes: content.sizeBytes, nowMs, isRolling });
  }

  function create(name = "take"): RecorderFile {
    entries = entries.filter((entry) => entry.name !== name);
    const entry: Entry = { content: emptyContent(), name };
    const { content } = entry;
    entries.push(entry);
    watched = entry;
    before = [];
    const after = <Args extends unknown[]>(write: (...args: Args) => void) => (...args: Args) => {
      write(...args);
      changed(entry);
    };
    return {
      get sizeBytes() {
        return content.sizeBytes;
      },
      writeMedia: after(content.writeMedia),
      writeBytes: after(content.writeBytes),
      truncate: after(content.truncate),
      copy: after(content.copy),
      rename(to) {
        names.push(to);
        entries = entries.filter((other) => other.name !== to);
        entry.name = to;
      },
      unlink() {
        names.push("");
        entry.name = null;
        if (watched === entry) watched = null;
      },
    };
  }

  const tools: RecorderTools = {
    chance,
    name: "take",
    create,
    media: MEDIA,
    mediaBytes,
    async wait(delayMs) {
      assert(Number.isInteger(delayMs) && delayMs >= 0, `waited ${delayMs} ms`);
      await look();
      nowMs += delayMs;
    },
    async roll(file, start, sizeBytes, from, onWrite) {
      assert(sizeBytes > 0 && from >= 0 && from < INDEX_FROM, `rolled ${sizeBytes} from ${from}`);
      const isLong = isSmall && sizeBytes > mediaBytes / 20;
      const writes = rhythm.whole(1, isLong ? 12 : 2);
      isRolling = true;
      let done = 0;
      for (let write = 1; write <= writes; write++) {
        const end = write === writes ? sizeBytes : Math.floor(sizeBytes * write / writes);
        if (end === done) continue;
        file.writeMedia(start + done, end - done, MEDIA, from + done);
        done = end;
        onWrite?.(done);
        nowMs += 40;
        if (isSmall || rhythm.happens(0.01)) await look();
      }
      isRolling = false;
    },
  };
  await recorder.record(tools);
  await look();
  assert(watched !== null, "nothing was recorded");
  return { seen, rewrote, content: (watched as Entry).content, names };
}

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

/** Formats, or moments of them, that cannot tell whether the recorder goes on: containers/README.md. */
const UNDECIDABLE = [
  ...["fmp4_ffmpeg", "fmp4_skip_trailer", "fmp4_global_sidx", "hybrid_ffmpeg", "wav_unpatched"],
  ...["flv_stream", "ts", "ps", "wild", "ts_renamed_away", "ts_on_boundary"],
  ...["ts_preallocated", "ts_preallocated_in_steps", "wild_preallocated", "one_byte"],
];

/** The same, but only in the midst of their stop. */
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
    const isUsual = UNDECIDABLE.includes(name) ||
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
    for (const seed of [1, 2, 3]) {
      for (const mediaBytes of [1, 5_000, 3_000_000, 20_000_000, 5_000_000_000, 60_000_000_000]) {
        const asked = Math.min(mediaBytes, recorder.mostMediaBytes);
        const done = await take(recorder, seed, asked);
        check(recorder, done, asked);
        rewrote ||= done.rewrote;
      }
    }
    assertEquals(rewrote, !APPENDS.includes(recorder.name), "changes what it has written");
  });
}

Deno.test("the same seed writes the same file", async () => {
  for (const recorder of recorders) {
    const mediaBytes = Math.min(2_000_000, recorder.mostMediaBytes);
    const digest = async (seed: number) => {
      const { content } = await take(recorder, seed, mediaBytes);
      return digestOf(content.slice(0, content.sizeBytes));
    };
    assertEquals(await digest(7), await digest(7), recorder.name);
  }
});

Deno.test("recorders without a limit take 5 TiB", async () => {
  for (const recorder of recorders.filter(({ mostMediaBytes }) => mostMediaBytes === Infinity)) {
    const mediaBytes = 5 * 2 ** 40;
    check(recorder, await take(recorder, 9, mediaBytes), mediaBytes);
  }
});
