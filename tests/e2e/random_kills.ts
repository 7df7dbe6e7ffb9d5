/** Takes whose uploader is killed at random moments, several side by side. */
import { seededRandom } from "../support/seeded_random.ts";
import { type Kill, killedTake } from "./killed_take.ts";
import { startSandbox } from "./sandbox.ts";

/** Takes side by side; more than processors, since each waits for its disk at times. */
const LANES = 3;

/** Most kills of one take. */
const MOST_KILLS = 3;

/** Takes after which a sandbox is thrown away with its files, so that a thousand kills fit on a disk. */
const TAKES_OF_A_SANDBOX = 10;

/** Kills the uploader `count` times; every take must arrive. @returns What each kill cost. */
export async function killAtRandom(count: number, seed: number): Promise<Kill[]> {
  const kills: Kill[] = [];
  let left = count;
  let takes = 0;
  let failure: Error | null = null;

  async function lane(): Promise<void> {
    while (left > 0 && failure === null) {
      await using sandbox = await startSandbox();
      for (let i = 0; i < TAKES_OF_A_SANDBOX && left > 0 && failure === null; i++) {
        const take = ++takes;
        const chance = seededRandom(seed + take);
        const wanted = Math.min(1 + Math.floor(chance.fraction() * MOST_KILLS), left);
        left -= wanted;
        try {
          const done = await killedTake(sandbox, `take ${take}.mov`, wanted, chance);
          left += wanted - done.length; // it was too quick for some
          kills.push(...done);
        } catch (error) {
          const { message } = error as Error;
          failure ??= new Error(`take ${take} of SEED=${seed}: ${message}`, { cause: error });
        }
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
  if (failure !== null) throw failure;
  return kills;
}
