import * as net from "node:net";

/** One request as it lies on the wire, and what the peer may do to its connection. */
export interface PeerRequest {
  /** Request line and headers as received, without the empty line. */
  readonly head: string;
  /** Number of the connection it came on, 1 for the first. */
  readonly connection: number;
  header(name: string): string | null;
  /** Body bytes so far. */
  received(): Uint8Array;
  /** Resolves when the declared body is in; stays pending if it never is. */
  readonly whole: Promise<Uint8Array>;
  /** Resolves when the connection is gone. */
  readonly gone: Promise<void>;
  /** Answers with an exact content-length. */
  answer(status: number, text?: string, headers?: Readonly<Record<string, string>>): void;
  /** Writes bytes as they are. */
  write(text: string): void;
  /** Ends the connection in an orderly way. */
  end(): void;
  /** Ends the connection by a reset. */
  reset(): void;
  /** Takes no more bytes from the connection. */
  stopReading(): void;
}

/** A server made of TCP alone, so that a test sees the very bytes and may break any rule. */
export interface Peer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly PeerRequest[];
  /** Connections accepted so far. */
  connections(): number;
  /** Connections that are open now. */
  open(): number;
}

/** Listens on a free port; `onRequest` is called when a request's head is in. */
export async function openPeer(onRequest: (request: PeerRequest) => unknown): Promise<Peer> {
  const requests: PeerRequest[] = [];
  const sockets = new Set<net.Socket>();
  let connections = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // the other side may reset: what tests look at is `gone`
    serve(socket, ++connections, (request) => {
      requests.push(request);
      onRequest(request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    requests,
    connections: () => connections,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serve(
  socket: net.Socket,
  connection: number,
  onRequest: (request: PeerRequest) => void,
): void {
  let bytes = new Uint8Array(0);
  let current: { take(bytes: Uint8Array): Uint8Array | null } | null = null;
  const gone = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("data", (data: Uint8Array) => {
    if (current !== null) {
      const rest = current.take(data);
      if (rest === null) return;
      current = null;
      bytes = rest.slice();
    } else bytes = joined([bytes, data]);
    for (let end = headEnd(bytes); current === null && end >= 0; end = headEnd(bytes)) {
      const { request, take } = requestOf(
        socket,
        connection,
        gone,
        new TextDecoder().decode(bytes.subarray(0, end)),
      );
      const rest = take(bytes.subarray(end + 4));
      if (rest === null) current = { take };
      bytes = rest?.slice() ?? new Uint8Array(0);
      onRequest(request);
    }
  });
}

function requestOf(socket: net.Socket, connection: number, gone: Promise<void>, head: string) {
  const header = (name: string) =>
    new RegExp(`^${name}: *(.*)$`, "im").exec(head)?.[1]?.trim() ?? null;
  const wantedBytes = Number(header("content-length") ?? 0);
  const pieces: Uint8Array[] = [];
  let receivedBytes = 0;
  const { promise: whole, resolve } = Promise.withResolvers<Uint8Array>();
  const request: PeerRequest = {
    head,
    connection,
    header,
    received: () => joined(pieces),
    whole,
    gone,
    answer(status, text = "", headers = {}) {
      const body = new TextEncoder().encode(text);
      const lines = Object.entries({ "content-length": String(body.length), ...headers })
        .map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 ${status} Status\r\n${lines.join("")}\r\n${text}`);
    },
    write: (text) => void socket.write(text),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    stopReading: () => void socket.pause(),
  };
  /** Takes bytes of the body; what is left over, or null while more is wanted. */
  function take(bytes: Uint8Array): Uint8Array | null {
    const mine = bytes.subarray(0, wantedBytes - receivedBytes);
    pieces.push(mine.slice());
    receivedBytes += mine.length;
    if (receivedBytes < wantedBytes) return null;
    resolve(joined(pieces));
    return bytes.subarray(mine.length);
  }
  return { request, take };
}

function headEnd(bytes: Uint8Array): number {
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) {
      return at;
    }
  }
  return -1;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
