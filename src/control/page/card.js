/** The card of one take: built once from the page's template, then only what differs is written. */
import { ACTIONS } from "./actions.js";
import { stripCounts } from "./cells.js";
import { drawSpark } from "./spark.js";
import { drawStrip } from "./strip.js";
import { createTimeline } from "./timeline.js";
import { clock, duration, isOver, PHASES, placeOf, size, toneOf } from "./words.js";
import { copy, setLink, write, writeFacts, writeList } from "./write.js";

/** What a state of parts is called in the legend. */
const STATE_WORDS = {
  verified: "verified",
  stored: "stored",
  sending: "in flight",
  registered: "registered",
  resent: "sent again",
  changed: "to send again",
};

/** Makes a card; `act` is called with the take and the operation whose button was pressed. */
export function createCard(act) {
  const root = document.getElementById("card").content.firstElementChild.cloneNode(true);
  const at = (name) => root.querySelector(`[data-at="${name}"]`);
  const strip = at("strip");
  const timeline = createTimeline(at("story-box"), at("story"));
  const buttons = createButtons();
  let view;

  const redraw = () => view && strip.clientWidth > 0 && drawStrip(strip, view);
  const sizes = new ResizeObserver(redraw);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  sizes.observe(strip);
  scheme.addEventListener("change", redraw);
  at("copy").addEventListener("click", () => copy(at("asset"), at("copy")));
  at("more").addEventListener("click", () => open(!root.hasAttribute("data-open")));

  function createButtons() {
    return Object.entries(ACTIONS).map(([operation, { label, hint }]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `act ${operation}`;
      button.textContent = label;
      button.title = hint;
      button.addEventListener("click", async () => {
        button.disabled = true;
        const refusal = await act(view, operation);
        say(refusal);
        button.disabled = false;
      });
      at("acts").append(button);
      return { operation, button, label };
    });
  }

  function open(isOpen) {
    root.toggleAttribute("data-open", isOpen);
    at("more").setAttribute("aria-expanded", String(isOpen));
    redraw();
  }

  /** Says why an operation was refused, until the next one. */
  function say(refusal) {
    at("refusal").hidden = refusal === null;
    write(at("refusal"), refusal ?? "");
  }

  /** Shows the take as it is now. `isAlone`: no other take is on the way. */
  function update(next, { isStale, isAlone }) {
    view = next;
    root.dataset.phase = view.phase;
    root.dataset.tone = toneOf(view);
    write(at("glyph"), PHASES[view.phase].glyph);
    write(at("state"), view.words);
    at("first").hidden = !view.prioritised || isOver(view);
    write(at("name"), view.name);
    write(at("path"), view.path);
    write(at("brief"), briefOf(view));
    at("more").setAttribute("aria-label", `Details of ${view.name}`);
    showFigure(view);
    at("problem-box").hidden = view.problem === null;
    write(at("problem"), view.problem ?? "");
    showStrip(view);
    writeFacts(at("facts"), factsOf(view));
    at("spark").toggleAttribute("hidden", isOver(view) || view.phase === "waiting");
    drawSpark(at("spark"), view.rateTrend);
    showAsset(view);
    showFormer(view.formerAssets);
    for (const { operation, button, label } of buttons) {
      const isIdle = operation === "prioritise" && isAlone;
      button.hidden = isIdle || !view.operations.includes(operation);
      button.toggleAttribute("data-stale", isStale);
      button.setAttribute("aria-disabled", String(isStale));
      button.setAttribute("aria-label", `${label.replace("…", "")} ${view.name}`);
    }
    at("acts").hidden = buttons.every(({ button }) => button.hidden);
    at("foot").hidden = ["asset-box", "acts"].every((name) => at(name).hidden);
    at("story-box").hidden = view.phase === "waiting";
    timeline.update(view);
  }

  function showFigure({ behindSeconds }) {
    const isKnown = behindSeconds !== null && !isOver(view);
    at("figure").hidden = !isKnown;
    if (!isKnown) return;
    const number = duration(behindSeconds);
    write(at("number"), number);
    at("figure").toggleAttribute("data-long", number.length > 6);
  }

  function showStrip(view) {
    at("strip-box").hidden = view.strip.length === 0 || view.phase === "finalized";
    const counts = legendOf(view);
    writeList(at("legend"), counts.map(({ text }) => text), (item, index) => {
      item.dataset.state = counts[index].state;
    });
    redraw();
  }

  function showAsset({ assetId, assetUrl, phase }) {
    at("asset-box").hidden = assetId === null;
    write(at("asset"), assetId ?? "");
    const isLink = setLink(at("link"), assetUrl);
    at("link").hidden = !isLink;
    at("id-box").hidden = isLink;
    write(at("link"), `${phase === "finalized" ? "Open" : "See"} in ${placeOf(view)} ↗`);
  }

  function showFormer(assets) {
    at("former-box").hidden = assets.length === 0;
    const title = assets.length === 1
      ? "1 asset left behind"
      : `${assets.length} assets left behind`;
    write(at("former-title"), title);
    writeList(at("former"), assets.map((asset) => `${asset.assetId}: ${asset.reason}`));
  }

  function remove() {
    root.remove();
    sizes.disconnect();
    scheme.removeEventListener("change", redraw);
  }

  return { root, update, remove };
}

/** How many parts are in each state; one that comes and goes all the time keeps its place. */
function legendOf({ strip, partCount, resentPartCount }) {
  const counts = new Map(stripCounts(strip).map(({ state, count }) => [state, count]));
  counts.set("resent", resentPartCount);
  const legend = Object.entries(STATE_WORDS)
    .map(([state, words]) => ({ state, words, count: counts.get(state) ?? 0 }))
    .filter(({ state, count }) => count > 0 || state !== "changed")
    .map(({ state, words, count }) => ({ state, text: `${count.toLocaleString("en")} ${words}` }));
  const parts = partCount === 1 ? "1 part" : `${partCount.toLocaleString("en")} parts`;
  return [...legend, { state: "all", text: `of ${parts}` }];
}

/** The take in a line, for where there are many; it breaks between its figures only. */
function briefOf(view) {
  return factsInLine(view).join(" · ").replaceAll(/(?<!·) (?!·)/g, "\u00a0");
}

function factsInLine(view) {
  if (view.phase === "waiting") return [];
  if (view.phase === "finalized") {
    return [size(view.storedBytes), ...tailOf(view)];
  }
  const stored = `${size(view.storedBytes)} of ${size(view.recordedBytes)}`;
  return isOver(view) ? [stored] : [stored, `${size(view.rateBytesPerSecond)}/s`];
}

function tailOf({ tailSeconds }) {
  return tailSeconds === null ? [] : [`tail ${duration(tailSeconds)}`];
}

/** The same facts for as long as a phase lasts, so that nothing moves while figures change. */
function factsOf(view) {
  if (view.phase === "waiting") return [];
  const again = ["Sent again", size(view.resentBytes)];
  const ended = ["Ended by", view.endedByWords ?? "–"];
  if (view.phase === "finalized") {
    const tail = view.tailSeconds === null ? "–" : duration(view.tailSeconds);
    return [["Size", size(view.storedBytes)], ["Tail", tail], again, ended];
  }
  const stored = [["Recorded", size(view.recordedBytes)], ["Stored", size(view.storedBytes)]];
  if (isOver(view)) return [...stored, again, ...(view.endedBy === null ? [] : [ended])];
  const isOpen = view.endedBy === null;
  return [
    ...stored,
    isOpen ? again : ["Verified", size(view.verifiedBytes)],
    [isOpen ? "Playable, if it stops now" : "Playable at", playableOf(view)],
    ["Rate", `${size(view.rateBytesPerSecond)}/s`],
    ...(isOpen ? [] : [ended]),
  ];
}

/** A time of day, or what it waits for. */
function playableOf({ phase, playableAt }) {
  if (phase === "paused") return "once resumed";
  return playableAt === null ? "–" : `about ${clock(new Date(playableAt))}`;
}
