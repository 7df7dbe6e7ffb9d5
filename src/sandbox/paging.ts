import { ApiRefusal } from "./api_refusal.ts";

/** A list that is answered page by page. */
export interface Listing<T> {
  readonly count: number;
  /** At most `limit` items, after the first `offset` ones. */
  slice(offset: number, limit: number): T[];
}

/** What there is of one page when nothing is asked (V4 API, RequestPageSize). V2's is not documented. */
const USUAL_PAGE_SIZE = 50;
/** Largest V2 page: not documented. */
const MOST_V2_PAGE_SIZE = 500;
/** Largest V4 page, by what is listed (V4 API, RequestPageSize and AssetRequestPageSize). */
export const MOST_V4_PAGE_SIZE = { assets: 500, others: 100 } as const;

/** A short list as a whole. */
export function listingOf<T>(items: readonly T[]): Listing<T> {
  return {
    count: items.length,
    slice: (offset, limit) => items.slice(offset, offset + limit),
  };
}

/**
 * A page in V2's way: a bare array, with the page's place in the headers (V2 SDK, transport). It follows
 * `page` (from 1) and `page_size` of the address.
 *
 * @throws ApiRefusal 422 for numbers out of bounds.
 */
export function v2Page<T>(address: string, { count, slice }: Listing<T>): Response {
  const query = new URL(address).searchParams;
  const page = wholeNumber(query, "page", 1, 1, Number.MAX_SAFE_INTEGER);
  const pageSize = wholeNumber(query, "page_size", USUAL_PAGE_SIZE, 1, MOST_V2_PAGE_SIZE);
  const offset = Math.min((page - 1) * pageSize, count); // no such page is an empty one
  return Response.json(slice(offset, pageSize), {
    headers: {
      "page-number": String(page),
      "per-page": String(pageSize),
      "total-pages": String(Math.ceil(count / pageSize)),
      total: String(count),
    },
  });
}

/**
 * A page in V4's way: `{data, links: {next}, total_count?}`. `links.next` is relative and holds an opaque cursor
 * and nothing else of the query (V4 API, pagination). It follows `page_size`, `after` and
 * `include_total_count` of the address.
 *
 * @param mostPageSize See {@linkcode MOST_V4_PAGE_SIZE}.
 * @throws ApiRefusal 422 for a size out of bounds or a cursor that this list did not give.
 */
export function v4Page<T>(
  address: string,
  { count, slice }: Listing<T>,
  mostPageSize: number,
): Response {
  const { pathname, searchParams: query } = new URL(address);
  const pageSize = wholeNumber(query, "page_size", USUAL_PAGE_SIZE, 1, mostPageSize);
  const offset = readCursor(query.get("after"), pathname);
  const data = slice(offset, pageSize);
  const end = offset + data.length;
  const next = end < count && data.length > 0 ? `${pathname}?after=${cursor(pathname, end)}` : null;
  const wantsCount = query.get("include_total_count") === "true";
  return Response.json({ data, links: { next }, ...(wantsCount ? { total_count: count } : {}) });
}

function cursor(path: string, offset: number): string {
  return btoa(JSON.stringify([offset, path])).replaceAll("+", "-").replaceAll("/", "_")
    .replaceAll("=", "");
}

function readCursor(after: string | null, path: string): number {
  if (after === null || after === "") return 0;
  try {
    const [offset, ofPath] = JSON.parse(atob(after.replaceAll("-", "+").replaceAll("_", "/")));
    if (ofPath === path && Number.isSafeInteger(offset) && offset >= 0) return offset;
  } catch {
    // as any other that is not ours
  }
  throw new ApiRefusal(422, "after is not a cursor of this list", { pointer: "/after" });
}

function wholeNumber(
  query: URLSearchParams,
  name: string,
  usual: number,
  least: number,
  most: number,
): number {
  const text = query.get(name);
  if (text === null) return usual;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new ApiRefusal(422, `${name} must be ${least} to ${most}: ${text.slice(0, 80)}`, {
    pointer: `/${name}`,
  });
}
