import { Config, Rejected, TokenExpired, Unavailable } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Http, HttpAnswer } from "../runtime/http.ts";
import type { Reach } from "../runtime/reach.ts";
import { clockFinding, isStorage, portalFinding } from "./doctor_answers.ts";

/** The hops on the way to Frame.io, in their order. */
export const HOPS = [
  ...["dns", "proxy", "tls", "clock", "portal", "token", "folder", "storage"] as const,
];
/** One of them. */
export type Hop = (typeof HOPS)[number];

/** What was found at a hop. */
export interface Finding {
  readonly hop: Hop;
  readonly is: "ok" | "warning" | "failed";
  /** What is so, in one sentence without its full stop; without a secret. */
  readonly words: string;
  /** What a person can do about it; null where there is nothing to be done. */
  readonly remedy: string | null;
}

/** What a doctor works with. */
export interface DoctorRoom {
  readonly reach: Reach;
  readonly http: Http;
  readonly clock: Clock;
  /** `host:port` of the proxy that an address is reached through, without its password, or null. */
  proxyFor(url: string): string | null;
  /** Makes a call that needs the token. @returns In words, the route that it opens. */
  checkToken(signal: AbortSignal): Promise<string>;
  /** Makes sure of the folder. @returns In words, which one it is. */
  checkFolder(signal: AbortSignal): Promise<string>;
}

/** Where the way leads. */
export interface DoctorPlace {
  /** Without a slash at the end, e.g. `https://api.frame.io`. */
  readonly apiBase: string;
  /** The storage's address, e.g. `https://bucket.s3.amazonaws.com`. */
  readonly storage: string;
}

/** How long one answer may take, in milliseconds: the service itself gives up after 30 s. */
const ANSWER_MS = 40_000;

const PROXY_REMEDY = "Check HTTPS_PROXY, or name the host in NO_PROXY to go past the proxy";

/** What a check comes to when all is well, or nearly. */
type Said = string | Pick<Finding, "is" | "words" | "remedy">;

/**
 * Looks at each hop on the way to Frame.io, and ends behind the first that fails: what lies beyond it
 * cannot be told.
 *
 * @throws What is nobody's to mend on the way, and the signal's reason.
 */
export async function* diagnose(
  room: DoctorRoom,
  { apiBase, storage }: DoctorPlace,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const api = new URL(apiBase);
  const proxy = room.proxyFor(apiBase);
  const get = (url: string) => {
    const headers = { accept: "*/*" };
    return room.http.request({ method: "GET", url, headers, timeoutMs: ANSWER_MS, signal });
  };
  let health: HttpAnswer | null = null;
  let askedAtMs = 0;

  async function dns(): Promise<string> {
    // Through a proxy it is the proxy that looks for the name.
    const hostname = proxy === null ? api.hostname : new URL(`http://${proxy}`).hostname;
    const addresses = await room.reach.resolve(hostname, signal);
    return `${hostname} is ${addresses.slice(0, 3).join(", ")}`;
  }

  async function throughProxy(): Promise<string> {
    if (proxy === null) return "no proxy is in use";
    const { hostname, port } = new URL(`http://${proxy}`);
    await room.reach.connect(hostname, Number(port || 80), signal);
    return `the proxy ${proxy} is in use`;
  }

  async function tls(): Promise<string> {
    askedAtMs = room.clock.now();
    health = await get(`${apiBase}/health`);
    askedAtMs = (askedAtMs + room.clock.now()) / 2; // when it was answered, about
    if (health.status === 407) {
      throw new Unavailable(
        `Cannot reach ${api.host}: the proxy asks for a name and a password (407). Write them into ` +
          "HTTP_PROXY, as http://NAME:PASSWORD@HOST:PORT",
        "network",
      );
    }
    return api.protocol === "https:"
      ? `${api.host} is who it says it is`
      : `${api.host} is reached without TLS`;
  }

  async function toStorage(): Promise<string> {
    const { host } = new URL(storage);
    const through = room.proxyFor(storage);
    const answer = await get(storage);
    if (!isStorage(answer)) {
      throw new Unavailable(
        `Cannot reach the storage ${host}: something else answered, with ${answer.status}`,
        "network",
      );
    }
    return `the storage ${host} answers${through === null ? "" : `, through the proxy ${through}`}`;
  }

  const checks: readonly [Hop, string, () => Said | Promise<Said>][] = [
    ["dns", "Check this machine's network and its name server", dns],
    ["proxy", PROXY_REMEDY, throughProxy],
    ["tls", `Let this machine connect to ${api.host}: a firewall may be in between`, tls],
    [
      "clock",
      "Set this machine's clock, best from the network",
      () => clockFinding(health!, askedAtMs),
    ],
    ["portal", "", () => portalFinding(health!, api.host)],
    [
      "token",
      "Get a new one: reeltime pair, reeltime login, or FRAMEIO_TOKEN",
      () => room.checkToken(signal),
    ],
    [
      "folder",
      "Name a folder that you may upload to with --folder; reeltime browse lists them",
      () => room.checkFolder(signal),
    ],
    [
      "storage",
      `Let this machine connect to ${new URL(storage).host}, where all bytes go`,
      toStorage,
    ],
  ];
  for (const [hop, remedy, check] of checks) {
    const finding = await findingOf(hop, remedy, check);
    yield finding;
    if (finding.is === "failed") return;
  }
}

async function findingOf(
  hop: Hop,
  remedy: string,
  check: () => Said | Promise<Said>,
): Promise<Finding> {
  try {
    const said = await check();
    return { hop, ...(typeof said === "string" ? { is: "ok", words: said, remedy: null } : said) };
  } catch (error) {
    if (!isFinding(error)) throw error;
    // Many of our errors name their remedy: it is the closer one.
    const [, words = error.message, own] = /^(.*?)\. (\S.*)$/s.exec(error.message) ?? [];
    const isOfProxy = hop === "tls" && /\bthe proxy\b/.test(words);
    return {
      hop: isOfProxy ? "proxy" : hop,
      is: "failed",
      words: words.replace(/\.$/, ""),
      remedy: own ?? (isOfProxy ? PROXY_REMEDY : remedy),
    };
  }
}

/** Errors that say something of the way. */
function isFinding(error: unknown): error is Error {
  return [Unavailable, Rejected, TokenExpired, Config].some((known) => error instanceof known);
}
