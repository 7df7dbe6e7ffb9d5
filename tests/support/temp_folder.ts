import { join } from "@std/path";

/** A folder that is gone when the test is over. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
  /** A path inside. */
  at(...names: string[]): string;
}

/** Makes a {@linkcode TempFolder}, without links in its path. */
export async function tempFolder(): Promise<TempFolder> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "reeltime-test-" }));
  return {
    path,
    at: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
