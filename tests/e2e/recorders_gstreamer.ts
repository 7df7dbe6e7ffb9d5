/** What GStreamer 1.22 records. */
import type { Recorder } from "./recorders.ts";

/** Live pictures of noise, at the pace of their clock. */
function pictures(format: string, more = ""): string {
  return `videotestsrc is-live=true pattern=snow ${more} ! ` +
    `video/x-raw,format=${format},width=320,height=240,framerate=25/1`;
}

/** Live sound of 8 channels, noise too. */
function sound(format: string): string {
  return "audiotestsrc is-live=true wave=white-noise samplesperbuffer=4800 ! " +
    `audio/x-raw,format=${format},rate=96000,channels=8`;
}

const MJPEG = `${pictures("I420")} ! jpegenc quality=100`;
/** H.264 with a key frame every so many pictures; fragments begin at key frames. */
function x264(keyEvery = 12): string {
  return `x264enc tune=zerolatency speed-preset=ultrafast key-int-max=${keyEvery} bitrate=30000`;
}

const H264 = `${pictures("I420")} ! ${x264()}`;
const VP8 = `${pictures("I420")} ! vp8enc deadline=1 cpu-used=16 target-bitrate=60000000 ` +
  "max-quantizer=10 keyframe-max-dist=15";

/** A row; `pipeline` is without the sink. */
function row(
  name: string,
  extension: string,
  pipeline: string,
  more: Partial<Recorder> = {},
): Recorder {
  const args = (path: string) => [
    ...["-e", "-q", ...pipeline.split(/\s+/)],
    ...["!", "filesink", `location=${path}`],
  ];
  return { name, writer: "gst", extension, args, endedBy: "container", ...more };
}

const killed: Partial<Recorder> = { killed: "writer_gone" };
const endless: Partial<Recorder> = { endedBy: "idle" };
const MINUTE = "reserved-max-duration=60000000000";

/** Every row of GStreamer's. */
export const GSTREAMER: readonly Recorder[] = [
  row("mov", "mov", `${MJPEG} ! qtmux`),
  row("mp4", "mp4", `${H264} ! mp4mux`, killed),
  row(
    "mp4 faststart",
    "mp4",
    `${pictures("I420", "num-buffers=120")} ! ${x264()} ! mp4mux faststart=true`,
    { allAtStop: true },
  ),
  row("fmp4", "mp4", `${H264} ! mp4mux fragment-duration=1000`, killed),
  row("fmp4 streamable", "mp4", `${H264} ! mp4mux fragment-duration=1000 streamable=true`),
  row(
    "mp4 hybrid",
    "mp4",
    `${pictures("I420")} ! ${x264(100)} ! mp4mux ` +
      "fragment-duration=2000 fragment-mode=first-moov-then-finalise",
    // The index behind the first fragment gets another name: one byte at 6.3 MB, in part 2.
    { leastBytes: 24e6, patchEveryBytes: 20e6 },
  ),
  row("mov robust", "mov", `${MJPEG} ! qtmux ${MINUTE} reserved-moov-update-period=1000000000`),
  row("mov reserved", "mov", `${MJPEG} ! qtmux ${MINUTE}`),
  row("mkv mjpeg", "mkv", `${MJPEG} ! matroskamux`, killed),
  row("mkv h264", "mkv", `${H264} ! matroskamux`),
  row("mkv streamable", "mkv", `${MJPEG} ! matroskamux streamable=true`, {
    endedBy: "writer_gone",
  }),
  row("webm", "webm", `${VP8} ! webmmux`),
  row("avi", "avi", `${MJPEG} ! avimux`, killed),
  row("wav", "wav", `${sound("S32LE")} ! wavenc`),
  row("mxf raw", "mxf", `${pictures("UYVY")} ! mxfmux`),
  row("ts", "ts", `${H264} ! mpegtsmux`, endless),
  row("flv", "flv", `${H264} ! flvmux`),
  row("ogg theora", "ogv", `${pictures("I420")} ! theoraenc quality=63 ! oggmux`),
  row("flac", "flac", `${sound("S24LE")} ! flacenc quality=0`),
];
