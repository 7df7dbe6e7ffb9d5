import type { TakeView } from "../control/view.ts";

/** How a watch ended, for exit statuses: see the README's table. */
export type WatchEnd = 0 | 1 | 3 | 4 | 130;

/** The worst that happened decides; 4 tells that the takes which were not given up are well. */
export function endOf(
  views: readonly Pick<TakeView, "phase" | "endedBy" | "finishedByRecorder">[],
): WatchEnd {
  if (views.some(({ phase }) => phase === "suspended" || phase === "waiting")) return 130;
  const kept = views.filter(({ phase }) => phase !== "cancelled");
  if (kept.some(({ phase, endedBy }) => phase !== "finalized" || endedBy === "deleted")) return 1;
  if (kept.some(({ finishedByRecorder }) => finishedByRecorder === false)) return 3;
  return kept.length < views.length ? 4 : 0;
}
