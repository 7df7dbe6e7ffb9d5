import { seededRandom } from "../support/seeded_random.ts";

/** The one source of chance of a simulated world: the same seed gives the same draws. */
export interface Chance {
  /** A number in [0, 1). */
  fraction(): number;
  /** True with this probability. */
  happens(probability: number): boolean;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** A whole number from `least` to `most` whose logarithm is spread evenly: small ones are common. */
  spread(least: number, most: number): number;
  /** One of these. */
  pick<T>(from: readonly T[]): T;
  /** One of these, as often as its weight says. */
  weigh<T>(from: readonly (readonly [weight: number, value: T])[]): T;
  /** `digits` hexadecimal digits. */
  hex(digits: number): string;
  /** A source of its own: what one part of the world draws does not shift what another one draws. */
  fork(): Chance;
}

/** Chance from a seed, a whole number below 2^32. */
export function chanceOf(seed: number): Chance {
  const { fraction, hex } = seededRandom(seed);
  const whole = (least: number, most: number) =>
    least + Math.floor(fraction() * (most - least + 1));
  return {
    fraction,
    hex,
    happens: (probability) => fraction() < probability,
    whole,
    spread: (least, most) =>
      Math.min(most, Math.floor(least * Math.exp(fraction() * Math.log((most + 1) / least)))),
    pick: (from) => from[whole(0, from.length - 1)]!,
    weigh(from) {
      let at = fraction() * from.reduce((sum, [weight]) => sum + weight, 0);
      return (from.find(([weight]) => (at -= weight) < 0) ?? from.at(-1)!)[1];
    },
    fork: () => chanceOf(Math.floor(fraction() * 2 ** 32)),
  };
}
