import { Unavailable } from "../errors.ts";
import { type Clock, systemClock } from "./clock.ts";

/**
 * How long a drive or share has for one answer, in milliseconds. Drives that were asleep need some 10 s
 * to spin up; and it is less than a PUT may stand still (transfer/put.ts), so that what stands still
 * because of the drive is not blamed on the network.
 */
export const ANSWER_MS = 15_000;

/**
 * Accesses under way at once in one folder. Each holds a thread, and one that hangs holds it until its
 * drive is back: Deno has 32 of them for all files (cli/lib, `max_blocking_threads`; measured), so this
 * leaves three quarters to other drives.
 */
export const MOST_AT_ONCE = 8;

/** Lets accesses of one folder through, with an end to each wait. */
export interface DiskGate {
  /**
   * Does `access`, which may wait for its turn. What it works on may be touched even after this has
   * thrown: an access cannot be called off, it is only waited for no longer.
   *
   * @param what Begins the message, such as `Cannot read /card/a.mov`.
   * @throws Unavailable once it takes longer than {@linkcode ANSWER_MS}; and at once, without an attempt,
   * while an earlier one that took longer has not come back.
   * @throws The signal's reason when it is aborted; whatever `access` throws.
   */
  pass<T>(what: string, access: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Gates by folder: a drive that hangs does so for all that lies in it, and for nothing else. */
export function createDiskGates(clock: Clock): (folder: string) => DiskGate {
  const gates = new Map<string, DiskGate>();
  return (folder) => {
    const gate = gates.get(folder) ?? createDiskGate(clock);
    gates.set(folder, gate);
    return gate;
  };
}

/** The gates of this machine's disks. */
export const systemGates = createDiskGates(systemClock);

/** Why a timer is stopped: an error made anew each time would cost more than the timer. */
const NOT_NEEDED = new Error("Nothing is waited for");

function createDiskGate(clock: Clock): DiskGate {
  let underWay = 0;
  let late = 0;
  const waitedFor = new Set<
    { readonly untilMs: number; isLate: boolean; readonly onLate: () => void }
  >();
  let nap: AbortController | null = null;
  const queue = new Set<{ readonly begin: () => void; readonly refuse: () => void }>();

  function fill(): void {
    for (const one of queue) {
      if (late === 0 && underWay >= MOST_AT_ONCE) return;
      queue.delete(one);
      if (late > 0) one.refuse();
      else one.begin();
    }
  }

  /** Has one timer for all that is waited for: thousands of reads a second would each leave one behind. */
  function watch(): void {
    nap?.abort(NOT_NEEDED);
    nap = null;
    const [oldest] = waitedFor;
    if (oldest === undefined) return;
    nap = new AbortController();
    clock.sleep(Math.max(0, oldest.untilMs - clock.monotonicMs()), nap.signal).then(
      expire,
      () => {},
    );
  }

  function expire(): void {
    const nowMs = clock.monotonicMs();
    for (const access of waitedFor) {
      if (access.untilMs > nowMs) break; // they stand in the order of their beginning
      waitedFor.delete(access);
      access.isLate = true;
      late++;
      access.onLate();
    }
    if (late > 0) fill(); // nobody waits behind a drive that does not answer
    watch();
  }

  /** @param onLate Called when the answer is not waited for any more. */
  async function timed<T>(access: () => Promise<T>, onLate: () => void): Promise<T> {
    const one = { untilMs: clock.monotonicMs() + ANSWER_MS, isLate: false, onLate };
    underWay++;
    waitedFor.add(one);
    if (nap === null) watch();
    try {
      return await access();
    } finally {
      waitedFor.delete(one);
      if (waitedFor.size === 0) watch();
      underWay--;
      if (one.isLate) late--;
      fill();
    }
  }

  return {
    async pass<T>(what: string, access: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const refuse = () => reject(unanswered(what));
      const one = { begin: () => void timed(access, refuse).then(resolve, reject), refuse };
      const leave = () => {
        queue.delete(one);
        reject(signal!.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      queue.add(one);
      fill();
      try {
        return await promise;
      } finally {
        signal?.removeEventListener("abort", leave);
      }
    },
  };
}

function unanswered(what: string): Unavailable {
  return new Unavailable(
    `${what}: its drive or share has not answered for ${
      ANSWER_MS / 1000
    } s. Check its cable or its ` +
      "network: as soon as it answers, this goes on by itself",
    "disk",
  );
}
