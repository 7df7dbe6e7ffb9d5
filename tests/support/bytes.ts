import { seededRandom } from "./seeded_random.ts";

/** `sizeBytes` bytes that repeat for the same seed and look like nothing in particular. */
export function noise(sizeBytes: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  let state = Math.floor(seededRandom(seed).fraction() * 2 ** 32) | 1;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  const bytes = new Uint8Array(words.buffer, 0, sizeBytes);
  if (sizeBytes > 0) bytes[0] = 0xf0; // the first byte of no format that is known here
  return bytes;
}
