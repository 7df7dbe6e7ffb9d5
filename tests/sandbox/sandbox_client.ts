import { type SandboxOptions, startSandbox } from "../../src/sandbox/server.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";

/** Smallest part that is not the final one. */
export const FIVE_MIB = 5 * 1024 * 1024;

/** A part as the API's JSON has it. */
export interface JsonPart {
  number: number;
  size: number;
  is_final: boolean;
}

/** An asset as `GET /sandbox/assets` shows it. */
export interface ShownAsset {
  id: string;
  name: string;
  kind: string;
  /** Id of its folder. */
  parent: string;
  mediaType: string;
  status: string;
  size: number | null;
  sha256: string | null;
  parts: { number: number; size: number; storedAt: string | null; putCount: number }[];
}

/** Runs `test` with a folder that is removed afterwards. */
export async function withFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "sandbox_test_" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Starts a sandbox on a free port of this machine. */
export function start(dir: string, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  return startSandbox({ dir, hostname: "127.0.0.1", port: 0, ...options });
}

/** Runs `test` against a fresh sandbox, with its folder. */
export function withSandbox(
  test: (client: SandboxClient, dir: string) => Promise<void>,
  options: Partial<SandboxOptions> = {},
): Promise<void> {
  return withFolder(async (dir) => {
    const sandbox = await start(dir, options);
    try {
      await test(clientOf(sandbox.baseUrl), dir);
    } finally {
      await sandbox.shutdown();
    }
  });
}

/** The calls of an uploader, plain, and what the tests look at. */
export interface SandboxClient {
  readonly baseUrl: string;
  call(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, json: unknown): Promise<Response>;
  /** Creates a real-time asset and returns its id. */
  create(name?: string, filetype?: string): Promise<string>;
  /** Registers parts and returns the answer as it is. */
  tryRegister(id: string, parts: JsonPart[], total?: number): Promise<Response>;
  /** Registers parts and returns their URLs. */
  register(id: string, parts: JsonPart[], total?: number): Promise<string[]>;
  shown(id: string): Promise<ShownAsset>;
  /** Asks until the asset is complete. */
  completed(id: string): Promise<ShownAsset>;
}

/** A client with the sandbox's token. */
export function clientOf(baseUrl: string): SandboxClient {
  const client: SandboxClient = {
    baseUrl,
    call: (path, init = {}) =>
      fetch(baseUrl + path, {
        ...init,
        headers: { authorization: "Bearer sandbox", ...(init.headers as Record<string, string>) },
      }),
    post: (path, json) =>
      client.call(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(json),
      }),
    async create(name = "take.mov", filetype = "video/quicktime") {
      const asset = { name, filetype, type: "file", is_realtime_upload: true };
      return (await okJson(client.post("/v2/assets/root/children", asset))).id as string;
    },
    tryRegister: (id, parts, total) =>
      client.post(`/v2/assets/${id}/realtime_upload/parts`, { parts, asset_filesize: total }),
    async register(id, parts, total) {
      return (await okJson(client.tryRegister(id, parts, total))).upload_urls as string[];
    },
    async shown(id) {
      const { assets } = await okJson(fetch(`${baseUrl}/sandbox/assets`));
      return (assets as ShownAsset[]).find((asset) => asset.id === id)!;
    },
    async completed(id) {
      const deadlineMs = Date.now() + 10_000;
      while (Date.now() < deadlineMs) {
        const asset = await client.shown(id);
        if (asset.status === "complete") return asset;
      }
      throw new Error(`Asset ${id} was not completed within 10 s`);
    },
  };
  return client;
}

/** PUTs `bytes` with an exact length and the headers that are signed, unless others are given. */
export function put(
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const signed = { "content-type": "video/quicktime", "x-amz-acl": "private" };
  return fetch(url, { method: "PUT", body: bytes, headers: { ...signed, ...headers } });
}

/** PUTs and lets the answer go; returns its status. */
export async function putStatus(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const response = await put(url, bytes);
  await response.body?.cancel();
  return response.status;
}

/** `sizeBytes` bytes that tell their place and their `seed`. */
export function someBytes(sizeBytes: number, seed: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  let state = seed + 1;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, sizeBytes);
}

/** The pieces one after the other. */
export function joined(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The answer's JSON, or an error with its text where it is not 200. */
async function okJson(answer: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await answer;
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}

/** A connection that says exactly what it is told to, for requests that no HTTP client sends. */
export interface RawConnection extends Disposable {
  send(data: string | Uint8Array): Promise<void>;
  /** Says that nothing more will come, and still listens. */
  endSending(): Promise<void>;
  /** The answer so far, as soon as it contains `until`. */
  answer(until: string): Promise<string>;
}

/** Connects to the host of `url`. */
export async function connectRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  let text = "";
  let isOpen = true;
  const close = () => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  return {
    async send(data) {
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
      for (let done = 0; done < bytes.length;) {
        done += await connection.write(bytes.subarray(done));
      }
    },
    endSending: () => connection.closeWrite(),
    async answer(until) {
      const buffer = new Uint8Array(16 * 1024);
      const overdue = setTimeout(close, 10_000); // an answer that never comes fails the test
      try {
        while (!text.includes(until)) {
          const count = await connection.read(buffer);
          if (count === null) throw new Error(`The connection ended after: ${text}`);
          text += new TextDecoder().decode(buffer.subarray(0, count));
        }
        return text;
      } finally {
        clearTimeout(overdue);
      }
    },
    [Symbol.dispose]: close,
  };
}

/** The head of a PUT to a presigned URL, with these further header lines. */
export function putHead(url: string, ...lines: string[]): string {
  const { pathname, search, host } = new URL(url);
  const signed = [`Host: ${host}`, "Content-Type: video/quicktime", "x-amz-acl: private"];
  return [`PUT ${pathname}${search} HTTP/1.1`, ...signed, ...lines, "", ""].join("\r\n");
}

/** Begins a PUT of `sizeBytes` whose body the sandbox on `dir` is taking in already, past its refusals. */
export async function beginPut(
  url: string,
  sizeBytes: number,
  dir: string,
): Promise<RawConnection> {
  const raw = await connectRaw(url);
  await raw.send(putHead(url, `Content-Length: ${sizeBytes}`));
  await until(() => incomingCount(dir) === 1);
  return raw;
}

/** Waits for what another part of this process does, one turn of the event loop at a time. */
export async function until(isSo: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > deadlineMs) throw new Error("It did not come about within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** How many bodies are coming in, or were left behind. */
export function incomingCount(dir: string): number {
  return [...Deno.readDirSync(`${dir}/incoming`)].length;
}
