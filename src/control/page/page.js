/**
 * The status page. The takes are always read whole from /api/takes; the event stream only says when to
 * read again, so nothing can drift. What is older than a few seconds is shown as old.
 */
import { createBoard } from "./board.js";
import { createDialog, takePath } from "./dialog.js";
import { read, send } from "./door.js";
import { createHistory } from "./history.js";
import { createLimits } from "./limits.js";
import { showGauges, showMachine } from "./machine.js";
import { PHASES } from "./words.js";
import { write } from "./write.js";

const BUSY_MS = 500; // while something happens: at most two reads a second
const IDLE_MS = 2_000; // while nothing does; also the pulse that tells a lost connection
const STALE_MS = 5_000;
const REOPEN_MS = 10_000; // an EventSource that was refused (503) does not try again by itself
const SLOW_MS = 30_000; // what changes by itself only when somebody else changes it

/** An EventSource hears only the types it asks for by name. */
const EVENT_TYPES = [
  "take.started",
  "take.resumed",
  "take.recalled",
  "take.warned",
  "take.suspended",
  "take.failed",
  "take.finalized",
  "take.verified",
  "take.paused",
  "take.unpaused",
  "take.cancelled",
  "asset.requested",
  "asset.missed",
  "asset.created",
  "asset.abandoned",
  "asset.completed",
  "head.fixed",
  "recording.shifted",
  "part.planned",
  "part.registered",
  "part.started",
  "part.stored",
  "part.changed",
  "part.delayed",
  "service.delayed",
  "finish.asked",
  "finish.withdrawn",
  "recording.grown",
  "recording.quieted",
  "recording.ended",
  "recording.changed_after_final",
  "events.missed",
];

const board = createBoard(act);
const dialog = createDialog(() => readWithin(0));
const history = createHistory();
const limits = createLimits();
let takes = [];
let machine = null;
let answeredAt = null; // wall clock, because it goes on while the computer sleeps
let endedAt = null; // wall clock: when reeltime said that it ends; what is shown is how it left things
let isLost = false;
let isReading = false;
let isNewsWaiting = false;
let readStartedAt = -Infinity;
let readDueAt = Infinity;
let slowReadAt = -Infinity;
let readTimer;
let stream;
let streamOpenedAt;

/** Reads the takes within `delayMs`, but not sooner after the last read than {@link BUSY_MS}. */
function readWithin(delayMs) {
  if (isReading) isNewsWaiting ||= delayMs < IDLE_MS;
  if (isReading || document.hidden) return;
  const dueAt = Math.max(performance.now() + delayMs, readStartedAt + BUSY_MS);
  if (dueAt >= readDueAt) return;
  clearTimeout(readTimer);
  readDueAt = dueAt;
  readTimer = setTimeout(readTakes, dueAt - performance.now());
}

async function readTakes() {
  readDueAt = Infinity;
  readStartedAt = performance.now();
  isReading = true;
  isNewsWaiting = false;
  const endedBefore = endedAt;
  try {
    const answer = await read("/api/takes");
    if (endedAt !== endedBefore) throw new Error("asked of a program that has ended meanwhile");
    endedAt = null; // another one has begun
    announce(answer.takes);
    const isNewlyDone = doneOf(answer.takes) !== doneOf(takes);
    ({ takes, machine } = answer);
    answeredAt = Date.now();
    if (isLost || isNewlyDone || performance.now() - slowReadAt > SLOW_MS) readSlowly();
    isLost = false;
  } catch {
    isLost = endedAt === null; // after an end, silence is as it should be
  }
  isReading = false;
  show();
  readWithin(isNewsWaiting ? 0 : IDLE_MS);
}

function readSlowly() {
  slowReadAt = performance.now();
  history.refresh(new Set(takes.map((take) => take.id)));
  limits.refresh();
}

const doneOf = (some) => some.filter((take) => take.phase === "finalized").length;

/** Opens the stream while someone looks: a browser allows six connections a server, all tabs together. */
function listen() {
  const isOpen = stream !== undefined && stream.readyState !== EventSource.CLOSED;
  if (document.hidden) {
    stream?.close();
    clearTimeout(readTimer);
    readDueAt = Infinity;
  } else if (!isOpen && !(performance.now() - streamOpenedAt < REOPEN_MS)) {
    streamOpenedAt = performance.now();
    stream = new EventSource("/api/events");
    for (const type of EVENT_TYPES) stream.addEventListener(type, () => readWithin(0));
    stream.addEventListener("ended", ({ data }) => keep(JSON.parse(data)));
  }
}

/** Keeps how reeltime left things when it ended. Another one on this address is looked for as before. */
function keep(left) {
  stream.close();
  streamOpenedAt = performance.now();
  clearTimeout(readTimer);
  readDueAt = Infinity;
  isNewsWaiting = false;
  announce(left.takes);
  ({ takes, machine } = left);
  answeredAt = endedAt = Date.now();
  isLost = false;
  show();
  readWithin(IDLE_MS);
}

/** Does what a button says; returns why it was refused, or null. */
async function act(view, operation) {
  if (!isLive() || dialog.ask(view, operation)) return null;
  const refusal = await send("POST", takePath(view, operation));
  readWithin(0);
  return refusal;
}

/** Tells a screen reader what changed in words; figures change too often to be spoken. */
function announce(next) {
  const known = new Map(takes.map((take) => [take.id, take]));
  const news = next.flatMap((take) => {
    const before = known.get(take.id);
    if (answeredAt === null || before?.phase === take.phase) return [];
    return [`${take.name}: ${PHASES[take.phase].name}`];
  });
  if (news.length === 0) return;
  const more = news.length > 3 ? ` And ${news.length - 3} more.` : "";
  write(document.getElementById("news"), `${news.slice(0, 3).join(". ")}.${more}`);
}

function isStale() {
  return isLost || (endedAt === null && answeredAt !== null && Date.now() - answeredAt > STALE_MS);
}

const isLive = () => !isStale() && endedAt === null;

function show() {
  showMachine(machine, { isStale: isStale(), answeredAt, endedAt });
  if (answeredAt === null) return;
  showGauges(machine, takes);
  document.getElementById("empty").hidden = takes.length > 0;
  board.update(takes, !isLive());
  dialog.update(takes);
}

document.addEventListener("visibilitychange", () => {
  listen();
  readWithin(0);
});
setInterval(() => {
  if (isStale() !== document.body.classList.contains("stale")) show();
  listen();
}, 1_000);
listen();
readWithin(0);
