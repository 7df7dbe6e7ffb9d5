/**
 * A box between the program and the sandbox, made of connections: it passes bytes on as they come, keeps
 * count of them, and can do to a connection what networks do. Presigned URLs are rewritten to lead through it.
 */
import { delay } from "@std/async/delay";
import * as net from "node:net";
import { within } from "../support/within.ts";
import { bringBack, carry, type Fault, type Passage, passageOf, wayBetween } from "./passage.ts";
import { PATIENCE_MS } from "./program.ts";

/** The box. */
export interface Relay extends AsyncDisposable {
  /** Base URL to give to `--api`. */
  readonly url: string;
  /** Every request so far, in the order of coming. */
  readonly passages: readonly Readonly<Passage>[];
  /** Bytes of the bodies of all PUTs: as their heads announced them, or as they came through. */
  putBytes(count: "announced" | "passed"): number;
  /** Calls back whenever something has passed. @returns What ends that. */
  on(listener: () => void): () => void;
  /** Resolves when `holds` does, asked whenever something has passed. */
  when(what: string, holds: () => boolean): Promise<void>;
  /** Resolves when no connection to the relay is open: all that a killed program sent is counted. */
  isLeft(): Promise<void>;
}

/** How to relay. */
export interface RelayOptions {
  /** Address to listen on. Default: 127.0.0.1. */
  readonly hostname?: string;
  /** What happens to a request; asked once for each, when its head is in. Default: nothing. */
  readonly fault?: (passage: Readonly<Passage>) => Fault | null;
  /** How long a connection rests after each piece of a body, in milliseconds. Default: not at all. */
  readonly pauseMs?: number;
}

/** Starts a relay to a sandbox, on a free port. */
export async function startRelay(target: string, options: RelayOptions = {}): Promise<Relay> {
  const { hostname = "127.0.0.1", fault = () => null, pauseMs = 0 } = options;
  const inner = new URL(target);
  const passages: Passage[] = [];
  const clients = new Set<net.Socket>();
  const upstreams = new Set<net.Socket>();
  const watchers = new Set<() => void>();
  const pause = () => pauseMs === 0 ? undefined : delay(pauseMs);
  const tell = () => watchers.forEach((watcher) => watcher());

  function keep(socket: net.Socket, among: Set<net.Socket>): void {
    among.add(socket);
    socket.on("error", () => {}); // that it is gone is all there is to know
    socket.on("close", () => {
      among.delete(socket);
      tell();
    });
  }

  async function serve(client: net.Socket): Promise<void> {
    const upstream = net.connect(Number(inner.port), inner.hostname);
    keep(client, clients);
    keep(upstream, upstreams);
    let isBusy = false;
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => isBusy || client.end());
    const way = wayBetween(client, upstream, { inner, outer: url, tell, pause });
    try {
      for (let head = await way.requests.head(); head !== null; head = await way.requests.head()) {
        isBusy = true;
        const passage = passageOf(head);
        passages.push(passage);
        tell();
        const trouble = fault(passage);
        const carried = carry(way, head, passage, trouble);
        carried.catch(() => {}); // the answer may come first, and end the connection
        if (trouble?.is !== "answer") await bringBack(way, passage, trouble);
        await carried;
        isBusy = false;
        if (trouble?.is === "answer" || upstream.destroyed) return;
      }
    } catch {
      // A connection that broke or was broken.
    } finally {
      client.end();
    }
  }

  const server = net.createServer((client) => void serve(client));
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve));
  const url = `http://${hostname}:${(server.address() as net.AddressInfo).port}`;

  function on(listener: () => void): () => void {
    watchers.add(listener);
    return () => void watchers.delete(listener);
  }

  async function when(what: string, holds: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => void (holds() && resolve());
    const off = on(look);
    look();
    try {
      await within(promise, PATIENCE_MS);
    } catch (error) {
      throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
    } finally {
      off();
    }
  }

  return {
    url,
    passages,
    on,
    when,
    isLeft: () => when("the program's connections are closed", () => clients.size === 0),
    putBytes: (count) =>
      passages.filter(({ part }) => part !== null).reduce(
        (sum, { bodyBytes, passedBytes }) =>
          sum + (count === "announced" ? bodyBytes : passedBytes),
        0,
      ),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of [...clients, ...upstreams]) socket.destroy();
      await closed;
      await when("the relay's connections are closed", () => clients.size + upstreams.size === 0);
    },
  };
}
