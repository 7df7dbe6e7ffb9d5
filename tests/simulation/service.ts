/**
 * Frame.io and its storage, simulated: what they keep, and the rules that they enforce. Written from
 * the API's documents, not from the program's own limits: where the two differ, a seed shows it.
 */
import type { Chance } from "./chance.ts";
import { digestOf, type Run } from "./content.ts";
import type { DeviceService } from "./device_service.ts";
import type { Schedule } from "./schedule.ts";

/** A part as the service knows it. */
export interface ServicePart {
  readonly number: number;
  readonly sizeBytes: number;
  readonly isFinal: boolean;
  readonly registeredAtMs: number;
  /** What the storage holds, or null. */
  stored:
    | { readonly runs: readonly Run[]; readonly digest: string; readonly begunAtMs: number }
    | null;
}

/** An asset of the service. */
export interface ServiceAsset {
  readonly id: string;
  readonly name: string;
  readonly filetype: string;
  readonly createdAtMs: number;
  readonly parts: Map<number, ServicePart>;
  totalBytes: number | null;
  /** A part that is registered gets no other URL: the service knows it, and refuses. */
  readonly givesOneUrl: boolean;
  /** Everything is in: the service puts it together and takes no part any more. */
  isAssembling: boolean;
  /** When the service had put it together, or null. */
  completedAtMs: number | null;
}

/** An answer, as it leaves the service. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The service of one world. */
export interface Service {
  /** Null where the program goes in with a developer token. */
  readonly device: DeviceService | null;
  readonly assets: readonly ServiceAsset[];
  /** Carries an API request out. */
  api(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Answer;
  /** Stores a PUT whose body has come in whole. */
  put(
    url: string,
    headers: Readonly<Record<string, string>>,
    runs: readonly Run[],
    begunAtMs: number,
  ): Answer;
  /** Asset and part that a presigned URL is for; null where it is none of ours. */
  partOfUrl(url: string): { readonly asset: ServiceAsset; readonly part: ServicePart } | null;
}

/** Stands in every token and every presigned URL of the simulation: nowhere else may it turn up. */
export const SECRET_MARK = "SECRET";

/** The token that the program is given. */
export const TOKEN = `token-${SECRET_MARK}`;

/** Bounds of the service (Frame.io V2 API, create realtime upload parts; Amazon S3, one PUT). */
const LEAST_PART_BYTES = 5_242_880;
const MOST_PART_BYTES = 5_368_709_120;
const MOST_NUMBER = 10_000;
const MOST_FILE_BYTES = 5_497_558_138_880;

/** A PUT this long after completion can no longer be one that crossed it on the way, in milliseconds. */
const CROSSING_MS = 60_000;

/** Share of assets that give one URL for each part, and no other. */
const ONE_URL_SHARE = 0.04;

/**
 * @param violate Told of every broken rule.
 * @param tally Counts a fault by its name.
 */
export function createService(
  schedule: Schedule,
  chance: Chance,
  urlLifeMs: number,
  violate: (what: string) => void,
  tally: (fault: string) => void,
  device: DeviceService | null = null,
): Service {
  const assets: ServiceAsset[] = [];

  function create(body: Record<string, unknown>): Answer {
    const { type, name, filetype, is_realtime_upload: isRealtime } = body;
    if (type !== "file" || isRealtime !== true || typeof filetype !== "string" || filetype === "") {
      return refused(400, "create: type, filetype and is_realtime_upload");
    }
    if (typeof name !== "string" || !/.\.[^.]+$/.test(name)) return refused(400, "create: name");
    if ("filesize" in body) return refused(400, "create: filesize of a growing file");
    const id = `asset-${chance.hex(8)}`;
    const parts = new Map<number, ServicePart>();
    assets.push({
      ...{ id, name, filetype, parts, createdAtMs: schedule.nowMs },
      ...{ totalBytes: null, isAssembling: false, completedAtMs: null },
      givesOneUrl: chance.happens(ONE_URL_SHARE),
    });
    return { status: 200, text: JSON.stringify({ id, name }) };
  }

  /** A refusal that the program should never have asked for. */
  function refused(status: number, what: string): Answer {
    violate(`wire: ${what}`);
    return { status, text: JSON.stringify({ message: "Bad Request" }) };
  }

  function register(asset: ServiceAsset, body: Record<string, unknown>): Answer {
    const asked = body.parts as { number: number; size: number; is_final: boolean }[];
    const total = body.asset_filesize as number | undefined;
    if (!Array.isArray(asked) || asked.length === 0) return refused(400, "register: parts");
    const hasFinal = asked.some((part) => part.is_final);
    if (hasFinal !== (total !== undefined)) return refused(400, "register: asset_filesize");
    for (const { number, size, is_final: isFinal } of asked) {
      if (!Number.isInteger(number) || number < 1 || number > MOST_NUMBER) {
        return refused(400, `register: number ${number}`);
      }
      const least = isFinal ? 1 : LEAST_PART_BYTES;
      if (!Number.isInteger(size) || size < least || size > MOST_PART_BYTES) {
        return refused(400, `register: size ${size} of part ${number}`);
      }
      const known = asset.parts.get(number);
      if (known !== undefined && (known.sizeBytes !== size || known.isFinal !== isFinal)) {
        return refused(400, `register: part ${number} anew, with other words`);
      }
      if (known === undefined && asset.totalBytes !== null) {
        return refused(400, `register: part ${number} after the final one`);
      }
    }
    if (asset.givesOneUrl && asked.some(({ number }) => asset.parts.has(number))) {
      tally("refusing: api gives no second URL");
      return { status: 409, text: JSON.stringify({ message: "Conflict" }) };
    }
    for (const { number, size, is_final: isFinal } of asked) {
      if (asset.parts.has(number)) continue;
      const registeredAtMs = schedule.nowMs;
      asset.parts.set(number, { number, sizeBytes: size, isFinal, registeredAtMs, stored: null });
    }
    if (hasFinal) checkFinal(asset, total!);
    const urls = asked.map(({ number }) => presign(asset, number));
    return { status: 200, text: JSON.stringify({ upload_urls: urls }) };
  }

  function checkFinal(asset: ServiceAsset, total: number): void {
    const parts = [...asset.parts.values()];
    const finals = parts.filter((part) => part.isFinal);
    const sum = parts.reduce((bytes, part) => bytes + part.sizeBytes, 0);
    const highest = Math.max(...parts.map((part) => part.number));
    if (finals.length !== 1) violate(`wire: ${finals.length} final parts`);
    if (finals[0]?.number !== highest) violate("wire: the final part has not the highest number");
    if (total !== sum) violate(`wire: asset_filesize ${total}, parts of ${sum} bytes`);
    if (total < 1 || total > MOST_FILE_BYTES) violate(`wire: asset_filesize ${total}`);
    if (parts.length !== highest) violate("wire: numbers with gaps");
    asset.totalBytes = total;
  }

  function presign(asset: ServiceAsset, number: number): string {
    const query = `X-Amz-Date=${schedule.nowMs}&X-Amz-Expires=${Math.ceil(urlLifeMs / 1000)}` +
      `&X-Amz-Signature=${SECRET_MARK}${chance.hex(8)}`;
    return `https://storage.sim/parts/${asset.id}/part_${number}?${query}`;
  }

  function partOfUrl(url: string) {
    const match = /^https:\/\/[a-z0-9-]*\.sim\/parts\/([^/]+)\/part_(\d+)\?X-Amz-Date=(\d+)/.exec(
      url,
    );
    const asset = assets.find(({ id }) => id === match?.[1]);
    const part = asset?.parts.get(Number(match?.[2]));
    return asset === undefined || part === undefined ? null : { asset, part };
  }

  /** Puts the file together once everything is there. */
  function assemble(asset: ServiceAsset): void {
    const parts = [...asset.parts.values()];
    if (asset.totalBytes === null || parts.some((part) => part.stored === null)) return;
    asset.isAssembling = true;
    schedule.after(chance.spread(1, 4000), null, () => asset.completedAtMs ??= schedule.nowMs);
  }

  /** The routes of a device (Camera to Cloud API). */
  function deviceApi(
    own: DeviceService,
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Answer {
    if (path === "/v2/auth/token") return own.token(body);
    const [, id, action] = /^\/v2\/devices\/assets(?:\/([^/]+)(\/.+))?$/.exec(path) ?? [];
    const kind = `${method} ${action ?? path}`;
    const answer = own.guard(kind, headers) ?? route();
    return { ...answer, headers: own.limits(kind) };

    function route(): Answer {
      if (path === "/v2/devices/heartbeat") return own.heartbeat();
      if (method !== "POST" || !path.startsWith("/v2/devices/assets")) {
        return refused(404, `${method} ${path}`);
      }
      const json = JSON.parse(body);
      if (action === "/realtime_upload/parts") {
        const asset = assets.find((asset) => asset.id === id);
        return asset === undefined ? refused(404, `no asset at ${path}`) : register(asset, json);
      }
      if (!Number.isInteger(json.offset) || json.offset < 0 || json.channel !== 0) {
        return refused(400, "create: offset and channel");
      }
      return own.paused() ?? create({ ...json, type: "file" });
    }
  }

  return {
    assets,
    device,
    partOfUrl,
    api(method, path, headers, body) {
      if (device !== null) return deviceApi(device, method, path, headers, body);
      if (headers.authorization !== `Bearer ${TOKEN}`) return refused(401, "authorization");
      if (method === "POST" && headers["content-type"] !== "application/json") {
        return refused(400, "content-type");
      }
      const [, id, action] = /^\/v2\/assets\/([^/]+)(\/.+)?$/.exec(path) ?? [];
      if (method === "POST" && action === "/children") return create(JSON.parse(body));
      const asset = assets.find((asset) => asset.id === id);
      if (asset === undefined) return refused(404, `no asset at ${method} ${path}`);
      if (method === "POST" && action === "/realtime_upload/parts") {
        return register(asset, JSON.parse(body));
      }
      if (method !== "GET" || action !== undefined) return refused(404, `${method} ${path}`);
      const done = asset.completedAtMs === null
        ? null
        : new Date(asset.completedAtMs).toISOString();
      return { status: 200, text: JSON.stringify({ id, upload_completed_at: done }) };
    },
    put(url, headers, runs, begunAtMs) {
      const found = partOfUrl(url);
      if (found === null) {
        violate("wire: PUT to a part that is not registered");
        return xml(404, "NoSuchKey", "");
      }
      const { asset, part } = found;
      const signedAtMs = Number(/X-Amz-Date=(\d+)/.exec(url)![1]);
      if (begunAtMs > signedAtMs + urlLifeMs) {
        return xml(403, "AccessDenied", "Request has expired");
      }
      if (headers["content-type"] !== asset.filetype || headers["x-amz-acl"] !== "private") {
        violate("wire: PUT with other headers than were signed");
        return xml(403, "SignatureDoesNotMatch", "");
      }
      const sizeBytes = runs.reduce((sum, run) => sum + run.sizeBytes, 0);
      if (sizeBytes !== part.sizeBytes) {
        violate(`wire: PUT of ${sizeBytes} bytes to part ${part.number} of ${part.sizeBytes}`);
      }
      const digest = digestOf(runs);
      if (asset.isAssembling && digest !== part.stored?.digest) {
        violate(`wire: other bytes PUT to part ${part.number} of a finalized asset`);
      }
      if (asset.completedAtMs !== null && begunAtMs > asset.completedAtMs + CROSSING_MS) {
        violate(`wire: PUT to part ${part.number} long after finalization`);
      }
      if (asset.isAssembling) return xml(404, "NoSuchUpload", "");
      // Of two PUTs the one that was begun later counts (Amazon S3, data consistency model).
      if (part.stored === null || begunAtMs >= part.stored.begunAtMs) {
        part.stored = { runs, digest, begunAtMs };
      }
      assemble(asset);
      return { status: 200, text: "" };
    },
  };
}

/** An answer of the storage. */
export function xml(status: number, code: string, message: string): Answer {
  return {
    status,
    text: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}
