import { join } from "@std/path";
import { createHash } from "node:crypto";
import { recordingOf } from "../../src/config.ts";
import type { PublishedEvent } from "../../src/events.ts";
import { apiCaller } from "../../src/frameio/api.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import { userRoute } from "../../src/frameio/realtime.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { systemDisk } from "../../src/runtime/disk.ts";
import { openEventStore } from "../../src/runtime/event_store.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { lockRecording } from "../../src/runtime/lock.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import { systemRangeDigest } from "../../src/runtime/range_digest.ts";
import { type SandboxOptions, startSandbox } from "../../src/sandbox/server.ts";
import { createEventBus } from "../../src/take/bus.ts";
import { createStudio, type Studio } from "../../src/take/studio.ts";
import type { TakeRoom } from "../../src/take/desk.ts";
import type { TakeOutcome } from "../../src/take/outcome.ts";
import { createLanes } from "../../src/transfer/lanes.ts";

/** What the sandbox lists of an asset. */
export interface ListedAsset {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly size: number | null;
  readonly sha256: string | null;
  readonly parts: readonly {
    readonly number: number;
    readonly size: number;
    readonly storedAt: string | null;
    readonly putCount: number;
  }[];
}

/** The real parts of the program around one folder, with a real sandbox on a free port. */
export interface House extends AsyncDisposable {
  readonly folder: string;
  readonly sandboxUrl: string;
  /** Every event so far. */
  readonly events: PublishedEvent[];
  /** A path in the house's folder. */
  path(name: string): string;
  /** Uploads recordings; ends when each take has ended. */
  upload(paths: readonly string[], options?: UploadOptions): Upload;
  assets(): Promise<ListedAsset[]>;
  /** Resolves when an upload has looked at its first recording `count` more times. */
  turns(upload: Upload, count: number): Promise<void>;
}

/** How to upload. */
export interface UploadOptions {
  readonly idleMs?: number;
  readonly abandonMs?: number;
  readonly lanes?: number;
  readonly stay?: boolean;
  readonly correct?: boolean;
  /** Puts other doors in the place of some real ones, for faults. */
  readonly doors?: (real: TakeRoom) => Partial<TakeRoom>;
}

/** An upload under way. */
export interface Upload {
  readonly studio: Studio;
  readonly done: Promise<TakeOutcome[]>;
  /** Suspends, as Ctrl-C does. */
  stop(): Promise<TakeOutcome[]>;
  /** Calls back at each event, at once: before the take goes on. */
  on(listener: (event: PublishedEvent) => void): void;
  /** The first event of this upload that fits, past or to come. */
  seen(fits: (event: PublishedEvent) => boolean): Promise<PublishedEvent>;
}

/** Opens a house in a temporary folder. */
export async function openHouse(sandboxOptions: Partial<SandboxOptions> = {}): Promise<House> {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-test-" });
  const stateFolder = join(folder, "state");
  await Deno.mkdir(stateFolder);
  const sandbox = await startSandbox({
    dir: join(folder, "sandbox"),
    hostname: "127.0.0.1",
    port: 0,
    ...sandboxOptions,
  });
  const store = openEventStore(stateFolder);
  const digests = systemRangeDigest();
  const events: PublishedEvent[] = [];
  const call = apiCaller(systemHttp, { baseUrl: sandbox.baseUrl, tokens: fixedToken("sandbox") });

  function upload(paths: readonly string[], options: UploadOptions = {}): Upload {
    const abort = new AbortController();
    const bus = createEventBus(systemClock);
    bus.on((event) => events.push(event));
    const real: TakeRoom = {
      clock: systemClock,
      random: systemRandom,
      disk: systemDisk,
      digests,
      routeName: "user",
      api: userRoute(call, "root"),
      journal: openJournal(store, systemClock),
      bus,
      lanes: createLanes(options.lanes ?? 5),
      quiet: { idleMs: options.idleMs ?? 60_000, abandonMs: options.abandonMs ?? 3_600_000 },
    };
    const room = { ...real, ...options.doors?.(real) };
    const targets = paths.map((path) => recordingOf(path, undefined));
    const studio = createStudio(room, targets, {
      stay: options.stay ?? false,
      correct: options.correct ?? false,
      lock: (path) => lockRecording(stateFolder, path),
    }, abort.signal);
    const done = studio.run();
    return {
      studio,
      done,
      stop() {
        abort.abort();
        return done;
      },
      on: (listener) => void bus.on(listener),
      seen(fits) {
        const past = bus.since(0).events.find(fits);
        if (past !== undefined) return Promise.resolve(past);
        return new Promise((resolve) => {
          const off = bus.on((event) => {
            if (!fits(event)) return;
            off();
            resolve(event);
          });
        });
      },
    };
  }

  return {
    folder,
    sandboxUrl: sandbox.baseUrl,
    events,
    path: (name) => join(folder, name),
    upload,
    async assets() {
      const answer = await fetch(`${sandbox.baseUrl}/sandbox/assets`);
      return ((await answer.json()) as { assets: ListedAsset[] }).assets;
    },
    async turns(upload, count) {
      const sightOf = () => upload.studio.shown()[0]?.snapshot.sight;
      for (let turn = 0, last = sightOf(); turn < count; turn++, last = sightOf()) {
        while (sightOf() === last) await systemClock.sleep(10);
      }
    },
    async [Symbol.asyncDispose]() {
      await sandbox.shutdown();
      digests.close();
      store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** SHA-256 of a file, 64 hex digits, read in pieces. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of (await Deno.open(path)).readable) hash.update(bytes);
  return hash.digest("hex");
}

/** Resolves when the parts from 2 to `lastPart` are all stored. */
export async function storedUpTo(upload: Upload, lastPart: number): Promise<void> {
  for (let number = 2; number <= lastPart; number++) {
    await upload.seen((event) => event.type === "part.stored" && event.number === number);
  }
}
