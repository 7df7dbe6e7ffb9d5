import type { TokenFile } from "../../src/runtime/token_file.ts";
import type { Life } from "./life.ts";
import type { StateFolder } from "./twin_store.ts";

/** How often a process looks whether another one has let go, in milliseconds. */
const LOOK_MS = 25;

/** A file of secrets in a simulated state folder. What is replaced is on disk when that returns. */
export function twinTokenFile(life: Life, folder: StateFolder, name: string): TokenFile {
  const path = `/state/${name}.json`;

  async function locked<T>(work: () => Promise<T>): Promise<T> {
    for (let holder = folder.locks.get(path); holder && !holder.isDead;) {
      await life.pause(LOOK_MS);
      holder = folder.locks.get(path);
    }
    folder.locks.set(path, life);
    try {
      return await work();
    } finally {
      if (folder.locks.get(path) === life) folder.locks.delete(path);
    }
  }

  return {
    path,
    read: () => life.pass(() => Promise.resolve(structuredClone(folder.files.get(name) ?? null))),
    replace: (value) =>
      life.pass(() => {
        folder.files.set(name, structuredClone(value));
        return Promise.resolve();
      }),
    remove: () => life.pass(() => Promise.resolve(folder.files.delete(name))),
    exclusively: (work) => life.pass(() => locked(work)),
  };
}
