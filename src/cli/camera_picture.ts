/**
 * What the built-in camera sees and hears: a test picture that no two frames share, and a tone. Raw RGB
 * and raw PCM, so that the demo needs no encoder and still makes about 8.5 MB a second.
 */

/** Width of the picture in pixels. */
export const WIDTH = 640;
/** Height of the picture in pixels. */
export const HEIGHT = 360;
/** Frames a second. */
export const FRAME_RATE = 12;
/** Bytes of one frame: red, green, blue, row after row. */
export const FRAME_BYTES = WIDTH * HEIGHT * 3;

/** Sound samples a second, for each channel. */
export const SAMPLE_RATE = 48_000;
/** Sound channels. */
export const CHANNELS = 2;
/** Bytes of one sample of both channels, 16 bits each, little-endian. */
export const SAMPLE_BYTES = CHANNELS * 2;

const TONE_HERTZ = 440;
/** A fifth of full scale, about -14 dBFS. */
const TONE_PEAK = 6_500;

/** Colours of the eight bars, as on a studio's test card. */
const BARS = [
  [235, 235, 235],
  [235, 235, 16],
  [16, 235, 235],
  [16, 235, 16],
  [235, 16, 235],
  [235, 16, 16],
  [16, 16, 235],
  [16, 16, 16],
] as const;

/** The burnt-in counter: 32 squares at the bottom, the frame's number in binary, highest bit left. */
const COUNTER_BITS = 32;
const SQUARE = WIDTH / COUNTER_BITS;

/** The picture without what moves, drawn once. */
const background = (() => {
  const picture = new Uint8Array(FRAME_BYTES);
  for (let bar = 0; bar < BARS.length; bar++) {
    fill(picture, bar * WIDTH / BARS.length, 0, WIDTH / BARS.length, HEIGHT, BARS[bar]!);
  }
  return picture;
})();

/** Draws frame `frame`, counted from 0, into {@linkcode FRAME_BYTES} bytes. */
export function drawFrame(frame: number, into: Uint8Array): void {
  into.set(background);
  fill(into, frame * 8 % (WIDTH - 8), 0, 8, HEIGHT, [255, 255, 255]);
  for (let bit = 0; bit < COUNTER_BITS; bit++) {
    const level = (frame >>> (COUNTER_BITS - 1 - bit)) & 1 ? 255 : 0;
    fill(into, bit * SQUARE, HEIGHT - SQUARE, SQUARE, SQUARE, [level, level, level]);
  }
}

/** Plays the tone from the sample `first` on, into as many whole samples as `into` holds. */
export function playTone(first: number, into: Uint8Array): void {
  const view = new DataView(into.buffer, into.byteOffset, into.length);
  for (let at = 0, sample = first; at < into.length; at += SAMPLE_BYTES, sample++) {
    const level = TONE_PEAK * Math.sin(2 * Math.PI * TONE_HERTZ * sample / SAMPLE_RATE);
    for (let channel = 0; channel < CHANNELS; channel++) {
      view.setInt16(at + 2 * channel, level, true);
    }
  }
}

function fill(
  picture: Uint8Array,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: readonly [number, number, number],
): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) picture.set(colour, (y * WIDTH + x) * 3);
  }
}
