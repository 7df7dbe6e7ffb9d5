import type { MiddlewareHandler } from "hono";
import type { Assembler } from "./assemble.ts";
import type { PartFiles } from "./parts_on_disk.ts";
import type { RealS3 } from "./real_s3.ts";
import type { Store } from "./store.ts";

/** Notices which parts have come to a real S3 server: it tells nobody, so it is asked. */
export interface S3Arrivals {
  /** A URL of this asset was given out: from its final part on the server is asked until all are there. */
  expect(assetId: string): void;
  /** Asks now. What the server says then is in the store when this returns. */
  look(assetId: string): Promise<void>;
  /** Ends asking, and waits for what is under way. */
  stop(): Promise<void>;
}

/** First pause between two questions, in milliseconds; each that brings nothing new doubles the next. */
const FIRST_PAUSE_MS = 100;
/** Longest pause, in milliseconds. */
const MOST_PAUSE_MS = 5_000;
/** How often in a row nothing new may be heard, about ten minutes; after that only who asks for the asset
 * makes us ask. */
const MOST_VAIN_LOOKS = 120;

/** @param onFailure Told of a server that does not answer, and of an object with a wrong size. */
export function watchArrivals(
  { store, s3, assembler, onFailure }: {
    readonly store: Store;
    readonly s3: RealS3;
    readonly assembler: Assembler;
    readonly onFailure: (error: Error) => void;
  },
): S3Arrivals {
  const stopped = new AbortController();
  const running = new Map<string, Promise<void>>();
  const complaints = new Set<string>();

  /** True while parts are missing that the sandbox itself does not fetch. */
  function isOpen(assetId: string): boolean {
    const asset = store.asset(assetId);
    return asset !== null && asset.kind !== "remote" && !store.isSealed(assetId);
  }

  /** @returns Whether a part was there that was not before. */
  async function ask(assetId: string): Promise<boolean> {
    if (!isOpen(assetId)) return false;
    const found = await s3.list(assetId);
    // From here to the seal nothing waits: whoever else asks finds it sealed.
    if (stopped.signal.aborted || !isOpen(assetId)) return false;
    const arrived = store.parts(assetId).filter(({ number, sizeBytes, storedAt }) => {
      const object = found.get(number);
      if (object === undefined || storedAt !== null) return false;
      if (object.sizeBytes === sizeBytes) return true;
      complain(
        `Part ${number} of asset ${assetId} has ${object.sizeBytes} bytes on the server, but ` +
          `was registered with ${sizeBytes}`,
      );
      return false;
    });
    for (const { number } of arrived) {
      store.recordPut(assetId, number, found.get(number)!.storedAt);
    }
    if (store.isSealed(assetId)) assembler.begin(assetId);
    return arrived.length > 0;
  }

  function complain(words: string): void {
    if (complaints.has(words) || complaints.size > 1000) return;
    complaints.add(words);
    onFailure(new Error(words));
  }

  async function look(assetId: string): Promise<boolean> {
    try {
      return await ask(assetId);
    } catch (error) {
      if (!stopped.signal.aborted) {
        complain(`Cannot ask the S3 server for asset ${assetId}: ${(error as Error).message}`);
      }
      return false;
    }
  }

  async function follow(assetId: string): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    for (let vain = 0; vain < MOST_VAIN_LOOKS && isOpen(assetId); vain++) {
      await pause(pauseMs, stopped.signal);
      if (stopped.signal.aborted) return;
      const isNew = await look(assetId);
      if (isNew) vain = 0;
      pauseMs = isNew ? FIRST_PAUSE_MS : Math.min(2 * pauseMs, MOST_PAUSE_MS);
    }
  }

  return {
    expect(assetId) {
      // Without its final part an asset cannot become whole, whatever has come.
      if (store.asset(assetId)?.sizeBytes === null || running.has(assetId)) return;
      const work = follow(assetId).finally(() => running.delete(assetId));
      running.set(assetId, work);
    },
    async look(assetId) {
      await look(assetId);
    },
    async stop() {
      stopped.abort();
      await Promise.all(running.values());
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

/**
 * Parts that clients put onto a real S3 server; on disk those of the assets that the sandbox itself fetches.
 */
export function partsInS3(s3: RealS3, disk: PartFiles, store: Store): PartFiles {
  return {
    write: disk.write,
    read(assetId, number) {
      const isFetched = store.asset(assetId)?.kind === "remote";
      return (isFetched ? disk : s3).read(assetId, number);
    },
  };
}

/** Looks for an asset's parts before anybody is told of it, or of all. To be mounted before the routes. */
export function lookWhenAsked(store: Store, arrivals: S3Arrivals): MiddlewareHandler {
  return async (c, next) => {
    const words = c.req.path.split("/");
    const isList = c.req.path === "/sandbox/assets";
    const asked = isList
      ? store.assets()
      : words.map(store.asset).filter((asset) => asset !== null);
    for (const { id } of asked) await arrivals.look(id);
    await next();
  };
}
