import type { Look } from "../../src/containers/container.ts";
import { detect } from "../../src/containers/detect.ts";

/** What the bytes of a file on disk say at this moment, with the size it was looked at. */
export async function lookAt(path: string): Promise<Look & { sizeBytes: number }> {
  using file = await Deno.open(path);
  const sizeBytes = (await file.stat()).size;
  const read = async (start: number, into: Uint8Array) => {
    await file.seek(start, Deno.SeekMode.Start);
    return await file.read(into) ?? 0;
  };
  const container = await detect(read, sizeBytes);
  return { ...await container.inspect(read, sizeBytes), sizeBytes };
}
