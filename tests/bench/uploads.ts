// deno-lint-ignore-file no-console -- a bench has its terminal to itself
/** The two uploads that are compared: the real program, and curl with as many bytes. */
import { fromFileUrl } from "@std/path";
import type { PublishedEvent } from "../../src/events.ts";
import { apiCaller } from "../../src/frameio/api.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import { userRoute } from "../../src/frameio/realtime.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { measure, type MeasuredProcess, type Needs } from "./measured_process.ts";
import { makeSparseFile } from "./sparse_file.ts";

/** What to upload, where to, and how long that may take. */
export interface UploadJob {
  readonly path: string;
  readonly sizeBytes: number;
  readonly baseUrl: string;
  readonly mostMs: number;
}

/** How an upload went. */
export interface Uploaded {
  readonly assetId: string;
  readonly sizeBytes: number;
  readonly seconds: number;
  readonly needs: Needs;
  readonly exitStatus: number;
  /** Seconds between the last part but the final one and the final one: all that is left is to verify. */
  readonly verifyingAloneSeconds: number;
}

/** What curl sends at once at most, in bytes: just below the largest part there is. */
const PEER_PART_BYTES = 5e9;

/** Uploads a recording with the program as users run it, without its status page. */
export async function uploadWithReeltime(job: UploadJob, stateDir: string): Promise<Uploaded> {
  const main = fromFileUrl(new URL("../../main.ts", import.meta.url));
  const args = ["run", "--allow-all", main, "--watch", job.path, "--api", job.baseUrl];
  args.push("--folder", "root", "--state", stateDir, "--no-listen", "--json");
  const env = { FRAMEIO_TOKEN: "sandbox" };
  const beganMs = performance.now();
  const process = measure(Deno.execPath(), { args, env, mostMs: job.mostMs });
  const events: PublishedEvent[] = [];
  for await (const line of process.lines) {
    const event: PublishedEvent = JSON.parse(line);
    if (/failed|delayed|warned|abandoned|changed/.test(event.type)) console.error(line);
    events.push(event);
  }
  return {
    assetId: events.findLast((event) => event.type === "asset.created")?.assetId ?? "",
    verifyingAloneSeconds: verifyingAloneSeconds(events),
    ...await ended(process, job.sizeBytes, beganMs),
  };
}

/** Uploads as many bytes with curl, one part after the other over one connection; makes the file. */
export async function uploadWithCurl(job: UploadJob): Promise<Uploaded> {
  const count = Math.ceil(job.sizeBytes / PEER_PART_BYTES);
  const partBytes = Math.floor(job.sizeBytes / count);
  await makeSparseFile(job.path, partBytes);

  const access = { baseUrl: job.baseUrl, tokens: fixedToken("sandbox") };
  const api = userRoute(apiCaller(systemHttp, access), "root");
  const signal = AbortSignal.timeout(job.mostMs);
  const filetype = "video/quicktime";
  const asset = await api.createAsset(
    { name: "peer.mov", filetype, sizeBytes: null, ageSeconds: 0 },
    signal,
  );
  const parts = Array.from({ length: count }, (_, i) => {
    return { number: i + 1, sizeBytes: partBytes, isFinal: i + 1 === count };
  });
  const presigned = await api.registerParts(asset.id, parts, partBytes * count, signal);

  const args = ["--silent", "--show-error", "--fail-early", "--fail"];
  for (const header of [`content-type: ${filetype}`, "x-amz-acl: private", "expect:"]) {
    args.push("--header", header);
  }
  for (const { url } of presigned) args.push("--upload-file", job.path, url);
  const beganMs = performance.now();
  const process = measure("curl", { args, mostMs: job.mostMs });
  for await (const _ of process.lines);
  const end = await ended(process, partBytes * count, beganMs);
  return { assetId: asset.id, verifyingAloneSeconds: 0, ...end };
}

async function ended(process: MeasuredProcess, sizeBytes: number, beganMs: number) {
  const exitStatus = await process.exit;
  const seconds = (performance.now() - beganMs) / 1000;
  return { sizeBytes, seconds, exitStatus, needs: process.needs() };
}

function verifyingAloneSeconds(events: readonly PublishedEvent[]): number {
  const final = events.find((event) => event.type === "part.planned" && event.isFinal);
  if (final === undefined) return 0;
  const before = events.findLast(({ type, id }) => type === "part.stored" && id < final.id);
  return (Date.parse(final.time) - Date.parse(before?.time ?? final.time)) / 1000;
}
