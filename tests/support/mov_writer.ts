import { noise } from "./bytes.ts";

/** A recorder under a test's control: it writes what it is told, when it is told. */
export interface MovWriter extends AsyncDisposable {
  /** Appends `sizeBytes` of media. */
  roll(sizeBytes: number): Promise<void>;
  /** Appends `sizeBytes` of zeros as media. */
  black(sizeBytes: number): Promise<void>;
  /** Takes room for the file in advance; what is written later fills it, and the stop cuts it. */
  allocate(sizeBytes: number): Promise<void>;
  /** Stops as ffmpeg does: moov at the end, then the size of mdat in front. */
  stop(): Promise<void>;
  /**
   * Stops as ffmpeg does with faststart, up to a moment: the size of mdat first, then all media moved up
   * in place, then the index in front. The given callbacks run at these moments.
   */
  stopFast(at?: { sized?(): Promise<void>; moving?(): Promise<void> }): Promise<void>;
  /** Overwrites bytes that were written before. */
  patch(offset: number, bytes: Uint8Array): Promise<void>;
  /** Closes the file without finishing it, as a killed recorder does. */
  die(): void;
  readonly sizeBytes: number;
}

/** Where the media begins: behind ftyp (20), wide (8) and the header of mdat (8). */
export const MEDIA_START = 36;

/** Creates the file and writes what a recorder writes at once. */
export async function createMov(path: string): Promise<MovWriter> {
  const file = await Deno.open(path, { create: true, truncate: true, write: true, read: true });
  let sizeBytes = 0;
  let closed = false;
  async function append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    sizeBytes += bytes.length;
  }
  function die(): void {
    if (!closed) file.close();
    closed = true;
  }
  const patch = async (offset: number, bytes: Uint8Array) => {
    await file.seek(offset, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.seek(sizeBytes, Deno.SeekMode.Start);
  };
  await append(box("ftyp", new TextEncoder().encode("qt  \0\0\0\0qt  ")));
  await append(box("wide", new Uint8Array(0)));
  await append(header(0, "mdat"));
  return {
    roll: (bytes) => append(noise(bytes, sizeBytes)),
    black: (bytes) => append(new Uint8Array(bytes)),
    allocate: (bytes) => file.truncate(bytes),
    async stop() {
      const mdatBytes = sizeBytes - MEDIA_START + 8;
      await append(box("moov", box("mvhd", new Uint8Array(100))));
      await file.truncate(sizeBytes);
      await patch(MEDIA_START - 8, header(mdatBytes, "mdat").subarray(0, 4));
      die();
    },
    async stopFast(at = {}) {
      const moov = box("moov", box("mvhd", noise(9000, 3)));
      const mdatBytes = sizeBytes - MEDIA_START + 8;
      await patch(MEDIA_START - 8, header(mdatBytes, "mdat").subarray(0, 4));
      await at.sized?.();
      const from = MEDIA_START - 8;
      const moved = new Uint8Array(sizeBytes - from);
      await file.seek(from, Deno.SeekMode.Start);
      for (let got = 0; got < moved.length;) got += (await file.read(moved.subarray(got))) ?? 0;
      const half = moved.length >> 1;
      await patch(from + moov.length, moved.subarray(0, half));
      await at.moving?.();
      await patch(from + moov.length + half, moved.subarray(half));
      await patch(from, moov);
      die();
    },
    patch,
    die,
    get sizeBytes() {
      return sizeBytes;
    },
    [Symbol.asyncDispose]() {
      die();
      return Promise.resolve();
    },
  };
}

function header(sizeBytes: number, type: string): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, sizeBytes);
  bytes.set(new TextEncoder().encode(type), 4);
  return bytes;
}

function box(type: string, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length);
  bytes.set(header(bytes.length, type));
  bytes.set(payload, 8);
  return bytes;
}
