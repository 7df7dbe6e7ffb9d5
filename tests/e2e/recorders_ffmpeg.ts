/** What ffmpeg 5.1 records. */
import type { Recorder } from "./recorders.ts";

/** Raw pictures, 3.84 MB a second at speed 1, and a time base that a faster pace does not change. */
function pictures(speed = 1, pixels = "uyvy422"): string[] {
  const format = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", "320x240", "-r", "25"];
  return [...pace(speed), ...format, "-i", "noise.raw"];
}

/** Raw sound of 8 channels: 3.07 MB a second with 32 bits at 96 kHz. */
function sound(format = "s32le", rate = 96_000): string[] {
  return [...pace(1), "-f", format, "-ar", `${rate}`, "-ac", "8", "-i", "noise.raw"];
}

function pace(speed: number): string[] {
  return ["-readrate", `${speed}`, "-stream_loop", "-1"];
}

const STEREO = [...pace(1), "-f", "s16le", "-ar", "48000", "-ac", "2", "-i", "noise.raw"];
const MJPEG = [..."-c:v mjpeg -q:v 2 -pix_fmt yuvj422p".split(" ")];
const CAMERA = [...pictures(), ...STEREO, ...MJPEG, "-c:a", "pcm_s16le"];
const X264 = "-c:v libx264 -preset ultrafast -tune zerolatency -qp 12 -g 12 -pix_fmt yuv420p".split(
  " ",
);
const H264 = [...pictures(), ...X264];
const FASTSTART = ["-movflags", "+faststart"];
const MPEG2 = "-c:v mpeg2video -g 12 -pix_fmt yuv420p".split(" ");
const VP8 = [
  ...pictures(2),
  ..."-c:v libvpx -b:v 60M -deadline realtime -cpu-used 8".split(" "),
];
const DNXHR = [
  ...pictures(4, "yuv422p"),
  ..."-c:v dnxhd -profile:v dnxhr_hq -pix_fmt yuv422p".split(" "),
];
const FLAC = [...sound(), "-c:a", "flac", "-compression_level", "0"];

/** A row; `options` are ffmpeg's, without the path. */
function row(
  name: string,
  extension: string,
  options: readonly string[],
  more: Partial<Recorder> = {},
): Recorder {
  const args = (path: string) => ["-nostdin", "-v", "fatal", "-y", ...options, path];
  return { name, writer: "ffmpeg", extension, args, endedBy: "container", ...more };
}

const killed: Partial<Recorder> = { killed: "writer_gone" };
const moves: Partial<Recorder> = { moves: true };
/** Formats that have no mark of their end, and leave nothing to see when they are cut off. */
const endless: Partial<Recorder> = { endedBy: "idle" };

/** Writes so little at a time that there is time to halt it while it moves its media. */
export const SLOW_FASTSTART = row(
  "slow mp4 faststart",
  "mp4",
  [...pictures(2), ...X264, ...FASTSTART, "-blocksize", "128"],
  { ...moves, leastBytes: 30e6 },
);

/** Every row of ffmpeg's. */
export const FFMPEG: readonly Recorder[] = [
  row("mov", "mov", CAMERA, killed),
  row("mov timecode", "mov", [...CAMERA, "-timecode", "10:00:00:00"]),
  row("mov faststart", "mov", [...CAMERA, ...FASTSTART], moves),
  row("mp4", "mp4", H264),
  row("mp4 flush_packets", "mp4", [...H264, "-flush_packets", "1"]),
  row("mp4 moov_size", "mp4", [...H264, "-moov_size", "200000"]),
  row("mp4 faststart", "mp4", [...H264, ...FASTSTART], moves),
  row("fmp4 empty_moov", "mp4", [...H264, "-movflags", "frag_keyframe+empty_moov"], killed),
  row("fmp4 frag_keyframe", "mp4", [...H264, "-movflags", "frag_keyframe"]),
  row(
    "fmp4 dash",
    "mp4",
    [...H264, "-movflags", "frag_keyframe+empty_moov+dash+skip_trailer"],
    endless,
  ),
  row(
    "fmp4 global_sidx",
    "mp4",
    [...H264, "-movflags", "frag_keyframe+empty_moov+global_sidx"],
    moves,
  ),
  row("mkv", "mkv", CAMERA, killed),
  row("mkv flac", "mka", [...FLAC, "-f", "matroska"]),
  row("mkv index space", "mkv", [...CAMERA, "-reserve_index_space", "100000"]),
  row("mkv cues_to_front", "mkv", [...CAMERA, "-cues_to_front", "1"], moves),
  row("mkv live", "mkv", [...CAMERA, "-live", "1"], { endedBy: "writer_gone" }),
  row("webm", "webm", VP8),
  row("avi", "avi", CAMERA, killed),
  row("wav", "wav", [...sound(), "-c:a", "pcm_s32le"], killed),
  row("wav bext", "wav", [
    ...sound("s16le", 192_000),
    ..."-c:a pcm_s16le -write_bext 1 -write_peak on".split(" "),
  ]),
  row("rf64 auto", "wav", [...sound(), "-c:a", "pcm_s32le", "-rf64", "auto"]),
  row("rf64 always", "wav", [...sound(), "-c:a", "pcm_s32le", "-rf64", "always"], killed),
  row("w64", "w64", [...sound(), "-c:a", "pcm_s32le"], killed),
  row("mxf op1a mpeg2", "mxf", [...pictures(6), ...MPEG2, "-q:v", "10"], {
    // A body partition every 250 pictures, of which eight bytes are patched. Two are behind the head.
    leastBytes: 34e6,
    patchEveryBytes: 13e6,
    killed: "writer_gone",
  }),
  row("mxf op1a dnxhr", "mxf", DNXHR),
  row("mxf opatom", "mxf", [...DNXHR, "-f", "mxf_opatom"]),
  row("ts", "ts", H264, { ...endless, killed: "idle" }),
  row("m2ts", "m2ts", [...H264, "-mpegts_m2ts_mode", "1"], endless),
  row("vob", "vob", [...pictures(), ...MPEG2, "-q:v", "2"], endless),
  row("nut", "nut", CAMERA, endless),
  row("flv", "flv", H264, killed),
  row("flv keyframe index", "flv", [...H264, "-flvflags", "add_keyframe_index"], moves),
  row("ogg theora", "ogv", [...pictures(), "-c:v", "libtheora", "-q:v", "10"], killed),
  row("flac", "flac", FLAC, killed),
  row("mp3", "mp3", [...pace(100), "-i", "noise.mp3", "-c", "copy"], killed),
  row("asf", "wmv", [...pictures(), "-c:v", "msmpeg4v3", "-q:v", "1", "-f", "asf"], killed),
  row("caf", "caf", [...sound(), "-c:a", "pcm_s32be"], killed),
  row("aiff", "aiff", [...sound(), "-c:a", "pcm_s32be"], killed),
];
