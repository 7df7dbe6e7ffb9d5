import { extname } from "@std/path";
import { typeByExtension } from "@std/media-types";

/** Where the sandbox's choice is another than the general table's, on purpose: a client must repeat what it is
 * told, not what it thinks. Nobody documents Frame.io's own choices. */
const OWN_TYPES: Readonly<Record<string, string>> = {
  ".avi": "video/avi",
  ".braw": "video/x-braw",
  ".flv": "video/flv",
  ".m2ts": "video/vnd.dlna.mpeg-tts",
  ".mkv": "video/matroska",
  ".mts": "video/vnd.dlna.mpeg-tts",
  ".r3d": "video/x-r3d",
  ".wav": "audio/x-wav",
};

/** The media type that the server gives a file, by its name's extension (V4 API, local upload). */
export function mediaTypeOf(name: string): string {
  const extension = extname(name).toLowerCase();
  return OWN_TYPES[extension] ?? typeByExtension(extension.slice(1)) ?? "application/octet-stream";
}
