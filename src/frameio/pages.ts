import type { ApiCall, ApiExchange } from "./api.ts";
import { field, oddAnswer, v4Path } from "./answer.ts";

/** A piece of a list. */
export interface Page {
  readonly items: readonly unknown[];
  /** False where the list goes on; also on the last page that is read, at {@linkcode MOST_PAGES}. */
  readonly isLast: boolean;
}

/** Most pages that are read of one list: 10,000 entries of the V4 API. */
export const MOST_PAGES = 100;

/** Entries of a page: the most that every V4 list gives (V4 API, pagination: `page_size`). */
const V4_PAGE_SIZE = 100;

/** Entries of a V2 page: the service's own number, since no other bound is documented. */
const V2_PAGE_SIZE = 50;

/** Which list, and what for. */
export interface ListRequest {
  /** Without a query. */
  readonly path: string;
  /** Further query parameters. */
  readonly query?: Readonly<Record<string, string>>;
  /** What is being done, for messages: `list the folders`. */
  readonly doing: string;
  readonly signal: AbortSignal;
}

/**
 * A V4 list, page by page, forward only. `links.next` does not carry the query parameters of the first
 * request, so they are added to it (V4 API, pagination).
 */
export async function* v4Pages(call: ApiCall, request: ListRequest): AsyncGenerator<Page> {
  const { doing, signal } = request;
  const query = { page_size: String(V4_PAGE_SIZE), ...request.query };
  let path = withQuery(request.path, query);
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const answer = await call({ method: "GET", path, doing, signal });
    const items = field(answer, "data");
    if (!Array.isArray(items)) throw oddAnswer(doing, "no list");
    const next = field(field(answer, "links"), "next") ?? null;
    yield { items, isLast: next === null };
    if (next === null) return;
    const nextPath = v4Path(next);
    if (nextPath === null) throw oddAnswer(doing, "a next page outside of the V4 API");
    path = withQuery(nextPath, query);
  }
}

/**
 * A V2 list, page by page; how many there are stands in the header `total-pages`. Where nobody says it,
 * a full page may have another one behind it.
 */
export async function* v2Pages(exchange: ApiExchange, request: ListRequest): AsyncGenerator<Page> {
  const { doing, signal } = request;
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { ...request.query, page: String(page), page_size: String(V2_PAGE_SIZE) };
    const path = withQuery(request.path, query);
    const { json, headers } = await exchange({ method: "GET", path, doing, signal });
    if (!Array.isArray(json)) throw oddAnswer(doing, "no list");
    const total = Number(headers.get("total-pages") || NaN);
    const isLast = Number.isNaN(total) ? json.length !== V2_PAGE_SIZE : page >= total;
    yield { items: json, isLast };
    if (isLast) return;
  }
}

/** Adds the parameters that the path does not have yet. */
function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const [plain, search = ""] = path.split("?");
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(query)) {
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return `${plain}?${parameters}`;
}
