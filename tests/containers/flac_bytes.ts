/** FLAC streams of silence, built by hand from RFC 9639. */
import { join, u32 } from "./bytes.ts";
import { text } from "./chunk_bytes.ts";

/** Remainder of `bytes` by a polynomial, bit by bit: slow, and written otherwise than in `src/`. */
function remainder(bytes: Uint8Array, polynomial: number, width: number): number {
  let register = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const top = (register >> (width - 1)) ^ ((byte >> bit) & 1);
      register = (register << 1) & (2 ** width - 1);
      if (top & 1) register ^= polynomial;
    }
  }
  return register;
}

/** A frame of silence in one channel of 16 bits, `number` in at most 11 bits. */
export function frame(
  number: number,
  samples: number,
  options: { variable?: boolean; sampleRateCode?: number; content?: Uint8Array } = {},
): Uint8Array {
  const rate = options.sampleRateCode ?? 9;
  const coded = number < 0x80 ? [number] : [0xc0 | (number >> 6), 0x80 | (number & 0x3f)];
  const rateBytes = rate === 12 ? [44] : rate === 13 || rate === 14 ? [0xac, 0x44] : [];
  const header = Uint8Array.from([
    ...[0xff, options.variable ? 0xf9 : 0xf8, 0x70 | rate, 0x08],
    ...[...coded, (samples - 1) >> 8, (samples - 1) & 0xff, ...rateBytes],
  ]);
  const body = join(
    header,
    Uint8Array.of(remainder(header, 0x07, 8)),
    options.content ?? new Uint8Array(3),
  );
  const sum = remainder(body, 0x8005, 16);
  return join(body, Uint8Array.of(sum >> 8, sum & 0xff));
}

/** `fLaC`, STREAMINFO and `comments` blocks of 40 bytes. */
export function flacHead(
  info: { total?: number; isSummed?: boolean; blockSamples?: number },
  comments = 1,
): Uint8Array {
  const { total = 0, isSummed = false, blockSamples = 4608 } = info;
  const sizes = Uint8Array.of(blockSamples >> 8, blockSamples & 0xff);
  const rate = Uint8Array.of(0x0a, 0xc4, 0x40, 0xf0 | Math.floor(total / 2 ** 32));
  const streamInfo = join(
    ...[sizes, sizes, new Uint8Array(6), rate, u32(total % 2 ** 32)],
    new Uint8Array(16).fill(isSummed ? 0x5a : 0),
  );
  const blocks = Array.from(
    { length: comments },
    (_, index) =>
      join(u32((index === comments - 1 ? 0x8400_0000 : 0x0400_0000) + 36), text(".".repeat(36))),
  );
  return join(text("fLaC"), u32(comments === 0 ? 0x8000_0022 : 34), streamInfo, ...blocks);
}
