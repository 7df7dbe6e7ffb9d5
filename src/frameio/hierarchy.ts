import { Rejected } from "../errors.ts";
import { field, linkField, textField } from "./answer.ts";
import type { Page } from "./pages.ts";

/** Something that has a place in Frame.io. */
export interface Place {
  readonly id: string;
  /** `account`, `workspace` (V4), `team` (V2), `project`, `folder`, `file` or `version_stack`. */
  readonly kind: string;
  readonly name: string;
  /** The id that `--folder` takes to upload into it; null where nothing can be uploaded. */
  readonly uploadTo: string | null;
  /** Where a person sees it, as the service says; null where it does not. */
  readonly viewUrl: string | null;
}

/** What lies in one place. */
export interface Level {
  /** Null at the top. */
  readonly place: Place | null;
  readonly entries: readonly Place[];
  /** False where the list was too long to be read to its end. */
  readonly isAll: boolean;
}

/** Accounts and what lies in them, down to folders and files. */
export interface Hierarchy {
  /**
   * What lies in the place with this id; the accounts for null.
   *
   * @throws Rejected if no such place can be seen.
   */
  browse(id: string | null, signal: AbortSignal): Promise<Level>;
}

/** An entry of a list as the services give it; what has no id is none. */
export function placeOf(json: unknown, kind: string): Place | null {
  const id = textField(json, "id");
  if (id === null) return null;
  // V4 calls it root_folder_id, V2 root_asset_id. A project's own id takes no upload.
  const root = textField(json, "root_folder_id") ?? textField(json, "root_asset_id");
  return {
    id,
    kind,
    name: textField(json, "name") ?? textField(json, "display_name") ?? "",
    uploadTo: kind === "folder" ? id : kind === "project" ? root : null,
    viewUrl: linkField(json, "view_url"),
  };
}

/** A child of a folder: its kind stands in `type`. */
export function childOf(json: unknown): Place | null {
  const type = field(json, "type");
  return placeOf(json, typeof type === "string" ? type : "file");
}

/** Reads a list to its end, or as far as it goes. */
export async function readEntries(
  pages: AsyncIterable<Page>,
  read: (json: unknown) => Place | null,
): Promise<Omit<Level, "place">> {
  const entries: Place[] = [];
  let isAll = true;
  for await (const { items, isLast } of pages) {
    for (const item of items) {
      const place = read(item);
      if (place !== null) entries.push(place);
    }
    isAll = isLast;
  }
  return { entries, isAll };
}

/** Statuses by which a service says that an id is not one of this kind, or not for this token. */
const UNKNOWN = [400, 403, 404, 422];

/** What one attempt after the other says of an id whose kind nobody knows. */
export interface Search {
  /** What `read` gives; null where the service does not know the id as that. */
  attempt<T>(read: () => Promise<T>): Promise<T | null>;
  /** Why nothing was found. */
  failure(): Rejected;
}

/** Begins a search for the place with this id. */
export function searchFor(id: string, kinds: string): Search {
  let forbidden: Rejected | null = null;
  return {
    async attempt(read) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof Rejected) || !UNKNOWN.includes(error.status)) throw error;
        if (error.status === 403) forbidden ??= error;
        return null;
      }
    },
    failure: () =>
      forbidden ?? new Rejected(
        `Cannot find ${id}: it is no ${kinds} that this token may see. Look for it from the top ` +
          "with reeltime browse",
        404,
      ),
  };
}
