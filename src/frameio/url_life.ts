/** How long a presigned URL lives where it does not say so itself, in milliseconds: 24 h (V2 guide). */
export const DEFAULT_URL_LIFE_MS = 24 * 60 * 60 * 1000;

/** A URL this close to its end is renewed before it is used, in milliseconds. */
const URL_MARGIN_MS = 5 * 60 * 1000;

/**
 * Whether a presigned URL should be renewed before a PUT begins. Its life is counted from the moment
 * we received it, by our own clock: a capture machine's clock may be hours off the signer's.
 *
 * @param url Holds `X-Amz-Expires` in seconds (AWS Signature Version 4, query string).
 * @param receivedAtMs When it came, wall clock.
 */
export function needsRenewal(url: string, receivedAtMs: number, nowMs: number): boolean {
  const lifeMs = lifeOf(url);
  // A short-lived URL keeps most of its life: the margin is at most a tenth of it.
  return nowMs - receivedAtMs > lifeMs - Math.min(URL_MARGIN_MS, lifeMs / 10);
}

/**
 * Whether a presigned URL was over at a moment, by what stands in the URL itself.
 *
 * @param url Holds `X-Amz-Date` and `X-Amz-Expires` (AWS Signature Version 4, query string).
 * @param atMs By the clock of whoever accepts the URL: ours may be hours off the signer's.
 * @returns False where the URL does not say when it ends.
 */
export function isOver(url: string, atMs: number): boolean {
  const [, date, time] = /[?&]X-Amz-Date=(\d{8})T(\d{6})Z(?:&|$)/.exec(url) ?? [];
  const expires = /[?&]X-Amz-Expires=(\d+)/.exec(url)?.[1];
  if (date === undefined || time === undefined || expires === undefined) return false;
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)];
  const [hour, minute, second] = [time.slice(0, 2), time.slice(2, 4), time.slice(4)];
  const signedAtMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return atMs >= signedAtMs + Number(expires) * 1000;
}

function lifeOf(url: string): number {
  // Looked at for every part at every turn: a search is enough, the URL need not be taken apart.
  const seconds = Number(/[?&]X-Amz-Expires=(\d+)/.exec(url)?.[1] ?? NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : DEFAULT_URL_LIFE_MS;
}
