/** Matroska: containers.md, rows "MKV". */
import { join } from "../../containers/bytes.ts";
import { size } from "../../containers/ebml_bytes.ts";
import { type Content, emptyContent } from "../content.ts";
import {
  clusterHeader,
  CLUSTERS_AT,
  cuesFor,
  front,
  opening,
  SEGMENT_SIZE_AT,
  voidHeader,
} from "./matroska_bytes.ts";
import { moveUp } from "./move_up.ts";
import { appendWhole, pause, type Piece, piecesOf } from "./pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";

/** Media of a Cluster: 0.5 s to 5 s were 1.2 to 5.6 MB (row "MKV / WebM (gst)"). */
const clustersOf = (tools: RecorderTools) => piecesOf(tools, 1_000_000, 5_000_000);

/** Appends Clusters as ffmpeg does: each at once, when it is whole. */
async function recordClusters(tools: RecorderTools, file: RecorderFile): Promise<Piece[]> {
  const pieces = clustersOf(tools);
  for (const piece of pieces) {
    await appendWhole(tools, file, clusterHeader(piece.sizeBytes, "short"), piece);
  }
  return pieces;
}

/** Clusters without what lies in front of them. */
function onlyClusters(pieces: readonly Piece[], media: number): Content {
  const content = emptyContent();
  for (const { from, sizeBytes } of pieces) {
    content.writeBytes(content.sizeBytes, clusterHeader(sizeBytes, "short"));
    content.writeMedia(content.sizeBytes, sizeBytes, media, from);
  }
  return content;
}

/** The Segment's size, SeekHead and Info, in one write: [44,734) in containers.md. */
function patchHead(file: RecorderFile): void {
  const dataBytes = file.sizeBytes - opening.length;
  file.writeBytes(SEGMENT_SIZE_AT, join(size(dataBytes, 8), front(0x22)));
}

/** ffmpeg's file up to the stop: what it opens with, and every Cluster. */
async function recordMedia(tools: RecorderTools) {
  const file = tools.create();
  file.writeBytes(0, join(opening, front(0x11)));
  const clusters = await recordClusters(tools, file);
  await pause(tools);
  return { file, clusters };
}

/** ffmpeg's and OBS's: append-only, Cues behind, then the head in one write. */
export const mkvFfmpeg: Recorder = {
  name: "mkv_ffmpeg",
  extension: ".mkv",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const { file, clusters } = await recordMedia(tools);
    file.writeBytes(file.sizeBytes, cuesFor(clusters.length));
    await pause(tools);
    patchHead(file);
  },
};

/** ffmpeg `-cues_to_front 1`: all Clusters move up by the length of Cues; then Cues, then the head. */
export const mkvCuesToFront: Recorder = {
  name: "mkv_cues_to_front",
  extension: ".mkv",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const { file, clusters } = await recordMedia(tools);
    const cues = cuesFor(clusters.length);
    const moved = onlyClusters(clusters, tools.media);
    await moveUp(tools, file, moved, CLUSTERS_AT + cues.length);
    file.writeBytes(CLUSTERS_AT, cues);
    await pause(tools);
    patchHead(file);
  },
};

/**
 * ffmpeg `-reserve_index_space`: room in front of the Clusters, into which Cues go at the stop with a
 * Void over what is left. It may be longer than a part.
 */
export const mkvReservedIndex: Recorder = {
  name: "mkv_reserved_index",
  extension: ".mkv",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const roomBytes = tools.chance.pick([50_000, 100_000, 6_000_000]);
    const file = tools.create();
    file.writeBytes(0, join(opening, front(0x11), voidHeader(roomBytes)));
    file.truncate(CLUSTERS_AT + roomBytes);
    const clusters = await recordClusters(tools, file);
    await pause(tools);
    const cues = cuesFor(clusters.length);
    file.writeBytes(CLUSTERS_AT, join(cues, voidHeader(roomBytes - cues.length)));
    await pause(tools);
    patchHead(file);
  },
};

/** GStreamer's: 8 bytes for each Cluster's size, patched when it ends; the Segment's comes last. */
export const mkvGst: Recorder = {
  name: "mkv_gst",
  extension: ".mkv",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    file.writeBytes(0, join(opening, front(0x11)));
    const clusters = clustersOf(tools);
    for (const { from, sizeBytes } of clusters) {
      const start = file.sizeBytes;
      const header = clusterHeader(sizeBytes, "unknown");
      file.writeBytes(start, header);
      await tools.roll(file, start + header.length, sizeBytes, from);
      file.writeBytes(start + 4, clusterHeader(sizeBytes, "wide").subarray(4, 12));
    }
    await pause(tools);
    file.writeBytes(file.sizeBytes, cuesFor(clusters.length));
    await pause(tools);
    file.writeBytes(opening.length, front(0x22));
    await pause(tools);
    file.writeBytes(SEGMENT_SIZE_AT, size(file.sizeBytes - opening.length, 8));
  },
};

/**
 * GStreamer `streamable=true`: no size is ever known, and nothing ever patched. The file says `open`
 * for ever: silence does not end it while its writer may live, only the writer's absence, the
 * operator's word or `--abandon` do.
 */
export const mkvLive: Recorder = {
  name: "mkv_live",
  extension: ".mkv",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    file.writeBytes(0, join(opening, front(0x11)));
    for (const { from, sizeBytes } of clustersOf(tools)) {
      const header = clusterHeader(sizeBytes, "unknown");
      const start = file.sizeBytes;
      file.writeBytes(start, header);
      await tools.roll(file, start + header.length, sizeBytes, from);
    }
  },
};
