import type { Clock } from "../runtime/clock.ts";

/** What an orderly end may take before the connections are left to the process's end. */
const SHUTDOWN_MS = 2_000;

/** Options of {@linkcode serveControl}. */
export interface ServeOptions {
  /** Address to listen on, such as `127.0.0.1`. */
  readonly hostname: string;
  /** Port to listen on; 0 lets the system choose. */
  readonly port: number;
  /** Ends the app's event streams; its signal is the `signal` that the app was created with. */
  readonly streams: AbortController;
  readonly clock: Clock;
}

/** The app; what it is told of a request is where it comes from. */
export interface ControlApp {
  fetch(request: Request, info: Deno.ServeHandlerInfo): Response | Promise<Response>;
}

/** A running server of the status page. */
export interface ControlServer {
  /** Where a person opens the page, such as `http://127.0.0.1:4100`; without a slash at the end. */
  readonly url: string;
  /** The `host:port` names of this address itself: the Host values to accept without being told more. */
  readonly hosts: readonly string[];
  /**
   * Ends the event streams, closes the port and lets open requests finish, but waits no longer than
   * two seconds: a reader that is stuck then still keeps the process alive until it calls `Deno.exit`.
   * Safe to call twice.
   */
  shutdown(): Promise<void>;
}

/**
 * Serves the app.
 *
 * @throws {Deno.errors.AddrInUse} If another program has the port; the caller decides what then.
 */
export function serveControl(app: ControlApp, options: ServeOptions): ControlServer {
  const { hostname, port, streams, clock } = options;
  const server = Deno.serve(
    { hostname, port, onListen() {} },
    (request, info) => app.fetch(request, info),
  );
  const names = namesOf(hostname);
  const hosts = names.map((name) => `${name}:${server.addr.port}`);

  /**
   * `server.shutdown()` waits for every body, also for one whose reader is stuck with a full socket,
   * and nothing on this side ends that wait: closing or failing the body does not, and aborting serve's
   * own signal now throws an uncaught BadResource. So past the deadline it is left to `Deno.exit`.
   */
  async function shutdown(): Promise<void> {
    streams.abort();
    const inTime = new AbortController();
    const late = clock.sleep(SHUTDOWN_MS, inTime.signal).catch(() => {}); // rejects when in time
    await Promise.race([server.shutdown(), late]);
    inTime.abort();
  }

  return { url: `http://${hosts[0]}`, hosts, shutdown };
}

/**
 * Names under which a browser reaches the address; IPv6 in brackets. Where every address of the machine
 * is listened at, `*` stands for any in numbers: such a name cannot be pointed here by somebody else.
 */
function namesOf(hostname: string): string[] {
  const name = hostname.includes(":") ? `[${hostname}]` : hostname;
  if (name === "0.0.0.0" || name === "[::]") return ["localhost", "127.0.0.1", "[::1]", "*"];
  if (name === "localhost") return ["localhost", "127.0.0.1", "[::1]"];
  return name === "127.0.0.1" || name === "[::1]" ? [name, "localhost"] : [name];
}
