import { Hono } from "hono";
import { Config, StateFailure } from "../errors.ts";
import { apiRoutes } from "./api.ts";
import { apiErrorResponse, ApiRefusal, asRefusal } from "./api_refusal.ts";
import { createAssembler } from "./assemble.ts";
import { authRoutes } from "./auth.ts";
import { type AuthStore, openAuthStore } from "./auth_store.ts";
import type { CreateRules } from "./create_rules.ts";
import { deviceRoutes } from "./device.ts";
import { identifier } from "./identity.ts";
import { inspectRoutes } from "./inspect.ts";
import { openPartsOnDisk, type PartFiles } from "./parts_on_disk.ts";
import { openRealS3, type S3Place } from "./real_s3.ts";
import { rateLimits } from "./rate_limits.ts";
import { createRemotes } from "./remote.ts";
import type { SandboxRoom } from "./room.ts";
import { answerS3, partUrl } from "./s3.ts";
import { lookWhenAsked, partsInS3, watchArrivals } from "./s3_arrivals.ts";
import { openSigningKey } from "./signing_key.ts";
import { openStore, type Store } from "./store.ts";
import { v4Routes } from "./v4.ts";

/** Life of a presigned URL in seconds, as Frame.io gives it: 24 h (V2 guide, uploading assets). */
export const URL_LIFE_SECONDS = 86_400;

/** How to run a sandbox. */
export interface SandboxOptions extends CreateRules {
  /** Folder of its own for everything it keeps; made where missing. One sandbox at a time uses it. */
  readonly dir: string;
  /** Name or address to listen on; it is also part of the presigned URLs. */
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Answer 400 to every repeated registration, also an identical one. Default: false. */
  readonly refuseAgain?: boolean;
  /** Keep the documented rate limits, with their headers and 429s. Default: false. */
  readonly limitsRates?: boolean;
  /** Seconds until a presigned URL expires. Default: {@linkcode URL_LIFE_SECONDS}. */
  readonly urlLifeSeconds?: number;
  /** Where the bytes of parts go. Default: files in `dir`. */
  readonly parts?: PartFiles;
  /** A real S3 server that takes the parts. Default: the sandbox itself takes them. */
  readonly s3?: S3Place | undefined;
  /** The present moment. Default: this machine's clock. */
  readonly now?: () => Date;
  /** Told of a failure that no client can be told of. Default: a line on standard error. */
  readonly onFailure?: (error: Error) => void;
}

/** A running sandbox. */
export interface Sandbox {
  /** E.g. `http://127.0.0.1:9000`, without a slash at the end. The API's `/v2` and the inspection's
   * `/sandbox` lie under it. */
  readonly baseUrl: string;
  readonly port: number;
  /** Cuts every connection, lets every request let go of its files, and closes the store. What was
   * answered is on disk. */
  shutdown(): Promise<void>;
}

/**
 * Starts a stand-in for Frame.io and its storage: create, register, PUT and read as documented, with
 * every bound enforced, and everything kept in `dir` across restarts and kills.
 *
 * @throws StateFailure if `dir` cannot be used; Config if the address cannot be listened on.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const store = await openFolder(options.dir);
  let auth: AuthStore | null = null;
  try {
    auth = openAuthStore(options.dir);
    const tokens = auth;
    const key = await openSigningKey(options.dir);
    const disk = options.parts ?? await openPartsOnDisk(options.dir);
    const s3 = options.s3 === undefined ? null : await openRealS3(options.s3);
    const parts = s3 === null ? disk : partsInS3(s3, disk, store);
    const onFailure = options.onFailure ?? printFailure;
    const assembler = createAssembler(store, parts, onFailure);
    const arrivals = s3 && watchArrivals({ store, s3, assembler, onFailure });
    const lifeSeconds = options.urlLifeSeconds ?? URL_LIFE_SECONDS;

    const now = options.now ?? (() => new Date());
    const remotes = createRemotes({ store, parts, assembler, now, onFailure });
    const room: SandboxRoom = {
      ...{ store, parts, assembler, remotes, now, identify: identifier(tokens, now) },
      creates: options,
      baseUrl: () => baseUrl,
      urlOf(target) {
        const life = { lifeSeconds, signedAt: now() };
        arrivals?.expect(target.assetId);
        return s3?.urlOf(target, life) ?? partUrl(baseUrl, target, life, key);
      },
    };

    const app = new Hono();
    // The documents name both addresses; neither takes a token (V2 API, health check).
    for (const path of ["/health", "/v2/health"]) app.get(path, (c) => c.json({ status: "ok" }));
    if (options.limitsRates ?? false) app.use("/:version{v[24]}/*", rateLimits(room));
    if (arrivals !== null) app.get("*", lookWhenAsked(store, arrivals));
    app.route("/", deviceRoutes(room, options.refuseAgain ?? false));
    app.route("/", authRoutes(room, tokens));
    app.route("/v4", v4Routes(room));
    app.route("/v2", apiRoutes(room, options.refuseAgain ?? false));
    app.route("/sandbox", inspectRoutes(store, parts));
    if (s3 === null) {
      app.all("/s3/*", (c) => answerS3(c.req.raw, { store, parts, assembler, key, now }));
    }
    app.notFound((c) => {
      return apiErrorResponse(new ApiRefusal(404, `There is no ${c.req.method} ${c.req.path}`));
    });
    app.onError((error) => apiErrorResponse(asRefusal(error)));

    const running = new Set<Promise<Response>>();
    const cut = new AbortController();
    const server = listen(options, cut.signal, (request) => {
      const answer = Promise.resolve(app.fetch(request)).finally(() => running.delete(answer));
      running.add(answer);
      return answer;
    });
    const { port } = server.addr as Deno.NetAddr;
    const baseUrl = baseUrlOf(options.hostname, port);
    for (const assetId of store.unassembled()) assembler.begin(assetId);
    for (const { id } of store.assets()) arrivals?.expect(id);

    return {
      baseUrl,
      port,
      async shutdown() {
        cut.abort();
        await server.finished;
        await Promise.allSettled(running);
        s3?.close();
        await arrivals?.stop();
        await remotes.stop();
        await assembler.stop();
        tokens.close();
        store.close();
      },
    };
  } catch (error) {
    auth?.close();
    store.close();
    throw error;
  }
}

async function openFolder(dir: string): Promise<Store> {
  try {
    await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { message } = error as Error;
    throw new StateFailure(`Cannot use the sandbox's folder ${dir}: ${message}.`, { cause: error });
  }
  return openStore(dir);
}

function listen(
  { hostname, port }: SandboxOptions,
  signal: AbortSignal,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer {
  try {
    return Deno.serve({ hostname, port, signal, onListen: () => {} }, handler);
  } catch (error) {
    const { message } = error as Error;
    throw new Config(
      `Cannot listen on ${hostname}, port ${port}: ${message}. Name another address or port.`,
      { cause: error },
    );
  }
}

/** A listener on every address is reached by this machine's own. */
function baseUrlOf(hostname: string, port: number): string {
  if (hostname === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (hostname === "::") return `http://[::1]:${port}`;
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function printFailure(error: Error): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`sandbox: ${error.message}\n`));
}
