import { Unavailable } from "../errors.ts";
import { explainPermission } from "./not_permitted.ts";

/** A short request, whose body and answer are held in memory. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long to wait for an answer to begin, and then for each further piece of it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as text, cut off at {@linkcode MAX_ANSWER_BYTES}. */
  readonly text: string;
}

/** The door to short requests. Sending a part goes through the RangeDigest door instead. */
export interface Http {
  /**
   * @throws Unavailable when no whole answer came, for whatever reason.
   * @throws The signal's reason when it was aborted.
   * @throws Config if Deno was not given the permission to connect to that host.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
}

/**
 * Most that is read of an answer, in bytes: a finished file's URLs come all at once, up to 10,000 (the
 * bound of part numbers), and each has 1 to 2 KiB. Cut short, a created asset would be lost sight of.
 */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * Requests over Deno's fetch, which honours HTTPS_PROXY, NO_PROXY and DENO_CERT.
 *
 * A POST gets a connection of its own. On a kept one that breaks before the answer, fetch sends the
 * request a second time and tells nobody (seen with Deno 2.9): that would make twin assets and burn
 * refresh tokens, which work once.
 */
export const systemHttp: Http = {
  async request(request) {
    const timeout = new AbortController();
    let timer = setTimeout(() => timeout.abort(), request.timeoutMs);
    // A long answer over a poor link takes its time; only silence ends it.
    const onProgress = () => {
      clearTimeout(timer);
      timer = setTimeout(() => timeout.abort(), request.timeoutMs);
    };
    const signal = AbortSignal.any([request.signal, timeout.signal]);
    const once = request.method === "POST"
      ? Deno.createHttpClient({ poolMaxIdlePerHost: 0 })
      : null;
    try {
      const response = await fetch(request.url, {
        ...(once === null ? {} : { client: once }),
        method: request.method,
        headers: request.headers,
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: "manual",
        signal,
      });
      const text = await readBounded(response, onProgress);
      return { status: response.status, headers: response.headers, text };
    } catch (error) {
      request.signal.throwIfAborted();
      const words = `Cannot reach ${new URL(request.url).host}`;
      if (error instanceof Deno.errors.NotCapable) throw explainPermission(error, words);
      const reason = timeout.signal.aborted
        ? `no answer within ${Math.round(request.timeoutMs / 1000)} s`
        : reasonOf(error);
      const notCarriedOut = reason === REFUSED || reason === UNKNOWN_NAME;
      throw new Unavailable(`${words}: ${reason}`, "network", { cause: error, notCarriedOut });
    } finally {
      clearTimeout(timer);
      once?.close();
    }
  },
};

async function readBounded(response: Response, onProgress: () => void): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body) {
    onProgress();
    bytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (bytes > MAX_ANSWER_BYTES) break;
  }
  return text + decoder.decode();
}

/** Reasons for which no request can have arrived. */
const REFUSED = "connection refused";
const UNKNOWN_NAME = "its name was not found (DNS)";

/** The reason without the URL: fetch's own message holds the whole address. */
function reasonOf(error: unknown): string {
  const text = `${(error as Error).message} ${((error as Error).cause as Error)?.message ?? ""}`;
  if (/proxy auth/i.test(text)) {
    return "the proxy asks for a name and a password (407). Write them into HTTPS_PROXY, as " +
      "http://NAME:PASSWORD@HOST:PORT";
  }
  if (/unsuccessful tunnel/i.test(text)) return "the proxy does not open the way there";
  if (/dns|resolve|lookup/i.test(text)) return UNKNOWN_NAME;
  if (/refused|ports? .*blocked/i.test(text)) return REFUSED;
  if (/UnknownIssuer/.test(text)) {
    return "its certificate is not trusted. Name your network's CA file in NODE_EXTRA_CA_CERTS";
  }
  if (/certificate|tls|ssl/i.test(text)) return "no trusted TLS connection";
  return "the connection failed";
}
