import { Rejected } from "../errors.ts";

/** A listener on this machine that the browser is led back to. */
export interface RedirectListener extends AsyncDisposable {
  /** The address to give to the sign-in page. */
  readonly redirectUri: string;
  /** The code, once the browser has brought it; rejects with Rejected if the sign-in was refused. */
  readonly code: Promise<string>;
}

const HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer", // the address holds the code
  "x-content-type-options": "nosniff",
};

/**
 * Listens on 127.0.0.1 (RFC 8252, section 7.3). An answer without our state is somebody else's and is
 * not taken; the listener goes on waiting for ours.
 *
 * @param port 0 for any free one.
 * @throws Deno.errors.AddrInUse if another program has that port.
 */
export function listenForRedirect(port: number, state: string): RedirectListener {
  const { promise: code, resolve, reject } = Promise.withResolvers<string>();
  code.catch(() => {}); // nobody may be waiting yet
  const answers = new Set<Promise<void>>();
  const cut = new AbortController();
  const options = { hostname: "127.0.0.1", port, signal: cut.signal, onListen: () => {} };
  const server = Deno.serve(options, (request, { completed }) => {
    const answered: Promise<void> = completed.catch(() => {}).finally(() =>
      answers.delete(answered)
    );
    answers.add(answered);
    const url = new URL(request.url);
    if (request.method !== "GET" || url.pathname !== CALLBACK) return answer("Nothing here.", 404);
    try {
      const found = codeOf(url, state);
      if (found === null) return answer("This is not the answer to reeltime's login.", 400);
      resolve(found);
      return answer("Thank you. You can close this page; reeltime goes on.", 200);
    } catch (error) {
      reject(error);
      return answer("The login was refused. reeltime says more.", 400);
    }
  });
  return {
    redirectUri: `http://127.0.0.1:${server.addr.port}${CALLBACK}`,
    code,
    async [Symbol.asyncDispose]() {
      await Promise.all(answers); // the person's page shows its answer
      cut.abort(); // a browser may keep connections open that it never uses
      await server.finished;
    },
  };
}

const CALLBACK = "/callback";

function answer(text: string, status: number): Response {
  return new Response(`${text}\n`, { status, headers: { ...HEADERS, connection: "close" } });
}

/**
 * The code in the address that the browser was led to.
 *
 * @returns Null for an address that is not the answer to our login.
 * @throws Rejected if the sign-in was refused.
 */
export function codeOf(url: URL, state: string): string | null {
  const { searchParams } = url;
  if (searchParams.get("state") !== state) return null;
  const error = searchParams.get("error");
  if (error !== null) {
    const word = /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : "";
    throw new Rejected(`Cannot log in: the sign-in was refused${word}`, 403);
  }
  return searchParams.get("code") || null;
}
