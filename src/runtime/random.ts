/** The door to chance: jitter and fresh names. */
export interface Random {
  /** A number in [0, 1). */
  fraction(): number;
  /** A fresh identifier of `digits` hexadecimal digits. */
  hex(digits: number): string;
}

/** Chance as this machine gives it. */
export const systemRandom: Random = {
  fraction: () => Math.random(),
  hex(digits) {
    const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil(digits / 2)));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("").slice(0, digits);
  },
};
