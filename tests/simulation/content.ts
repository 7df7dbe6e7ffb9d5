/**
 * What a simulated file holds, without holding it: runs of generated media, of literal bytes and of
 * zeros. A terabyte is one run; its digest comes from what it is made of.
 */
import { noise } from "../support/bytes.ts";

/** Where the bytes of a run come from; null for zeros. */
export type Origin =
  | { readonly media: number; readonly from: number }
  | { readonly bytes: Uint8Array }
  | null;

/** Bytes of one origin, without a place. */
export interface Run {
  readonly sizeBytes: number;
  readonly origin: Origin;
}

/** Bytes of one origin at one place of a file. */
interface Placed extends Run {
  readonly start: number;
}

/** The content of one file. Everything counts in bytes from the file's start. */
export interface Content {
  readonly sizeBytes: number;
  /** Overwrites or extends with media: `media` names an endless stream, `from` a place in it. */
  writeMedia(start: number, sizeBytes: number, media: number, from: number): void;
  /** Overwrites or extends; what lies between the end and `start` becomes zeros. */
  writeBytes(start: number, bytes: Uint8Array): void;
  /** Cuts, or grows with zeros. */
  truncate(sizeBytes: number): void;
  /** Copies a range to another place as memmove does. */
  copy(from: number, to: number, sizeBytes: number): void;
  /** Reads into the whole of `into`, or as much as there is. @returns Bytes read. */
  read(start: number, into: Uint8Array): number;
  /** What a range is made of; shorter where the file ends. */
  slice(start: number, end: number): Run[];
}

/** An empty file's content. */
export function emptyContent(): Content {
  let runs: Placed[] = [];
  const size = () => {
    const last = runs.at(-1);
    return last === undefined ? 0 : last.start + last.sizeBytes;
  };

  /** Index of the run that holds `at`, or of the first one behind it. */
  function find(at: number): number {
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const run = runs[middle]!;
      if (run.start + run.sizeBytes <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function cut(start: number, end: number): Placed[] {
    const cut: Placed[] = [];
    for (let i = find(start); i < runs.length && runs[i]!.start < end; i++) {
      cut.push(part(runs[i]!, start, end));
    }
    return cut;
  }

  /** Puts runs, which follow each other from `start` on, in the place of what lies there. */
  function put(start: number, placed: readonly Placed[]): void {
    if (placed.length === 0) return;
    const last = placed.at(-1)!;
    const end = last.start + last.sizeBytes;
    if (start > size()) place(size(), start - size(), null);
    const from = find(start);
    let to = from;
    while (to < runs.length && runs[to]!.start < end) to++;
    const left = runs[from] !== undefined && runs[from]!.start < start
      ? [part(runs[from]!, runs[from]!.start, start)]
      : [];
    const over = runs[to - 1];
    const right = to > from && over!.start + over!.sizeBytes > end
      ? [part(over!, end, Infinity)]
      : [];
    // An append to the same stream is by far the most common write.
    const before = left[0] ?? runs[from - 1];
    if (placed.length === 1 && before !== undefined && right.length === 0) {
      const joined = join(before, last);
      if (joined !== null) {
        runs.splice(
          left.length > 0 ? from : from - 1,
          to - from + (left.length > 0 ? 0 : 1),
          joined,
        );
        return;
      }
    }
    runs.splice(from, to - from, ...left, ...placed, ...right);
  }

  function place(start: number, sizeBytes: number, origin: Origin): void {
    if (sizeBytes > 0) put(start, [{ start, sizeBytes, origin }]);
  }

  return {
    get sizeBytes() {
      return size();
    },
    writeMedia: (start, sizeBytes, media, from) => place(start, sizeBytes, { media, from }),
    writeBytes: (start, bytes) => place(start, bytes.length, { bytes: bytes.slice() }),
    truncate(sizeBytes) {
      if (sizeBytes >= size()) place(size(), sizeBytes - size(), null);
      else runs = cut(0, sizeBytes);
    },
    copy(from, to, sizeBytes) {
      put(to, cut(from, from + sizeBytes).map((run) => ({ ...run, start: run.start - from + to })));
    },
    read(start, into) {
      let done = 0;
      for (const run of cut(start, start + into.length)) {
        fill(into.subarray(done, done + run.sizeBytes), run.origin);
        done += run.sizeBytes;
      }
      return done;
    },
    slice: (start, end) => cut(start, end),
  };
}

function part(run: Placed, start: number, end: number): Placed {
  const from = Math.max(run.start, start);
  const to = Math.min(run.start + run.sizeBytes, end);
  if (from === run.start && to === run.start + run.sizeBytes) return run;
  const offset = from - run.start;
  const { origin } = run;
  const sizeBytes = to - from;
  if (origin === null) return { start: from, sizeBytes, origin };
  if ("bytes" in origin) {
    const bytes = origin.bytes.subarray(offset, offset + sizeBytes);
    return { start: from, sizeBytes, origin: { bytes } };
  }
  return { start: from, sizeBytes, origin: { media: origin.media, from: origin.from + offset } };
}

/** Two neighbours of one endless origin as one run, or null. */
function join(a: Placed, b: Placed): Placed | null {
  const isOne = a.origin === null
    ? b.origin === null
    : b.origin !== null && "media" in a.origin && "media" in b.origin &&
      a.origin.media === b.origin.media && a.origin.from + a.sizeBytes === b.origin.from;
  return isOne ? { start: a.start, sizeBytes: a.sizeBytes + b.sizeBytes, origin: a.origin } : null;
}

/** What media looks like when a container reads it: noise that is no format's. */
const LOOKS = noise(64 * 1024);

function fill(into: Uint8Array, origin: Origin): void {
  if (origin === null) into.fill(0);
  else if ("bytes" in origin) into.set(origin.bytes);
  else {
    let at = (origin.from + origin.media * 7919) % LOOKS.length;
    for (let done = 0; done < into.length; at = 0) {
      const piece = LOOKS.subarray(at, at + into.length - done);
      into.set(piece, done);
      done += piece.length;
    }
  }
}

/** A digest of 32 hex digits: equal exactly where the bytes are, but for literal runs of zeros. */
export function digestOf(runs: readonly Run[]): string {
  const mix = mixer();
  let before: Run | null = null;
  let sizeBytes = 0;
  const flush = () => {
    if (before === null || sizeBytes === 0) return;
    const { origin } = before;
    mix(sizeBytes);
    if (origin === null) mix(1);
    else if ("media" in origin) {
      mix(2);
      mix(origin.media);
      mix(origin.from);
    }
  };
  for (const run of runs) {
    if (run.origin !== null && "bytes" in run.origin) {
      flush();
      before = null;
      for (const byte of run.origin.bytes) mix(byte + 3);
      continue;
    }
    if (before !== null && follows(before.origin, sizeBytes, run.origin)) {
      sizeBytes += run.sizeBytes;
    } else {
      flush();
      before = run;
      sizeBytes = run.sizeBytes;
    }
  }
  flush();
  return mix.hex();
}

function follows(origin: Origin, sizeBytes: number, next: Origin): boolean {
  if (origin === null || next === null) return origin === next;
  return "media" in origin && "media" in next && origin.media === next.media &&
    origin.from + sizeBytes === next.from;
}

/** Mixes numbers into 128 bits (after MurmurHash3's finalizer): no proof against malice is needed. */
function mixer(): ((value: number) => void) & { hex(): string } {
  const words = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  const mix = (value: number) => {
    const low = value | 0;
    const high = Math.floor(value / 2 ** 32) | 0;
    for (let i = 0; i < 4; i++) {
      let word = words[i]! ^ Math.imul(low + i * 0x632be5ab, 0x85ebca6b) ^
        Math.imul(high, 0xc2b2ae35);
      word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d + 2 * i);
      word = Math.imul(word ^ (word >>> 13), 0x297a2d39);
      words[i] = (word ^ (word >>> 16)) + words[(i + 1) & 3]! | 0;
    }
  };
  return Object.assign(mix, {
    hex: () => words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(""),
  });
}
