import { systemClock } from "./clock.ts";

/**
 * How far hints lie apart at least, in milliseconds. Sound recorders write thousands of times a second,
 * and each hint makes somebody look.
 */
export const HINT_EVERY_MS = 50;

/** Calls `onHint` when something changes in a folder of this machine: see `Disk.watch` in disk.ts. */
export function watchFolder(folder: string, onHint: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(folder, { recursive: false });
  } catch {
    return; // No such folder yet, or no more watches to be had: polling is the truth anyway.
  }
  signal.addEventListener("abort", () => watcher.close(), { once: true });
  let isResting = false;
  let isNews = false;
  const hint = () => {
    isResting = true;
    isNews = false;
    systemClock.sleep(HINT_EVERY_MS, signal).then(() => {
      isResting = false;
      if (isNews) hint();
    }, () => {});
    onHint();
  };
  (async () => {
    for await (const _ of watcher) {
      if (isResting) isNews = true;
      else hint();
    }
  })().catch(() => {});
}
