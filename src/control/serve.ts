import type { Clock } from "../runtime/clock.ts";

/** What an orderly end may take before the connections are left to the process's end. */
const SHUTDOWN_MS = 2_000;

/** How long to wait before a listener that failed is opened again, in milliseconds. */
const AGAIN_MS = 1_000;

/** Options of {@linkcode serveControl}. */
export interface ServeOptions {
  /** Address to listen on, such as `127.0.0.1`. */
  readonly hostname: string;
  /** Port to listen on; 0 lets the system choose. */
  readonly port: number;
  /** Ends the app's event streams; its signal is the `signal` that the app was created with. */
  readonly streams: AbortController;
  readonly clock: Clock;
  /** Is told when the page cannot be reached any more, once for each time, and when it can again. */
  say(text: string): void;
}

/** The app; what it is told of a request is where it comes from. */
export interface ControlApp {
  fetch(request: Request, info: Deno.ServeHandlerInfo): Response | Promise<Response>;
}

/** A running server of the status page. */
export interface ControlServer {
  /** Where a person opens the page, such as `http://127.0.0.1:4100`; without a slash at the end. */
  readonly url: string;
  /** The port that it listens on. */
  readonly port: number;
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
 * Serves the app. A listener that fails later on, as where connections use up this process's file
 * descriptors, is opened again every second until the shutdown: it must never end an upload.
 *
 * @throws {Deno.errors.AddrInUse} If another program has the port; the caller decides what then.
 */
export function serveControl(app: ControlApp, options: ServeOptions): ControlServer {
  const { hostname, streams, clock, say } = options;
  let isAway = false;
  let server = open(options.port);
  const { port } = server.addr;
  const names = namesOf(hostname);
  const hosts = names.map((name) => `${name}:${port}`);
  const url = `http://${hosts[0]}`;
  const ending = new AbortController();
  const kept = keepOpen();

  function open(at: number, isAgain = false) {
    return Deno.serve({ hostname, port: at, onListen() {} }, (request, info) => {
      if (isAgain && isAway) { // an open listener alone may fail at its first connection
        isAway = false;
        say(`The status page is at ${url} again`);
      }
      return app.fetch(request, info);
    });
  }

  async function keepOpen(): Promise<void> {
    for (;;) {
      try {
        return await server.finished;
      } catch (error) {
        if (!isAway) say(wordsOf(error as Error, url));
        isAway = true;
        // Closes what holds descriptors for nothing; answers under way, as event streams, go on.
        server.shutdown().catch(() => {});
      }
      do {
        await clock.sleep(AGAIN_MS, ending.signal).catch(() => {});
        if (ending.signal.aborted) return;
      } while (!reopened());
    }
  }

  function reopened(): boolean {
    try {
      server = open(port, true);
      return true;
    } catch {
      return false; // as before: it was told
    }
  }

  /**
   * `server.shutdown()` waits for every body, also for one whose reader is stuck with a full socket,
   * and nothing on this side ends that wait: closing or failing the body does not, and aborting serve's
   * own signal now throws an uncaught BadResource. So past the deadline it is left to `Deno.exit`.
   */
  async function shutdown(): Promise<void> {
    ending.abort();
    streams.abort();
    const inTime = new AbortController();
    const late = clock.sleep(SHUTDOWN_MS, inTime.signal).catch(() => {}); // rejects when in time
    await Promise.race([Promise.allSettled([server.shutdown(), kept]), late]);
    inTime.abort();
  }

  return { url, port, hosts, shutdown };
}

function wordsOf({ message }: Error, url: string): string {
  return `Cannot serve the status page at ${url} any more: ${message}. Uploads go on, and it is tried ` +
    "again every second. Close programs that hold connections to it open";
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
