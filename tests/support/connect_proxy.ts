import * as http from "node:http";
import * as net from "node:net";

/** A proxy as networks of companies have them: it opens tunnels by CONNECT, and does nothing else. */
export interface ConnectProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** What was asked for, as `host:port`, in the order of coming. */
  readonly asked: readonly string[];
  /** Bytes that went out through its tunnels. */
  sentBytes(): number;
  /** Connections that are open now, of both sides. */
  open(): number;
}

/** How a proxy behaves. */
export interface ProxyManners {
  /** `name:password` that it asks for. */
  readonly login?: string;
  /** The status that it answers instead of a tunnel; null for no answer at all. */
  readonly refusal?: number | null;
}

/** Listens on a free port. */
export async function openConnectProxy(manners: ProxyManners = {}): Promise<ConnectProxy> {
  const { login, refusal } = manners;
  const asked: string[] = [];
  let sentBytes = 0;
  const sockets = new Set<net.Socket>();
  const keep = (socket: net.Socket, other?: net.Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // either side may reset
    socket.on("close", () => {
      sockets.delete(socket);
      other?.destroy();
    });
  };
  const server = http.createServer((_, response) => response.writeHead(400).end());
  server.on("connect", (request: http.IncomingMessage, client: net.Socket, head: Uint8Array) => {
    asked.push(request.url!);
    keep(client);
    const wanted = login === undefined ? undefined : `Basic ${btoa(login)}`;
    const isKnown = request.headers["proxy-authorization"] === wanted;
    const status = refusal === undefined && !isKnown ? 407 : refusal;
    if (status === null) {
      client.on("end", () => client.end()).resume(); // else its end is not noticed
      return;
    }
    if (status !== undefined) {
      client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const port = Number(request.url!.split(":").at(-1));
    const target = net.connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      target.write(head);
      target.pipe(client);
      client.pipe(target);
      client.on("data", (bytes: Uint8Array) => sentBytes += bytes.length);
    });
    keep(target, client);
    client.on("close", () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    host: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    asked,
    sentBytes: () => sentBytes,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await closed;
    },
  };
}
