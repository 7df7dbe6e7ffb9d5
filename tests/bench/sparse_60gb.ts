// deno-lint-ignore-file no-console -- what it prints is what it is for
/**
 * What one process needs for a large take: a finished sparse recording goes to a sink that digests and
 * discards, beside curl with as many bytes to the same sink. `sparse_60gb.ts [--gb N] [--dir FOLDER]`;
 * needs Linux. Exits 1 when memory is over its bound, a digest differs, or the upload does not end well.
 */
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { parseArgs } from "@std/cli/parse-args";
import { MIB } from "../../src/parts/limits.ts";
import { type Sink, startSink } from "./sink.ts";
import { digestsOf, makeSparseFile } from "./sparse_file.ts";
import { type Column, printTable } from "./table.ts";
import { type Uploaded, uploadWithCurl, uploadWithReeltime } from "./uploads.ts";

/** What the uploader may have resident at most, in bytes. */
const MOST_RSS_BYTES = 150 * MIB;

/** Slower than this is broken: a run is killed after a minute and so many milliseconds for each GB. */
const MOST_MS_A_GB = 15_000;

/** Room that the marks of both recordings need in memory, in bytes, with plenty to spare. */
const ROOM_BYTES = 256 * MIB;

const options = parseArgs(Deno.args, { string: ["gb", "dir"] });
const gb = Number(options.gb ?? 60);
if (!(gb >= 0.1 && gb <= 5000)) throw new Error("--gb needs a number from 0.1 to 5000");
if (Deno.build.os !== "linux") throw new Error("This bench reads /proc and needs Linux");
const prefix = "reeltime_bench_";
const recordings = await Deno.makeTempDir({ prefix, dir: await folderOfRecordings() });
const states = await Deno.makeTempDir({ prefix });
try {
  Deno.exitCode = await bench(Math.round(gb * 1e9)) ? 0 : 1;
} finally {
  for (const folder of [recordings, states]) await Deno.remove(folder, { recursive: true });
}

async function bench(sizeBytes: number): Promise<boolean> {
  const path = `${recordings}/take.mov`;
  await makeSparseFile(path, sizeBytes);
  const mostMs = 60_000 + sizeBytes / 1e9 * MOST_MS_A_GB;
  const sink = await startSink(`${states}/sink`, 3 * mostMs);
  const job = { path, sizeBytes, baseUrl: sink.baseUrl, mostMs };
  const peerJob = { ...job, path: `${recordings}/peer.mov` };
  const ours = await columnOf("reeltime", sink, uploadWithReeltime(job, `${states}/reeltime`));
  const peer = await hasCurl() ? await columnOf("curl -T", sink, uploadWithCurl(peerJob)) : null;
  const kept = sink.partsOf(ours.upload.assetId);
  await sink.end();
  printTable(ours, peer);

  const local = await digestsOf(path, kept.map((part) => part.sizeBytes));
  const equal = kept.filter(({ digest }, i) => digest === local[i]).length;
  const keptBytes = kept.reduce((sum, part) => sum + part.sizeBytes, 0);
  const allEqual = equal === kept.length && keptBytes === sizeBytes;
  const { exitStatus, needs } = ours.upload;
  const isSmall = needs.peakRssBytes > 0 && needs.peakRssBytes <= MOST_RSS_BYTES;
  console.log(`digests equal   ${allEqual ? "yes" : "NO"}, ${equal} of ${kept.length} parts`);
  console.log(`peak RSS        ${isSmall ? "within" : "NOT WITHIN"} ${MOST_RSS_BYTES / MIB} MiB`);
  if (exitStatus !== 0) console.log(`exit status     ${exitStatus}, NOT 0`);
  if (peer !== null && peer.upload.exitStatus !== 0) console.log("NOTE: curl failed, see above");
  return exitStatus === 0 && allEqual && isSmall;
}

async function columnOf(title: string, sink: Sink, running: Promise<Uploaded>): Promise<Column> {
  const before = sink.needs().cpuSeconds;
  const upload = await running;
  const sinkCpuSeconds = sink.needs().cpuSeconds - before;
  return { title, upload, parts: sink.partsOf(upload.assetId).length, sinkCpuSeconds };
}

async function hasCurl(): Promise<boolean> {
  try {
    return (await new Deno.Command("curl", { args: ["--version"] }).output()).success;
  } catch {
    console.log("NOTE: curl is not installed, so nothing stands beside these figures");
    return false;
  }
}

/**
 * A file system in memory, since there a hole costs nothing. On a disk the kernel first fills its cache
 * with zeros, page by page, which took longer (0.5 GB/s) than everything that is measured here.
 */
async function folderOfRecordings(): Promise<string> {
  if (typeof options.dir === "string") return options.dir;
  const memory = await statfs("/dev/shm").catch(() => null);
  if (memory !== null && memory.bavail * memory.bsize >= ROOM_BYTES) return "/dev/shm";
  console.log(
    "NOTE: no room in /dev/shm: these figures hold the kernel's work for holes on a disk",
  );
  return tmpdir();
}
