/**
 * A box between the program and the sandbox that can hold any request still. Presigned URLs are
 * rewritten to lead through it; towards the sandbox they are what they were, so their signature holds.
 */

/** A request that came to the proxy. */
export interface Call {
  /** `create`, `register 2,3`, `register 7 final`, `read`, `put 2` or `put 7 final`. */
  readonly name: string;
  /** Bytes of the body as announced. */
  readonly bodyBytes: number;
  /** Whether its answer has gone out. */
  readonly isAnswered: boolean;
}

/** A request that is to be held. */
export interface Hold {
  /** Resolves when a request is being held. */
  readonly arrived: Promise<Call>;
}

/** The box. */
export interface Proxy extends AsyncDisposable {
  /** Base URL to give to `--api`. */
  readonly url: string;
  /** Every call so far, in the order of coming. */
  readonly calls: readonly Call[];
  /**
   * Holds calls that fit: `before` they reach the sandbox (of a PUT, the body is not even read), or
   * `after` the sandbox has answered. Their answer never comes.
   */
  hold(fits: RegExp, when: "before" | "after"): Hold;
  /** Answers the next call that fits in the sandbox's place, once. */
  answer(fits: RegExp, response: Response): void;
  /** Lets everything pass from now on; what is held stays held. */
  open(): void;
  /** Bytes of all PUTs so far, or of those that have not been answered. */
  putBytes(which: "all" | "unanswered"): number;
}

/**
 * @param token A token of the program's own, which the sandbox does not have to know.
 * @param tls A certificate for `localhost`, to be reached over TLS by that name.
 */
export function startProxy(
  sandboxUrl: string,
  token = "sandbox",
  tls?: { readonly cert: string; readonly key: string },
): Proxy {
  const calls: (Call & { isAnswered: boolean })[] = [];
  const finals = new Set<string>();
  let holds: { fits: RegExp; when: "before" | "after"; arrive: (call: Call) => void }[] = [];
  const answers: { fits: RegExp; response: Response }[] = [];
  const over = new AbortController();
  const never = new Promise<never>((_, reject) => {
    over.signal.addEventListener("abort", () => reject(new Error("The proxy is closed")));
  });
  never.catch(() => {});

  async function stop(call: Call, when: "before" | "after"): Promise<void> {
    const held = holds.find((hold) => hold.when === when && hold.fits.test(call.name));
    if (held === undefined) return;
    held.arrive(call);
    await never;
  }

  async function handle(request: Request): Promise<Response> {
    const isPut = request.method === "PUT";
    const early = isPut ? null : await request.bytes();
    const name = nameOf(request, early, finals);
    const bodyBytes = Number(request.headers.get("content-length") ?? 0);
    const call = { name, bodyBytes, isAnswered: false };
    calls.push(call);
    await stop(call, "before");
    const body = early ?? await request.bytes();
    const response = takeAnswer(name) ?? await forward(request, body);
    await stop(call, "after");
    call.isAnswered = true;
    return response;
  }

  function takeAnswer(name: string): Response | undefined {
    const index = answers.findIndex(({ fits }) => fits.test(name));
    return index < 0 ? undefined : answers.splice(index, 1)[0]!.response;
  }

  async function forward(request: Request, body: Uint8Array<ArrayBuffer>): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.delete("host"); // the sandbox's own again, as signed
    if (headers.get("authorization") === `Bearer ${token}`) {
      headers.set("authorization", "Bearer sandbox");
    }
    const answer = await fetch(`${sandboxUrl}${pathname}${search}`, {
      method: request.method,
      headers,
      ...(request.method === "GET" ? {} : { body }),
    });
    const text = await answer.text();
    const type = answer.headers.get("content-type") ?? "application/octet-stream";
    return new Response(text.replaceAll(sandboxUrl, url) || null, {
      status: answer.status,
      headers: { "content-type": type },
    });
  }

  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    ...tls,
    signal: over.signal,
    onListen() {},
    onError: () => new Response(null, { status: 502 }), // the program or the sandbox has gone
  }, handle);
  const { port } = server.addr;
  const url = tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;

  return {
    url,
    calls,
    hold(fits, when) {
      const { promise, resolve } = Promise.withResolvers<Call>();
      holds.push({ fits, when, arrive: resolve });
      return { arrived: promise };
    },
    answer: (fits, response) => void answers.push({ fits, response }),
    open: () => holds = [],
    putBytes: (which) =>
      calls
        .filter(({ name, isAnswered }) => /^put/.test(name) && (which === "all" || !isAnswered))
        .reduce((sum, { bodyBytes }) => sum + bodyBytes, 0),
    async [Symbol.asyncDispose]() {
      over.abort();
      await server.finished;
    },
  };
}

/** The call in a word; remembers which part of an asset is the final one. */
function nameOf({ method, url }: Request, body: Uint8Array | null, finals: Set<string>): string {
  const { pathname } = new URL(url);
  const put = /^\/s3\/parts\/([^/]+)\/part_(\d+)$/.exec(pathname);
  if (put !== null) return `put ${put[2]}${finals.has(`${put[1]}/${put[2]}`) ? " final" : ""}`;
  if (pathname.endsWith("/children")) return "create";
  if (method === "GET" || body === null) return "read";
  const assetId = /^\/v2\/assets\/([^/]+)/.exec(pathname)?.[1];
  const { parts } = JSON.parse(new TextDecoder().decode(body)) as {
    parts: { number: number; is_final: boolean }[];
  };
  const final = parts.filter((part) => part.is_final);
  for (const { number } of final) finals.add(`${assetId}/${number}`);
  return `register ${parts.map((part) => part.number)}${final.length > 0 ? " final" : ""}`;
}
