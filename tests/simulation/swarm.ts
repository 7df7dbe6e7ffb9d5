import { add, emptySum, linesOf } from "./report.ts";
import type { Result } from "./simulate.ts";

/** How to run a swarm. */
export interface SwarmOptions {
  readonly minutes: number;
  readonly fromSeed: number;
  /** Workers side by side; each has one seed at a time. */
  readonly workers: number;
}

/** How often a swarm tells how far it is. */
const TELL_EVERY_MS = 60_000;

/**
 * Runs one world after the other on every worker until the time is over.
 *
 * @returns Whether every world kept every promise.
 */
export async function runSwarm(
  { minutes, fromSeed, workers }: SwarmOptions,
  print: (text: string) => void,
): Promise<boolean> {
  const beganMs = performance.now();
  const sum = emptySum();
  let nextSeed = fromSeed;
  let toldMs = beganMs;

  function take(result: Result): void {
    add(sum, result);
    for (const what of result.violations) print(`VIOLATION seed ${result.seed}: ${what}`);
    const nowMs = performance.now();
    if (nowMs - toldMs < TELL_EVERY_MS) return;
    toldMs = nowMs;
    print(
      `${Math.round((nowMs - beganMs) / 60_000)} min: seed ${result.seed}, takes ${sum.takes}, ` +
        `recording-hours ${sum.recordingHours.toFixed(1)}, violations ${sum.violations.length}`,
    );
  }

  function work(): Promise<void> {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const next = () => {
      if (performance.now() - beganMs < minutes * 60_000) worker.postMessage(nextSeed++);
      else resolve();
    };
    worker.onmessage = ({ data }: MessageEvent<Result>) => {
      take(data);
      next();
    };
    worker.onerror = (event) => reject(new Error(`A worker failed: ${event.message}`));
    next();
    return promise.finally(() => worker.terminate());
  }

  await Promise.all(Array.from({ length: workers }, work));
  linesOf(sum, performance.now() - beganMs).forEach(print);
  print(`seeds ${fromSeed} to ${nextSeed - 1}`);
  return sum.violations.length === 0;
}
