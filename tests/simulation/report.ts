import type { Result } from "./simulate.ts";

/** One world in one line, with nothing of the wall clock in it. */
export function lineOf({ seed, hash, takes, faults, violations }: Result): string {
  const count = [...faults.values()].reduce((sum, times) => sum + times, 0);
  return `seed ${seed} log ${hash} takes ${takes} faults ${count} violations ${violations.length}`;
}

/** What a world's program got wrong, a line each. */
export function violationsOf({ seed, violations }: Result): string[] {
  return violations.map((what) => `VIOLATION seed ${seed}: ${what}`);
}

/** Many worlds in sum. */
export interface Sum {
  worlds: number;
  takes: number;
  recordingHours: number;
  virtualMs: number;
  starts: number;
  crashes: number;
  readonly faults: Map<string, number>;
  readonly violations: string[];
}

/** The sum of nothing. */
export function emptySum(): Sum {
  return {
    ...{ worlds: 0, takes: 0, recordingHours: 0, virtualMs: 0, starts: 0, crashes: 0 },
    ...{ faults: new Map(), violations: [] },
  };
}

/** Adds a world. */
export function add(sum: Sum, result: Result): void {
  sum.worlds++;
  sum.takes += result.takes;
  sum.recordingHours += result.recordingHours;
  sum.virtualMs += result.virtualMs;
  sum.starts += result.starts;
  sum.crashes += result.crashes;
  for (const [name, times] of result.faults) {
    sum.faults.set(name, (sum.faults.get(name) ?? 0) + times);
  }
  sum.violations.push(...violationsOf(result));
}

/** The sum in lines. @param realMs How long it took, on all processors side by side. */
export function linesOf(sum: Sum, realMs: number): string[] {
  const faults = [...sum.faults].sort(([a], [b]) => a.localeCompare(b));
  const restarts = sum.starts - sum.worlds;
  return [
    "faults put in, by kind:",
    ...faults.map(([name, times]) => `  ${String(times).padStart(10)}  ${name}`),
    `worlds ${sum.worlds}, takes ${sum.takes}, recording-hours ${sum.recordingHours.toFixed(1)}`,
    `crashes ${sum.crashes}, restarts ${restarts}, ` +
    `faults ${faults.reduce((all, [, times]) => all + times, 0)}`,
    `simulated ${(sum.virtualMs / 3_600_000).toFixed(0)} h in ${
      (realMs / 60_000).toFixed(1)
    } min: ` +
    `${Math.round(sum.virtualMs / realMs)} times as fast as life`,
    `violations ${sum.violations.length}`,
  ];
}
