/**
 * The status page. The takes are always read whole from /api/takes; the event stream only says when to
 * read again, so nothing can drift. What is older than a few seconds is shown as old.
 */
import { createCard } from "./card.js";
import { createFinishDialog } from "./dialog.js";
import { groupOf, headlineOf, PHASES } from "./words.js";

const BUSY_MS = 500; // while something happens: at most two reads a second
const IDLE_MS = 2_000; // while nothing does; also the pulse that tells a lost connection
const PATIENCE_MS = 4_000; // for one answer
const STALE_MS = 5_000;
const REOPEN_MS = 10_000; // an EventSource that was refused (503) does not try again by itself

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

const $ = (id) => document.getElementById(id);
const cards = new Map();
const dialog = createFinishDialog(() => readWithin(0));
let takes = [];
let answeredAt = null; // wall clock, because it goes on while the computer sleeps
let isLost = false;
let isReading = false;
let isNewsWaiting = false;
let readStartedAt = -Infinity;
let readDueAt = Infinity;
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
  readTimer = setTimeout(read, dueAt - performance.now());
}

async function read() {
  readDueAt = Infinity;
  readStartedAt = performance.now();
  isReading = true;
  isNewsWaiting = false;
  try {
    const response = await fetch("/api/takes", { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const answer = await response.json();
    announce(answer.takes);
    takes = answer.takes;
    answeredAt = Date.now();
    isLost = false;
  } catch {
    isLost = true;
  }
  isReading = false;
  show();
  readWithin(isNewsWaiting ? 0 : IDLE_MS);
}

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
  }
}

/** Tells a screen reader what changed in words; figures change too often to be spoken. */
function announce(next) {
  const known = new Map(takes.map((take) => [take.id, take]));
  const news = next.flatMap((take) => {
    const before = known.get(take.id);
    if (answeredAt === null || before?.phase === take.phase) return [];
    return [`${take.name}: ${PHASES[take.phase].name}`];
  });
  if (news.length > 0) $("news").textContent = news.length > 3 ? headlineOf(next) : news.join(". ");
}

function show() {
  showStaleness();
  const isStale = document.body.classList.contains("stale");
  $("headline").textContent = answeredAt === null ? "Connecting…" : headlineOf(takes);
  document.title = isStale ? "No answer – reeltime" : `${headlineOf(takes)} – reeltime`;
  $("empty").hidden = takes.length > 0 || answeredAt === null;
  for (const take of takes) {
    if (!cards.has(take.id)) cards.set(take.id, createCard(dialog.ask));
    cards.get(take.id).update(take, isStale);
  }
  for (const id of [...cards.keys()]) {
    if (takes.some((take) => take.id === id)) continue;
    cards.get(id).remove();
    cards.delete(id);
  }
  for (const group of ["attention", "going", "done"]) {
    const members = takes.filter((take) => groupOf(take) === group);
    $(group).hidden = members.length === 0;
    place($(group).lastElementChild, members.map((take) => cards.get(take.id).root));
  }
  dialog.update(takes);
}

/** Puts the cards in order and moves only what stands wrong; a moved card keeps the keyboard's focus. */
function place(list, roots) {
  roots.forEach((root, index) => {
    if (list.children[index] === root) return;
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    list.insertBefore(root, list.children[index] ?? null);
    focused?.focus();
  });
}

function showStaleness() {
  const ageMs = answeredAt === null ? 0 : Date.now() - answeredAt;
  const isStale = isLost || ageMs > STALE_MS;
  document.body.classList.toggle("stale", isStale);
  $("link-text").textContent = isStale
    ? "Connection lost"
    : answeredAt === null
    ? "Connecting…"
    : "Live";
  $("stale").hidden = !isStale;
  if (!isStale) return;
  const since = answeredAt === null
    ? ""
    : `Figures are from ${new Date(answeredAt).toLocaleTimeString()}. `;
  const text =
    `No answer from reeltime. ${since}See whether it still runs; this page goes on trying.`;
  if ($("stale").textContent !== text) $("stale").textContent = text;
}

document.addEventListener("visibilitychange", () => {
  listen();
  readWithin(0);
});
setInterval(() => {
  showStaleness();
  listen();
}, 1_000);
listen();
readWithin(0);
