/**
 * The most telling test of a container: an upload that believes it. While a real recorder records,
 * every byte that {@linkcode Look.frontierBytes} lets go is taken at once, once; when the recorder has
 * finished, what was taken is compared with what the file has become.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { Look } from "../../src/containers/container.ts";
import type { ByteRange } from "../../src/recording/range.ts";
import type { FedRecorder } from "./fed_recorder.ts";
import { lookAt } from "./look_at.ts";

/** A look, with the size of the file it was taken at. */
export type Seen = Look & { readonly sizeBytes: number };

/** What was seen of one recording. */
export interface Watched {
  /** Looks while it was recorded, one a frame at least. */
  readonly during: readonly Seen[];
  /** Looks between the request to stop and the recorder's end; the last ones may be `final`. */
  readonly stopping: readonly Seen[];
  /** The look at what the recorder left. */
  readonly after: Seen;
  /** Bytes behind the head that went out before the recorder was asked to stop. */
  readonly takenBytes: number;
  /** By how much the media moved, in bytes: the known shift of an index that came in front. */
  readonly movedBytes: number;
  /** Where the taken bytes are no longer what the file holds; offsets while recording, ascending. */
  readonly changed: readonly ByteRange[];
  /** Where the file changed after the first look that said `final`; offsets of the finished file. */
  readonly changedAfterFinal: readonly ByteRange[];
}

/** How to watch; see {@linkcode watchRecording}. */
export interface WatchOptions {
  /** Frames of noise to record. Default: 60. */
  readonly frames?: number;
  /** How it ends. Default: `stop`. */
  readonly end?: "stop" | "kill";
}

/**
 * Records a file of this name in a folder of its own, which is removed, and looks at it all the while.
 *
 * @param start Starts the recorder on the path it is given; the empty file is there already.
 */
export async function watchRecording(
  name: string,
  start: (path: string) => FedRecorder,
  options: WatchOptions = {},
): Promise<Watched> {
  const directory = await Deno.makeTempDir({ prefix: "reeltime_containers_" });
  try {
    const path = join(directory, name);
    await Deno.writeFile(path, new Uint8Array(0));
    const upload = beginUpload(path);
    const during: Seen[] = [];
    const stopping: Seen[] = [];
    let atFinal: Uint8Array | null = null;
    {
      await using recorder = start(path);
      for (let frame = 0; frame < (options.frames ?? 60); frame++) {
        await recorder.frame();
        during.push(await upload.look());
      }
      let isOver = false;
      const end = options.end === "kill" ? recorder.kill() : recorder.stop();
      const over = end.finally(() => isOver = true);
      while (!isOver) {
        const seen = await lookAt(path);
        stopping.push(seen);
        if (seen.verdict === "final") atFinal ??= await Deno.readFile(path);
      }
      await over;
    }
    const after = await lookAt(path);
    const file = await Deno.readFile(path);
    return {
      during,
      stopping,
      after,
      changedAfterFinal: atFinal === null ? [] : differences(atFinal, file, 0),
      ...upload.compareWith(file, after),
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Takes what the looks let go, behind the head as it is when the media begins. */
function beginUpload(path: string) {
  let head: { bytes: number; mediaStart: number | null } | null = null;
  const taken: Uint8Array[] = [];
  let takenTo = 0;
  return {
    async look(): Promise<Seen> {
      const seen = await lookAt(path);
      const hasNoHead = seen.headBytes === 0 && seen.sizeBytes > 0;
      if (head === null && (seen.mediaStart !== null || hasNoHead)) {
        head = { bytes: seen.headBytes, mediaStart: seen.mediaStart };
        takenTo = head.bytes;
      }
      if (head !== null && seen.frontierBytes > takenTo) {
        taken.push(await readRange(path, takenTo, seen.frontierBytes));
        takenTo = seen.frontierBytes;
      }
      return seen;
    },
    compareWith(file: Uint8Array, after: Seen) {
      const headBytes = head?.bytes ?? 0;
      const movedBytes = (after.mediaStart ?? 0) - (head?.mediaStart ?? after.mediaStart ?? 0);
      const sent = new Uint8Array(takenTo - headBytes);
      let at = 0;
      for (const piece of taken) {
        sent.set(piece, at);
        at += piece.length;
      }
      const changed = differences(sent, file.subarray(headBytes + movedBytes), headBytes);
      return { takenBytes: at, movedBytes, changed };
    },
  };
}

async function readRange(path: string, start: number, end: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  await file.seek(start, Deno.SeekMode.Start);
  const into = new Uint8Array(end - start);
  for (let got = 0; got < into.length;) {
    const more = await file.read(into.subarray(got));
    assert(more !== null, `${path} ends in front of its frontier ${end}`);
    got += more;
  }
  return into;
}

/** Where two arrays differ, the second one's missing end included; offsets count from `base`. */
function differences(before: Uint8Array, after: Uint8Array, base: number): ByteRange[] {
  const found: { start: number; end: number }[] = [];
  for (let at = 0; at < before.length; at++) {
    if (before[at] === after[at]) continue;
    const last = found.at(-1);
    if (last?.end === base + at) last.end++;
    else found.push({ start: base + at, end: base + at + 1 });
  }
  return found;
}

/** What a family's rule promises of a recording; see {@linkcode assertPromises}. */
export interface Promised {
  /** The verdict on what the recorder left. */
  readonly after: Look["verdict"];
  /** Verdicts that may be seen while it records. Default: `open` alone. */
  readonly during?: readonly Look["verdict"][];
  /** Bytes of the recording that must go out before the stop, as a share of its size. Default: 0.5. */
  readonly takenShare?: number;
}

/**
 * Fails unless the looks kept their promises: no `final` before the stop; nothing that was let go has
 * changed but in ranges that a look has named as patched; the head did not grow; once `final` with a
 * short settle time, the file stays as it is.
 */
export function assertPromises(watched: Watched, promised: Promised): void {
  const { during, after } = watched;
  const grown = during.filter((seen) => seen.sizeBytes > 0);
  assert(new Set(grown.map((seen) => seen.sizeBytes)).size > 2, "the file never grew");
  const allowed = promised.during ?? ["open"];
  for (const seen of grown) {
    const isTold = seen.mediaStart !== null || seen.container === after.container;
    if (isTold) assert(allowed.includes(seen.verdict), JSON.stringify(seen));
    assert(seen.frontierBytes <= seen.sizeBytes, JSON.stringify(seen));
  }
  assertEquals(after.verdict, promised.after, JSON.stringify(after));
  if (after.verdict === "final") assertEquals(after.frontierBytes, after.sizeBytes);

  const head = grown.find((seen) => seen.mediaStart !== null);
  if (head !== undefined) {
    assertEquals(after.headBytes, head.headBytes + watched.movedBytes, "the head has changed");
  }
  const patched = during.flatMap((seen) => seen.patched);
  for (const range of watched.changed) {
    const isNamed = patched.some(({ start, end }) => start <= range.start && range.end <= end);
    assert(isNamed, `let go, then changed: ${JSON.stringify(watched.changed)}`);
  }
  const share = promised.takenShare ?? 0.5;
  assert(watched.takenBytes >= share * after.sizeBytes, `${watched.takenBytes} bytes went out`);
  if (after.settleMs < 2_000) assertEquals(watched.changedAfterFinal, []);
}
