/** What happened to a take, in words for people: one place for the page, the API and the terminal. */
import type { EndedBy, TakeEvent } from "../events.ts";
import { duration, size } from "./page/words.js";

/** The evidence that ended a take, in words. */
export const EVIDENCE: Readonly<Record<EndedBy, string>> = {
  operator: "a person pressed finish",
  container: "the file's own bytes say that its recorder finished it",
  idle: "nothing was written any more, in a format without an end mark",
  writer_gone: "no program has the file open for writing any more",
  abandoned: "nothing was written for so long that its recorder is taken for dead",
  deleted: "the file was deleted; its bytes were read through the open handle",
};

/**
 * The event as one sentence, or null for what only figures tell: growth, and parts that go through as
 * they should.
 */
export function wordsOfEvent(event: TakeEvent): string | null {
  switch (event.type) {
    case "take.started":
      return `The recording ${event.name} was found`;
    case "take.resumed":
      return `The take goes on; ${size(event.storedBytes)} are stored already`;
    case "take.recalled":
      return "It was finalized by an earlier run and is unchanged";
    case "asset.created":
      return `The asset ${event.assetId} was created`;
    case "asset.abandoned":
      return `The asset ${event.assetId} was left behind: ${event.reason}`;
    case "recording.shifted":
      return `The recorder moved all media by ${size(event.byBytes)} to put its index in front`;
    case "recording.quieted":
      return `Nothing was written for ${duration(event.quietMs / 1000)}, but the take may go on`;
    case "finish.asked":
      return `A person pressed finish at ${size(event.sizeBytes)}`;
    case "finish.withdrawn":
      return event.cutToBytes === undefined
        ? "The recorder has just stopped by itself: the take ends with its file, whole"
        : `The file was cut to ${size(event.cutToBytes)}, less than was to be finished: what is ` +
          "recorded into it now is taken up whole";
    case "recording.ended":
      return `The recording ended at ${size(event.sizeBytes)}: ${EVIDENCE[event.by]}`;
    case "part.changed":
      return `Part ${event.number} was rewritten by the recorder and goes again`;
    case "part.delayed":
      return `${event.message}. Part ${event.number} goes again in ${wait(event.retryInMs)}`;
    case "service.delayed":
      return `${event.message}. Next try in ${wait(event.retryInMs)}`;
    case "take.finalized":
      return `The last of ${size(event.sizeBytes)} was in` +
        (event.tailMs === null
          ? ""
          : `, ${duration(event.tailMs / 1000)} after the recorder's last write`);
    case "take.verified":
      return "Every byte was read again and equals what is stored";
    case "asset.completed":
      return "The asset reads back as complete";
    case "recording.changed_after_final":
      return `The file changed after its last part, to ${size(event.sizeBytes)}`;
    case "take.warned":
    case "take.suspended":
    case "take.failed":
      return event.message;
    case "take.paused":
      return "A person paused the take";
    case "take.unpaused":
      return "A person let the take go on";
    case "take.cancelled":
      return "A person gave the take up; what is stored stays in an asset that is never complete";
    default:
      return null;
  }
}

function wait(delayMs: number): string {
  return duration(delayMs / 1000);
}
