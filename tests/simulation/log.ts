/** The log of a world: everything that happened, in order. Its hash tells two runs apart. */
export interface Log {
  note(line: string): void;
  /** Of every line so far, 16 hex digits. */
  hash(): string;
  /** The lines, where they are kept. */
  readonly lines: readonly string[];
}

/** @param keeps Whether lines are kept to be shown; a swarm keeps the hash alone. */
export function createLog(nowMs: () => number, keeps: boolean): Log {
  const lines: string[] = [];
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  return {
    lines,
    note(line) {
      const timed = `${nowMs().toFixed(3)} ${line}`;
      if (keeps) lines.push(timed);
      for (let i = 0; i < timed.length; i++) {
        const code = timed.charCodeAt(i);
        high = Math.imul(high ^ code, 0x9e3779b1);
        low = Math.imul(low ^ code, 0x5f356495);
      }
      high ^= high >>> 15;
      low ^= (low >>> 13) ^ high;
    },
    hash: () => [high, low].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(""),
  };
}
