/** One request and its answer on their way through a relay, and what a network may do to them. */
import type * as net from "node:net";
import { bodyBytesOf, type Framed, framed, writeTo } from "./http_framing.ts";

/** What happens to one request. */
export type Fault =
  /** Both connections are reset when `afterBytes` of the body are through. */
  | { readonly is: "reset"; readonly afterBytes: number }
  /** From `afterBytes` of the body on nothing is taken until `until`, which says how it goes on. */
  | { readonly is: "stall"; readonly afterBytes: number; readonly until: Promise<"on" | "reset"> }
  /** The connection ends after `afterBytes` of the answer, or where negative, so many before its end. */
  | { readonly is: "truncate"; readonly afterBytes: number }
  /** `text` is answered in the sandbox's place after `afterBytes` of the body. */
  | { readonly is: "answer"; readonly afterBytes: number; readonly text: string };

/** A request that came to the relay. */
export interface Passage {
  /** `create`, `register`, `read` or `put 2`. */
  readonly name: string;
  /** Number of the part that a PUT carries, else null. */
  readonly part: number | null;
  /** Bytes of the body as announced. */
  readonly bodyBytes: number;
  /** Bytes of the body that have come through. */
  passedBytes: number;
  /** Whether the sandbox's whole answer was handed on. */
  isAnswered: boolean;
}

/** A request as its head tells it. */
export function passageOf(head: string): Passage {
  const [method, path] = head.split(/[ ?]/, 2) as [string, string];
  const part = method === "PUT" ? /\/part_(\d+)$/.exec(path)?.[1] : undefined;
  const call = method === "GET" ? "read" : path.endsWith("/children") ? "create" : "register";
  return {
    name: part === undefined ? call : `put ${part}`,
    part: part === undefined ? null : Number(part),
    bodyBytes: bodyBytesOf(head),
    passedBytes: 0,
    isAnswered: false,
  };
}

/** The two connections of a passage, and whom to tell that something has passed. */
export interface Way {
  readonly client: net.Socket;
  readonly upstream: net.Socket;
  readonly requests: Framed;
  readonly answers: Framed;
  /** Base URL of the sandbox, and the one that stands for it on the program's side. */
  readonly inner: URL;
  readonly outer: string;
  readonly tell: () => void;
  /** Awaited after each piece of a body: how poor the link is. */
  readonly pause: () => Promise<void> | void;
}

/** Lays the way between two connections. */
export function wayBetween(
  client: net.Socket,
  upstream: net.Socket,
  place: Omit<Way, "client" | "upstream" | "requests" | "answers">,
): Way {
  return { ...place, client, upstream, requests: framed(client), answers: framed(upstream) };
}

/** Brings a request to the sandbox as far as its fault lets it. */
export async function carry(
  { client, upstream, requests, inner, tell, pause }: Way,
  head: string,
  passage: Passage,
  fault: Fault | null,
): Promise<void> {
  async function pass(sizeBytes: number): Promise<void> {
    for await (const bytes of requests.body(sizeBytes)) {
      if (fault?.is !== "answer") await writeTo(upstream, bytes);
      passage.passedBytes += bytes.length;
      tell();
      await pause();
    }
  }
  const afterBytes = fault === null || fault.is === "truncate" ? 0 : fault.afterBytes;
  const soundBytes = Math.min(afterBytes, passage.bodyBytes);
  // The host is signed: towards the sandbox it is the one that the URL was made for.
  if (fault?.is !== "answer") {
    await writeTo(upstream, head.replace(/^host:.*$/im, `Host: ${inner.host}`));
  }
  await pass(soundBytes);
  if (fault?.is === "answer") await writeTo(client, fault.text);
  if (fault?.is === "reset" || fault?.is === "stall" && await fault.until === "reset") {
    for (const socket of [client, upstream]) socket.resetAndDestroy();
  }
  await pass(passage.bodyBytes - soundBytes);
}

/** Brings the sandbox's answer to the program as far as its fault lets it. */
export async function bringBack(
  { client, answers, inner, outer, tell }: Way,
  passage: Passage,
  fault: Fault | null,
): Promise<void> {
  const head = await answers.head();
  if (head === null) throw new Error("The sandbox is gone");
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of answers.body(bodyBytesOf(head))) {
    text += decoder.decode(bytes, { stream: true });
  }
  text = text.replaceAll(inner.origin, outer);
  const length = `content-length: ${new TextEncoder().encode(text).length}`;
  const answer = head.replace(/^content-length:.*$/im, length) + text;
  await writeTo(client, fault?.is === "truncate" ? answer.slice(0, fault.afterBytes) : answer);
  if (fault?.is === "truncate") throw new Error("The answer ends here");
  passage.isAnswered = true;
  tell();
  if (/^connection: *close/im.test(head)) throw new Error("The connection ends here");
}
