/**
 * The built-in camera's file around its media: Apple's QuickTime File Format with a `raw ` video track
 * and a `sowt` sound track. Laid out as ffmpeg lays out its MOV: `ftyp`, `wide`, `mdat`, `moov`.
 */
import {
  CHANNELS,
  FRAME_BYTES,
  FRAME_RATE,
  HEIGHT,
  SAMPLE_BYTES,
  SAMPLE_RATE,
  WIDTH,
} from "./camera_picture.ts";

/** The camera writes four times a second: some frames, then the sound that belongs to them. */
export const BURSTS_PER_SECOND = 4;
/** Bytes of the pictures of one burst. */
export const BURST_PICTURE_BYTES = FRAME_BYTES * FRAME_RATE / BURSTS_PER_SECOND;
/** Bytes of one burst, pictures and sound. */
export const BURST_BYTES = BURST_PICTURE_BYTES + SAMPLE_BYTES * SAMPLE_RATE / BURSTS_PER_SECOND;

/** Ticks a second of the movie's own time. */
const TIMESCALE = SAMPLE_RATE;
/** Seconds from 1904, where QuickTime's time begins, to 1970. */
const EPOCH_SECONDS = 2_082_844_800;
/** Leaves the picture where it is: the nine numbers of a 3 by 3 matrix, fixed-point. */
const IDENTITY = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
/** Version 0 and no flags, with which most boxes begin. */
const PLAIN = u32(0);

/** The first bytes of the file: all that comes before media, with size 0 for the `mdat` to come. */
export const FRONT: Uint8Array = join(
  box("ftyp", ascii("qt  "), u32(0x200), ascii("qt  ")),
  box("wide"),
  u32(0),
  ascii("mdat"),
);

/**
 * What to write over {@linkcode FRONT} when the media is complete: its size, at the offset `start`. A
 * size that 32 bits cannot hold takes the 8 bytes of `wide` as well (QuickTime File Format, "wide").
 */
export function patchedMdat(mediaBytes: number): { start: number; bytes: Uint8Array } {
  const start = FRONT.length - 8;
  if (8 + mediaBytes < 2 ** 32) return { start, bytes: u32(8 + mediaBytes) };
  return { start: start - 8, bytes: join(u32(1), ascii("mdat"), u64(16 + mediaBytes)) };
}

/**
 * The index of a recording of `bursts` bursts.
 *
 * @param createdMs Wall clock in milliseconds since 1970.
 */
export function moov(bursts: number, createdMs: number): Uint8Array {
  const created = Math.floor(createdMs / 1000) + EPOCH_SECONDS;
  const times = u32(created, created);
  const duration = bursts * TIMESCALE / BURSTS_PER_SECOND;
  const head = [PLAIN, times, u32(TIMESCALE, duration, 0x10000), u16(0x100, 0), u32(0, 0)];
  const nextTrack = 3;
  return box(
    "moov",
    box("mvhd", ...head, IDENTITY, u32(0, 0, 0, 0, 0, 0, nextTrack)),
    track({
      id: 1,
      times,
      duration,
      kind: "vide",
      header: box("vmhd", u32(1), u16(0, 0, 0, 0)),
      format: pictureFormat(),
      rate: FRAME_RATE,
      sampleBytes: FRAME_BYTES,
      firstChunk: FRONT.length,
      bursts,
    }),
    track({
      id: 2,
      times,
      duration,
      kind: "soun",
      header: box("smhd", PLAIN, u16(0, 0)),
      format: soundFormat(),
      rate: SAMPLE_RATE,
      sampleBytes: SAMPLE_BYTES,
      firstChunk: FRONT.length + BURST_PICTURE_BYTES,
      bursts,
    }),
  );
}

interface Track {
  readonly id: number;
  readonly times: Uint8Array;
  /** Of the movie, in its ticks. */
  readonly duration: number;
  readonly kind: "vide" | "soun";
  readonly header: Uint8Array;
  readonly format: Uint8Array;
  /** Samples a second; a frame is one. */
  readonly rate: number;
  readonly sampleBytes: number;
  /** Where the first burst's samples of this track lie; one chunk a burst. */
  readonly firstChunk: number;
  readonly bursts: number;
}

function track(of: Track): Uint8Array {
  const perBurst = of.rate / BURSTS_PER_SECOND;
  const samples = of.bursts * perBurst;
  const isSound = of.kind === "soun";
  const size = isSound ? u32(0, 0) : u32(WIDTH * 0x10000, HEIGHT * 0x10000);
  const chunks = Array.from({ length: of.bursts }, (_, i) => u64(of.firstChunk + i * BURST_BYTES));
  const enabled = u32(0xf);
  const handler = (role: string, kind: string) =>
    box("hdlr", PLAIN, ascii(role), ascii(kind), u32(0, 0, 0), new Uint8Array(1));
  const place = [u32(of.id, 0, of.duration, 0, 0), u16(0, 0, isSound ? 0x100 : 0, 0)];
  const unspecifiedLanguage = 0x7fff;
  return box(
    "trak",
    box("tkhd", enabled, of.times, ...place, IDENTITY, size),
    box(
      "mdia",
      box("mdhd", PLAIN, of.times, u32(of.rate, samples), u16(unspecifiedLanguage, 0)),
      handler("mhlr", of.kind),
      box(
        "minf",
        of.header,
        handler("dhlr", "alis"),
        box("dinf", box("dref", PLAIN, u32(1), box("alis", u32(1)))),
        box(
          "stbl",
          box("stsd", PLAIN, u32(1), of.format),
          box("stts", PLAIN, u32(1, samples, 1)),
          box("stsc", PLAIN, u32(1, 1, perBurst, 1)),
          box("stsz", PLAIN, u32(of.sampleBytes, samples)),
          box("co64", PLAIN, u32(of.bursts), ...chunks),
        ),
      ),
    ),
  );
}

function pictureFormat(): Uint8Array {
  const losslessQuality = 0x400;
  const dotsPerInch = 72 * 0x10000;
  const colourDepth = u16(24, 0xffff); // bits a pixel; no colour table
  return box(
    "raw ",
    u16(0, 0, 0, 1, 0, 0),
    u32(0, 0, losslessQuality),
    u16(WIDTH, HEIGHT),
    u32(dotsPerInch, dotsPerInch, 0),
    u16(1), // frame a sample
    new Uint8Array(32), // no compressor to name
    colourDepth,
  );
}

function soundFormat(): Uint8Array {
  return box(
    "sowt",
    u16(0, 0, 0, 1, 0, 0),
    u32(0),
    u16(CHANNELS, 16, 0, 0),
    u32(SAMPLE_RATE * 0x10000),
  );
}

function box(type: string, ...content: Uint8Array[]): Uint8Array {
  const sizeBytes = content.reduce((sum, part) => sum + part.length, 8);
  return join(u32(sizeBytes), ascii(type), ...content);
}

function join(...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function u16(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >>> 8, value]));
}

function u32(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((v) => [v >>> 24, v >>> 16, v >>> 8, v]));
}

function u64(value: number): Uint8Array {
  return u32(Math.floor(value / 2 ** 32), value);
}
