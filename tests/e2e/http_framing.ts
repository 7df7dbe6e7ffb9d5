/** Where HTTP messages begin and end on a connection: as much of HTTP as the program and the sandbox speak. */
import type * as net from "node:net";

/** One direction of a connection, message by message. */
export interface Framed {
  /** Request or status line and headers, with the empty line; null when the connection is at its end. */
  head(): Promise<string | null>;
  /** The next `sizeBytes` bytes, as they come; fewer when the connection ends before. */
  body(sizeBytes: number): AsyncGenerator<Uint8Array>;
}

/** Reads a connection in messages. */
export function framed(socket: net.Socket): Framed {
  const chunks = (socket as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);

  /** The next bytes of the connection; null at its end, also where that is an error. */
  async function more(): Promise<Uint8Array | null> {
    try {
      const { value, done } = await chunks.next();
      return done ? null : value;
    } catch {
      return null;
    }
  }

  return {
    async head() {
      for (;;) {
        const end = latin1.decode(rest).indexOf("\r\n\r\n");
        if (end >= 0) {
          const head = latin1.decode(rest.subarray(0, end + 4));
          rest = rest.subarray(end + 4);
          return head;
        }
        const next = await more();
        if (next === null) return null;
        const both = new Uint8Array(rest.length + next.length);
        both.set(rest);
        both.set(next, rest.length);
        rest = both;
      }
    },
    async *body(sizeBytes) {
      for (let leftBytes = sizeBytes; leftBytes > 0;) {
        const next = rest.length > 0 ? rest : await more();
        if (next === null) return;
        const mine = next.subarray(0, leftBytes);
        rest = next.subarray(mine.length);
        leftBytes -= mine.length;
        yield mine;
      }
    },
  };
}

const latin1 = new TextDecoder("latin1");

/** Size of the body that a head announces, in bytes. */
export function bodyBytesOf(head: string): number {
  return Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
}

/** Hands bytes on; resolves when the connection takes more, rejects when it is gone. */
export function writeTo(socket: net.Socket, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error("The connection is gone"));
    if (socket.destroyed) return gone();
    socket.once("close", gone);
    socket.write(bytes, (error) => {
      socket.off("close", gone);
      if (error) reject(error);
      else resolve();
    });
  });
}
