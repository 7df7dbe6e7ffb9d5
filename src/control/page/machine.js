/** The top of the page: one word for the whole machine, why, and whether all this is still true. */
import { clock, duration, groupOf, size } from "./words.js";
import { setAttribute, write, writeFacts } from "./write.js";

const $ = (id) => document.getElementById(id);

/** Shows the machine's word; `answeredAt` is when the program last answered, in wall-clock milliseconds. */
export function showMachine(machine, { isStale, answeredAt }) {
  const since = answeredAt === null ? null : clock(new Date(answeredAt));
  document.body.classList.toggle("stale", isStale);
  write($("link-text"), isStale ? "Connection lost" : since === null ? "Connecting…" : "Connected");
  write($("alarm"), isStale ? "No answer from reeltime. The figures on this page are old." : "");
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
  const going =
    takes.filter((take) => groupOf(take) === "going" && take.phase !== "waiting").length;
  const fullIn = machine.diskFullInSeconds;
  writeFacts($("gauge-list"), [
    ["On the way", going === 1 ? "1 take" : `${going} takes`],
    ["Sending", `${size(machine.rateBytesPerSecond)}/s`],
    ["Disk full in", fullIn === null ? "–" : duration(fullIn)],
  ]);
}
