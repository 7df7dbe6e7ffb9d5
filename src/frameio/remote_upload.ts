import { Rejected, Unavailable } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { statusWords, type UploadStatus } from "./asset_status.ts";
import type { RemoteAsset, RemoteFile, RemoteRoute } from "./remote_route.ts";

/** What a remote upload is followed with. */
export interface RemoteRoom {
  readonly clock: Clock;
  /** Told how it goes. */
  readonly say: (words: string) => void;
  /** How long to wait after a failed attempt, in milliseconds; `attempt` is 1 or more. */
  readonly delayMs: (error: Unavailable, attempt: number) => number;
  readonly signal: AbortSignal;
}

/** First wait between two looks at the status, in milliseconds; the route allows 5 a second. */
const FIRST_WAIT_MS = 1000;

/** Longest wait, in milliseconds. */
const MOST_WAIT_MS = 30_000;

/** How long a remote upload is followed, in milliseconds: 50 GB arrive in a day at 5 Mbit/s. */
const MOST_FOLLOW_MS = 24 * 60 * 60 * 1000;

/**
 * Has Frame.io fetch a file, and follows that to its end.
 *
 * @throws Rejected if the service refuses it, or cannot fetch it.
 * @throws Unavailable if the answer to the create call was lost, so that nobody knows whether the
 * service took it on, or if it is not done after {@linkcode MOST_FOLLOW_MS}.
 */
export async function remoteUpload(
  route: RemoteRoute,
  file: RemoteFile,
  room: RemoteRoom,
): Promise<RemoteAsset> {
  const { clock, say, signal } = room;
  const host = new URL(file.url).host;
  const taken = await untilTaken(() => route.create(file, signal), file, room);
  const { asset } = taken;
  say(`Frame.io fetches ${asset.name} from ${host} as asset ${asset.id}`);
  const beganMs = clock.monotonicMs();
  let failures = 0;
  let told: UploadStatus["is"] | null = null;
  for (let waitMs = FIRST_WAIT_MS;; waitMs = Math.min(2 * waitMs, MOST_WAIT_MS)) {
    let pauseMs = waitMs;
    try {
      const status = await taken.status(signal);
      failures = 0;
      if (status.is !== told) say(`${asset.name}: ${statusWords(status)}`);
      told = status.is;
      if (told === "complete") return asset;
      if (told === "failed") throw fetchFailed(asset, host, route.most);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      pauseMs = Math.max(waitMs, room.delayMs(error, ++failures));
      say(withoutAddresses(error.message));
    }
    if (clock.monotonicMs() - beganMs + pauseMs > MOST_FOLLOW_MS) {
      throw new Unavailable(
        `Cannot wait any longer for ${asset.name} from ${host}: Frame.io still fetches it. Ask later ` +
          `with reeltime status ${asset.id}`,
        "api_fault",
      );
    }
    await clock.sleep(pauseMs, signal);
  }
}

/** Tries again only while the service certainly has not taken it on: a second asset would be a twin. */
async function untilTaken<T>(create: () => Promise<T>, file: RemoteFile, room: RemoteRoom) {
  for (let failures = 1;; failures++) {
    try {
      return await create();
    } catch (error) {
      if (error instanceof Rejected) {
        throw new Rejected(withoutAddresses(error.message), error.status, {
          about: error.about.map(withoutAddresses),
        });
      }
      if (!(error instanceof Unavailable)) throw error;
      const message = withoutAddresses(error.message);
      if (!error.notCarriedOut) {
        throw new Unavailable(
          `${message}. Frame.io may have taken ${file.name} on all the same: look into the folder ` +
            "before running the same command again",
          error.outage,
        );
      }
      room.say(message);
      await room.clock.sleep(room.delayMs(error, failures), room.signal);
    }
  }
}

/** The service may repeat the address it was given, which is often a secret of its own. */
function withoutAddresses(text: string): string {
  return text.replace(/https?(:|%3A)\S*/gi, "***");
}

function fetchFailed(asset: RemoteAsset, host: string, most: string | null): Rejected {
  return new Rejected(
    `Cannot upload ${asset.name} from ${host}: Frame.io could not fetch it. The address must be open ` +
      `to everyone without a login${most === null ? "" : `, and the file hold at most ${most}`}`,
    0,
  );
}
