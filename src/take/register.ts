import { Limit, Rejected, TokenExpired, Unavailable } from "../errors.ts";
import type { CreatedAsset, NewAsset } from "../frameio/route.ts";
import type { Entry } from "../journal/journal.ts";
import type { Step } from "./decide.ts";
import { assetId, type Desk } from "./desk.ts";
import { patiently } from "./patiently.ts";

/** Assets that one take may leave behind before it gives up. */
const MOST_FORMER_ASSETS = 5;

/**
 * Refusals of a repeated registration that are about the part itself; 0: a route that gives no other
 * URL. A plan's limit or a missing permission can be mended, and the asset goes on.
 */
const GIVES_NO_URL: readonly number[] = [0, 400, 404, 409, 422];

/** Creates the take's asset. */
export async function createAsset(desk: Desk, signal: AbortSignal): Promise<void> {
  const { state, room } = desk;
  if (state.asset.at === "requested") {
    desk.publish({
      type: "take.warned",
      message: `The answer to an earlier request to create ${state.name} was lost: an empty ` +
        "placeholder of that name may stand in the folder. Delete it there",
    });
  }
  desk.fact({ type: "asset.requested" });
  const asset = await room.api.createAsset(newAsset(desk), signal).catch(async (error) => {
    // A refusal is an answer: nothing was created.
    const isRefused = error instanceof TokenExpired ||
      (error instanceof Rejected && error.status > 0);
    const isMissed = error instanceof Unavailable && error.notCarriedOut;
    if (isRefused || isMissed) {
      await patiently(desk, signal, () => desk.fact({ type: "asset.missed" }));
    }
    throw error;
  });
  const { id: assetId, name, filetype, parts, viewUrl } = asset;
  const created: Entry = {
    event: {
      type: "asset.created",
      assetId,
      name,
      filetype,
      route: room.routeName,
      ...(room.destination === undefined ? {} : { destination: room.destination }),
      ...(viewUrl === undefined ? {} : { viewUrl }),
    },
  };
  const receivedAtMs = room.clock.now();
  await patiently(desk, signal, () => {
    if (state.cancelled) return desk.record(created); // no URL is kept of what is given up
    desk.record(created, ...partEntries(parts ?? []));
    parts?.forEach(({ url }, i) => void desk.urls.set(i + 1, { url, receivedAtMs }));
  });
}

function newAsset({ state, room, sight }: Desk): NewAsset {
  const { sizeBytes, bornMs } = sight!.facts; // nothing is created before the first look
  const ageMs = room.clock.now() - (bornMs ?? room.clock.now());
  return {
    name: state.name,
    filetype: state.filetype,
    sizeBytes: room.api.takes === "growing"
      ? null
      : Math.min(sizeBytes, state.finishAskedBytes ?? Infinity),
    ageSeconds: Math.max(0, Math.floor(ageMs / 1000)), // a clock may have been set back
  };
}

/** Parts that came with the asset: declared and registered in one stroke, the last one being the final. */
function partEntries(parts: NonNullable<CreatedAsset["parts"]>): Entry[] {
  const totalBytes = parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return parts.flatMap(({ sizeBytes, url }, i): Entry[] => {
    const number = i + 1;
    const isFinal = number === parts.length;
    const total = isFinal ? { totalBytes } : {};
    return [
      { event: { type: "part.planned", number, sizeBytes, isFinal, ...total } },
      { event: { type: "part.registered", number }, url },
    ];
  });
}

/**
 * Leaves an asset that can never be completed; the next decision creates a second one. Nothing of the
 * old one may be under way any more.
 *
 * @throws Rejected when that has happened too often.
 */
export function abandonAsset(desk: Desk, reason: string): void {
  if (desk.state.formerAssets.length >= MOST_FORMER_ASSETS) {
    throw new Rejected(`Cannot complete any asset of ${desk.state.name}: ${reason}`, 0);
  }
  desk.fact({ type: "asset.abandoned", assetId: assetId(desk), reason });
  desk.urls.clear();
  desk.verifiedAt.clear();
  desk.refusal = null;
}

/**
 * Declares parts and keeps their URLs. New parts are written down before the call: should its answer
 * be lost, they are asked for again with the same number, size and flag.
 */
export async function register(
  desk: Desk,
  { parts, totalBytes, again }: Step & { do: "register" },
  signal: AbortSignal,
): Promise<void> {
  if (!again) {
    desk.record(...parts.map(({ number, sizeBytes, isFinal }): Entry => ({
      event: {
        type: "part.planned",
        number,
        sizeBytes,
        isFinal,
        ...(isFinal && totalBytes !== null ? { totalBytes } : {}),
      },
    })));
  }
  try {
    const presigned = await desk.room.api.registerParts(
      assetId(desk),
      parts,
      totalBytes,
      signal,
    );
    const receivedAtMs = desk.room.clock.now();
    await patiently(desk, signal, () => {
      if (desk.state.cancelled) return;
      desk.record(...presigned.map(({ part, url }): Entry => ({
        event: { type: "part.registered", number: part.number },
        url,
      })));
      for (const { part, url } of presigned) desk.urls.set(part.number, { url, receivedAtMs });
    });
  } catch (error) {
    if (!again || !(error instanceof Rejected) || !GIVES_NO_URL.includes(error.status)) throw error;
    // The service knows the part but gives no other URL: this asset can never be completed. Where all
    // URLs come with the asset, the next one would come no further over the same uplink.
    if (desk.urlsRanOut && desk.room.api.takes === "finished") throw new Limit(outrun(desk));
    desk.urlsRanOut = true;
    desk.refusal = `the service gives no new upload URL. ${error.message}`;
  }
}

function outrun({ state: { name } }: Desk): string {
  return `Cannot upload ${name} this way: its upload URLs have run out twice before all of it was ` +
    "stored, and no others are given. Give this take up and upload the file with reeltime --watch, as " +
    "a paired device or with a developer token: URLs are asked for part by part there";
}
