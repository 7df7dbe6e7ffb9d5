/** The top of the page: one word for the whole machine, why, and whether all this is still true. */
import { clock, duration, groupOf, size } from "./words.js";
import { setAttribute, write, writeFacts } from "./write.js";

const $ = (id) => document.getElementById(id);

/** What is said of the connection; only one that stands has a green dot. */
const LINKS = {
  lost: "Connection lost",
  connecting: "Connecting…",
  connected: "Connected",
  ended: "Ended",
};

const ALARMS = {
  lost: "No answer from reeltime. The figures on this page are old.",
  ended: "reeltime has ended.",
};

/**
 * Shows the machine's word; `answeredAt` is when the program last answered, `endedAt` when it said that
 * it ends, both in wall-clock milliseconds or null.
 */
export function showMachine(machine, { isStale, answeredAt, endedAt }) {
  const since = answeredAt === null ? null : clock(new Date(answeredAt));
  const link = isStale
    ? "lost"
    : endedAt !== null
    ? "ended"
    : since === null
    ? "connecting"
    : "connected";
  document.body.classList.toggle("stale", isStale);
  setAttribute($("link"), "data-link", link);
  write($("link-text"), LINKS[link]);
  write($("alarm"), ALARMS[link] ?? "");
  $("sandbox").hidden = !machine?.sandbox;
  $("ended").hidden = link !== "ended";
  write($("ended"), `reeltime has ended: this is how it left things at ${since}.`);
  if (isStale) return showLost(since);
  if (machine === null) return;
  setAttribute($("machine"), "data-signal", machine.tone);
  write($("word"), machine.word);
  write($("why"), machine.why);
  $("lag").hidden = machine.behindSeconds === null;
  if (machine.behindSeconds !== null) write($("lag-number"), duration(machine.behindSeconds));
  const title = `${machine.word} – reeltime`;
  if (document.title !== title) document.title = title;
}

/** Nothing may pass for live: the word goes, and the time of what is still to be seen stands there. */
function showLost(since) {
  setAttribute($("machine"), "data-signal", "unknown");
  write($("word"), "No answer");
  const figures = since === null ? "" : `All below is as it was at ${since}. `;
  write($("why"), `${figures}See whether reeltime still runs; this page goes on trying.`);
  $("lag").hidden = true;
  if (document.title !== "No answer – reeltime") document.title = "No answer – reeltime";
}

/** Shows what concerns all takes. */
export function showGauges(machine, takes) {
  $("gauges").hidden = false;
  const going = takes.filter((take) => groupOf(take) === "going").length;
  const fullIn = machine.diskFullInSeconds;
  writeFacts($("gauge-list"), [
    ["On the way", going === 1 ? "1 take" : `${going} takes`],
    ["Sending", `${size(machine.rateBytesPerSecond)}/s`],
    ["Disk full in", fullIn === null ? "–" : duration(fullIn)],
  ]);
}
