import { Config } from "../errors.ts";
import type { Hierarchy, Level, Place } from "../frameio/hierarchy.ts";
import { ACCOUNT_FLAGS } from "./account_flags.ts";
import { type Flags, parseFlags, wordsOf } from "./flags.ts";
import type { Paint } from "./paint.ts";
import { clean, displayWidth, fit } from "./width.ts";

/** What `browse --help` prints. */
export const BROWSE_USAGE = `reeltime browse: what lies in Frame.io, with ids ready for --folder

  reeltime browse [ID] [options]

Without an ID it lists the accounts; with one, what lies in that account, workspace or team, project
or folder.

  --json              one JSON document: {"place","entries":[{"id","kind","name","uploadTo","viewUrl"}],
                      "isAll"}; "uploadTo" is the id for --folder, or null
  --api, --route, --account, --token-file, --state   as for uploads
  --help
`;

/** What the command line asks for. */
export interface BrowseAsk {
  /** Null for the top. */
  readonly id: string | null;
  readonly json: boolean;
  /** Those of the account among them. */
  readonly flags: Flags;
}

/**
 * Reads the command line behind `browse`.
 *
 * @throws Config with what is wrong and how to write it.
 */
export function parseBrowse(
  args: readonly string[],
): { readonly is: "help" } | (BrowseAsk & { readonly is: "browse" }) {
  const flags = parseFlags(args, {
    boolean: ["json", "help"],
    string: [...ACCOUNT_FLAGS, "state"],
    words: true,
  });
  if (flags.help === true) return { is: "help" };
  const [id = null, ...others] = wordsOf(flags);
  if (others.length > 0) throw new Config(`Cannot browse ${others[0]} as well: name one id`);
  return { is: "browse", id, json: flags.json === true, flags };
}

/** Where the words go. */
export interface Look {
  /** The terminal's width; null where the output is no terminal: nothing is cut then. */
  readonly columns: number | null;
  readonly paint: Paint;
}

/**
 * Lists what lies in a place.
 *
 * @returns The exit status, 0.
 * @throws Rejected, TokenExpired or Unavailable, as the API answers.
 */
export async function runBrowse(
  { id, json, hierarchy, look }: Pick<BrowseAsk, "id" | "json"> & {
    readonly hierarchy: Hierarchy;
    readonly look: Look;
  },
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const level = await hierarchy.browse(id, signal);
  if (json) say(JSON.stringify(level));
  else for (const line of levelLines(level, look)) say(line);
  return 0;
}

/** Columns between two fields. */
const GAP = "  ";

/** Room that a name needs to stand on one line with its id. */
const LEAST_NAME_COLUMNS = 12;

function levelLines({ place, entries, isAll }: Level, { columns, paint }: Look): string[] {
  const lines = [paint("strong", cut(place === null ? "Accounts" : titleOf(place), columns))];
  if (place?.uploadTo != null) lines.push(`${GAP}--folder ${clean(place.uploadTo)}`);
  if (place?.viewUrl != null) lines.push(`${GAP}${clean(place.viewUrl)}`);
  lines.push("");
  if (entries.length === 0) return [...lines, `${GAP}Nothing lies here.`];
  const kindColumns = widest(entries.map(({ kind }) => wordsOfKind(kind)));
  const idColumns = widest(entries.map(idOf));
  const named = widest(entries.map(({ name }) => clean(name)));
  const left = (columns ?? Infinity) - kindColumns - idColumns - 3 * GAP.length;
  const nameColumns = Math.min(named, left);
  for (const entry of entries) {
    const mark = entry.uploadTo === null ? " " : paint("going", "▸");
    const kind = paint("idle", padded(wordsOfKind(entry.kind), kindColumns));
    const name = clean(entry.name);
    if (nameColumns >= Math.min(named, LEAST_NAME_COLUMNS)) {
      const fitted = padded(fit(name, nameColumns), nameColumns);
      lines.push(`${mark} ${kind}${GAP}${fitted}${GAP}${idOf(entry)}`);
    } else {
      // An id is there to be copied: it is never cut, but gets a line of its own.
      lines.push(`${mark} ${kind}${GAP}${cut(name, columns, kindColumns + 2 * GAP.length)}`);
      lines.push(`${GAP}${idOf(entry)}`);
    }
  }
  if (!isAll) lines.push(`${GAP}… and more: the list is longer than ${entries.length} entries.`);
  return [...lines, "", ...hints(entries).map((hint) => paint("idle", hint))];
}

function titleOf({ name, kind, id }: Place): string {
  return `${clean(name === "" ? id : name)} (${wordsOfKind(kind)})`;
}

/** A project is looked into and uploaded to by its root folder's id: one id serves for both. */
function idOf({ id, uploadTo }: Place): string {
  return clean(uploadTo ?? id);
}

function wordsOfKind(kind: string): string {
  return clean(kind.replaceAll("_", " "));
}

function hints(entries: readonly Place[]): string[] {
  const hints = [];
  if (entries.some(({ uploadTo }) => uploadTo !== null)) {
    hints.push("▸ upload into it: --folder ID");
  }
  if (entries.some(({ kind }) => kind !== "file")) hints.push("Look into it: reeltime browse ID");
  if (entries.some(({ kind }) => kind === "file")) {
    hints.push("A file's upload: reeltime status ID");
  }
  return hints;
}

function cut(text: string, columns: number | null, usedColumns = 0): string {
  return columns === null ? text : fit(text, columns - usedColumns);
}

function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
}
