/** FLV: containers.md, rows "FLV". */
import { join, media, u32 } from "../../containers/bytes.ts";
import { flvHeader, metaData, numberProperty, tag } from "../../containers/flv_bytes.ts";
import { type Content, emptyContent } from "../content.ts";
import { moveUp } from "./move_up.ts";
import { pause, type Piece } from "./pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";

/** Tags written as such; a look walks 32, so the rest of a long take is media without tags. */
const TAGS = 64;

/** Bytes in front of a tag's data. */
const TAG_HEADER_BYTES = 11;

/** Bytes that end the properties of a script. */
const END_BYTES = 3;

/** `onMetaData` with what is patched at the stop; `room` is kept for an index by GStreamer. */
function script(
  durationSeconds: number,
  filesize: number,
  room: Uint8Array = new Uint8Array(),
): Uint8Array {
  return metaData(
    numberProperty("duration", durationSeconds),
    numberProperty("width", 1920),
    numberProperty("filesize", filesize),
    room,
  );
}

/** A take's tags, each with what ends it, and the rest. */
function tagsOf({ chance, mediaBytes }: RecorderTools): { tags: Piece[]; rest: Piece | null } {
  const tags: Piece[] = [];
  let from = 0;
  for (; from < mediaBytes && tags.length < TAGS; from += tags.at(-1)!.sizeBytes) {
    tags.push({ from, sizeBytes: Math.min(chance.spread(400, 900_000), mediaBytes - from) });
  }
  return { tags, rest: from < mediaBytes ? { from, sizeBytes: mediaBytes - from } : null };
}

/** Bytes in front of a tag's data, and behind it. */
function aroundTag(sizeBytes: number): readonly [front: Uint8Array, back: Uint8Array] {
  const front = new Uint8Array(TAG_HEADER_BYTES);
  front.set(u32(sizeBytes));
  front[0] = 9; // video; the size has three bytes
  return [front, u32(TAG_HEADER_BYTES + sizeBytes)];
}

/** Appends all tags; `write` brings the media of one. */
async function appendTags(
  file: RecorderFile | Content,
  { tags, rest }: ReturnType<typeof tagsOf>,
  write: (start: number, piece: Piece) => Promise<void> | void,
): Promise<void> {
  for (const piece of tags) {
    const [front, back] = aroundTag(piece.sizeBytes);
    file.writeBytes(file.sizeBytes, front);
    await write(file.sizeBytes, piece);
    file.writeBytes(file.sizeBytes, back);
  }
  if (rest !== null) await write(file.sizeBytes, rest);
}

/** Offset of a number among the properties of a script: behind its name and type. */
function fieldOf(name: string): number {
  const bytes = join(flvHeader, script(0, 0));
  return new TextDecoder("latin1").decode(bytes).indexOf(`${name}\0`) + name.length;
}

/** A number with its type in front, 9 bytes, as ffmpeg patches it. */
const number = (value: number) => numberProperty("", value).subarray(2);

/** ffmpeg's last two writes: 9 bytes of duration, 9 bytes of filesize. */
async function patchNumbers(tools: RecorderTools, file: RecorderFile): Promise<void> {
  await pause(tools);
  file.writeBytes(fieldOf("duration"), number(60));
  await pause(tools);
  file.writeBytes(fieldOf("filesize"), number(file.sizeBytes));
}

/** ffmpeg's: duration, then filesize. */
export const flvFfmpeg: Recorder = {
  name: "flv_ffmpeg",
  extension: ".flv",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    file.writeBytes(0, join(flvHeader, script(0, 0)));
    const roll = (start: number, piece: Piece) =>
      tools.roll(file, start, piece.sizeBytes, piece.from);
    await appendTags(file, tagsOf(tools), roll);
    await patchNumbers(tools, file);
  },
};

/**
 * ffmpeg `add_keyframe_index`: all from the end of the properties on moves up; then the script's size,
 * the length behind it, the index, duration, filesize: in this order (traced with ffmpeg 5.1).
 */
export const flvIndexed: Recorder = {
  name: "flv_keyframe_index",
  extension: ".flv",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    const plain = script(0, 0);
    file.writeBytes(0, join(flvHeader, plain));
    const tags = tagsOf(tools);
    const roll = (start: number, piece: Piece) =>
      tools.roll(file, start, piece.sizeBytes, piece.from);
    await appendTags(file, tags, roll);
    await pause(tools);
    const moved = emptyContent();
    moved.writeBytes(0, plain.subarray(-END_BYTES - 4));
    await appendTags(
      moved,
      tags,
      (start, { sizeBytes, from }) => moved.writeMedia(start, sizeBytes, tools.media, from),
    );
    const indexBytes = 89 + 18 * tools.chance.whole(7, 2_000);
    const indexAt = flvHeader.length + plain.length - END_BYTES - 4;
    await moveUp(tools, file, moved, indexAt + indexBytes);
    const dataBytes = plain.length - TAG_HEADER_BYTES - 4 + indexBytes;
    file.writeBytes(flvHeader.length + 1, u32(dataBytes).subarray(1));
    await pause(tools);
    file.writeBytes(indexAt + indexBytes + END_BYTES, u32(TAG_HEADER_BYTES + dataBytes));
    await pause(tools);
    file.writeBytes(indexAt, media(indexBytes));
    await patchNumbers(tools, file);
  },
};

/** GStreamer's: one write over reserved room, [42,2341), with the index and both numbers. */
export const flvGst: Recorder = {
  name: "flv_gst",
  extension: ".flv",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    const room = media(2_000);
    file.writeBytes(0, join(flvHeader, script(86_400, 0, room)));
    const roll = (start: number, piece: Piece) =>
      tools.roll(file, start, piece.sizeBytes, piece.from);
    await appendTags(file, tagsOf(tools), roll);
    await pause(tools);
    const after = join(flvHeader, script(60, file.sizeBytes, room.fill(0x33)));
    file.writeBytes(42, after.subarray(42));
  },
};

/** A stream that somebody wrote down: no `onMetaData` at all, so nothing says that it is over. */
export const flvStream: Recorder = {
  name: "flv_stream",
  extension: ".flv",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    file.writeBytes(0, join(flvHeader, tag(9, media(40))));
    const roll = (start: number, piece: Piece) =>
      tools.roll(file, start, piece.sizeBytes, piece.from);
    await appendTags(file, tagsOf(tools), roll);
  },
};
