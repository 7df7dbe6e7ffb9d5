import { Config, Limit, Rejected, Unavailable } from "../errors.ts";
import type { Folders } from "./folders.ts";
import { MOST_PAGES } from "./pages.ts";
import type { AssetRoute } from "./route.ts";

/** Longest name of a folder, in characters (V4 API, create folder: `name`). */
const MOST_NAME_CHARACTERS = 255;

/** Folders below each other in one path. No bound is documented; nobody means more. */
const MOST_FOLDERS = 32;

/**
 * Reads `Day 3/A-Cam` as the names of folders below each other.
 *
 * @throws Config for a path that names none, steps up, or is out of bounds.
 */
export function parseFolderPath(text: string): string[] {
  const names = text.split("/").map((name) => name.trim()).filter((name) => name !== "");
  const refuse = (why: string) => new Config(`Cannot use --folder-path ${text}: ${why}`);
  if (names.length === 0) throw refuse(`name folders, for example "Day 3/A-Cam"`);
  if (names.length > MOST_FOLDERS) throw refuse(`it has more than ${MOST_FOLDERS} folders`);
  for (const name of names) {
    if (name === "." || name === "..") throw refuse(`"${name}" is no name of a folder`);
    if ([...name].length > MOST_NAME_CHARACTERS) {
      throw refuse(`a folder's name has at most ${MOST_NAME_CHARACTERS} characters`);
    }
    if (/\p{Cc}/u.test(name)) throw refuse("it holds characters that cannot be seen");
  }
  return names;
}

/**
 * Makes the function that finds the folder of a path below `rootId`, and creates what is missing. Each
 * folder is looked for once, for however many takes ask at the same time or later; an error is not
 * kept, so that the next one who asks tries again. A folder whose create answer was lost is looked for
 * before it would be created again, so no second one of that name comes about.
 *
 * Names are compared as they are, capitals and all; only one and the same letter in its two Unicode
 * forms (NFC and NFD, as macOS has it) counts as equal.
 *
 * The function throws Unavailable where the service is out of reach, Rejected where it refuses, Limit
 * where a folder holds more than can be looked through.
 *
 * @param signal Ends every search.
 */
export function folderFinder(
  folders: Folders,
  rootId: string,
  signal: AbortSignal,
): (names: readonly string[]) => Promise<string> {
  const found = new Map<string, Promise<string>>();

  async function findOrCreate(names: readonly string[]): Promise<string> {
    const parentId = await folderOf(names.slice(0, -1));
    const name = names.at(-1)!;
    return await find(folders, parentId, name, signal) ??
      await folders.create(parentId, name, signal);
  }

  function folderOf(names: readonly string[]): Promise<string> {
    if (names.length === 0) return Promise.resolve(rootId);
    const key = names.join("/").normalize();
    const known = found.get(key);
    if (known !== undefined) return known;
    const search = findOrCreate(names);
    found.set(key, search);
    search.catch(() => found.delete(key));
    return search;
  }
  return folderOf;
}

async function find(folders: Folders, parentId: string, name: string, signal: AbortSignal) {
  let isAll = true;
  for await (const { items, isLast } of folders.list(parentId, signal)) {
    for (const item of items) {
      const place = folders.read(item);
      if (place?.kind === "folder" && place.name.normalize() === name.normalize()) return place.id;
    }
    isAll = isLast;
  }
  if (isAll) return null;
  throw new Limit(
    `Cannot look for the folder ${name} in folder ${parentId}: it holds more than ${MOST_PAGES} pages. ` +
      "Name another one with --folder",
  );
}

/** Where a folder is. Told of an id that is gone, it looks anew, once for all who say so. */
export type FolderSearch = (goneId?: string) => Promise<string>;

/**
 * The search for the folder of one path.
 *
 * @param newFinder Makes a {@linkcode folderFinder} that knows nothing yet.
 */
export function searchOf(
  newFinder: () => ReturnType<typeof folderFinder>,
  names: readonly string[],
): FolderSearch {
  let find = newFinder();
  return async (goneId) => {
    const asked = find;
    const folderId = await asked(names);
    if (folderId !== goneId) return folderId;
    if (find === asked) find = newFinder();
    return await find(names);
  };
}

/**
 * A route whose folder is found, or made, when the first asset is created in it: a machine that is
 * offline at the start waits like any other take. Where somebody has deleted the folder meanwhile it is
 * made once more.
 *
 * @param routeIn The route into a folder with this id.
 * @param anywhere The same route, for what asks for no folder.
 */
export function inFolder(
  folder: FolderSearch,
  routeIn: (folderId: string) => AssetRoute,
  anywhere: AssetRoute,
): AssetRoute {
  const search = (goneId?: string) =>
    folder(goneId).catch((error) => {
      throw error instanceof Unavailable ? beforeTheAsset(error) : error;
    });
  return {
    ...anywhere,
    async createAsset(asset, signal) {
      const folderId = await search();
      try {
        return await routeIn(folderId).createAsset(asset, signal);
      } catch (error) {
        if (!(error instanceof Rejected && error.status === 404)) throw error;
        const anew = await search(folderId);
        if (anew === folderId) throw error; // it is there: something else was not found
        return await routeIn(anew).createAsset(asset, signal);
      }
    },
  };
}

/** Whatever became of a folder, no asset was asked for yet. */
function beforeTheAsset(error: Unavailable): Unavailable {
  const { message, outage, retryAfterMs } = error;
  return new Unavailable(message, outage, { cause: error, retryAfterMs, notCarriedOut: true });
}
