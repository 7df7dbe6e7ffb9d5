/**
 * The card of one take. Built once from the page's template, then only what differs is written, so that
 * a screen reader and a text selection are left in peace. Names, paths and messages come from outside:
 * they are set as text, never as markup.
 */
import { stripCounts } from "./cells.js";
import { drawStrip } from "./strip.js";
import { duration, isOver, marksOf, PHASES, size, toneOf } from "./words.js";

/** Makes a card; `ask` is called with the take when its finish button is pressed. */
export function createCard(ask) {
  const root = document.getElementById("card").content.firstElementChild.cloneNode(true);
  const at = (name) => root.querySelector(`[data-at="${name}"]`);
  const strip = at("strip");
  let view;

  const redraw = () => view && !at("strip-box").hidden && drawStrip(strip, view);
  const sizes = new ResizeObserver(redraw);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  sizes.observe(strip);
  scheme.addEventListener("change", redraw);
  at("finish").addEventListener("click", () => ask(view));
  at("copy").addEventListener("click", () => copy(at("asset"), at("copy")));

  /** Shows the take as it is now. */
  function update(next, isStale) {
    view = next;
    root.dataset.phase = view.phase;
    root.dataset.tone = toneOf(view);
    write(at("glyph"), PHASES[view.phase].glyph);
    write(at("state"), view.words);
    write(at("name"), view.name);
    write(at("path"), view.path);
    showFigure(view);
    at("problem-box").hidden = view.problem === null;
    write(at("problem"), view.problem ?? "");
    showStrip(view);
    writeFacts(at("facts"), factsOf(view));
    at("asset-box").hidden = view.assetId === null;
    write(at("asset"), view.assetId ?? "");
    const marks = marksOf(view);
    at("marks").hidden = marks.length === 0;
    writeList(at("marks"), marks);
    showFormer(view.formerAssets);
    const finish = at("finish");
    finish.hidden = !["recording", "quiet"].includes(view.phase);
    finish.disabled = !view.canFinish || isStale;
    finish.setAttribute("aria-label", `Finish take ${view.name}`);
    at("foot").hidden = ["asset-box", "marks", "finish"].every((name) => at(name).hidden);
  }

  function showFigure({ behindSeconds }) {
    at("figure").hidden = behindSeconds === null || isOver(view);
    if (behindSeconds === null) return;
    const number = duration(behindSeconds);
    write(at("number"), number);
    at("figure").toggleAttribute("data-long", number.length > 6);
  }

  function showStrip(view) {
    at("strip-box").hidden = view.strip.length === 0 || view.phase === "finalized";
    const counts = stripCounts(view.strip);
    const words = counts.map(({ state, count }) => `${count.toLocaleString("en")} ${state}`);
    const parts = `${view.partCount.toLocaleString("en")} ${
      view.partCount === 1 ? "part" : "parts"
    }`;
    writeList(at("legend"), [...words, `of ${parts}`], (item, index) => {
      item.dataset.state = counts[index]?.state ?? "all";
    });
    redraw();
  }

  function showFormer(assets) {
    at("former-box").hidden = assets.length === 0;
    write(
      at("former-title"),
      assets.length === 1 ? "1 asset left behind" : `${assets.length} assets left behind`,
    );
    writeList(at("former"), assets.map((asset) => `${asset.assetId}: ${asset.reason}`));
  }

  function remove() {
    root.remove();
    sizes.disconnect();
    scheme.removeEventListener("change", redraw);
  }

  return { root, update, remove };
}

function factsOf(view) {
  const sentAgain = ["Sent again", size(view.resentBytes)];
  if (view.phase === "waiting") return [];
  if (view.phase === "finalized") {
    const tail = view.tailSeconds === null ? "–" : duration(view.tailSeconds);
    return [["Size", size(view.storedBytes)], ["Tail", tail], sentAgain];
  }
  const facts = [["Recorded", size(view.recordedBytes)], ["Stored", size(view.storedBytes)]];
  if (view.verifiedBytes > 0) facts.push(["Verified", size(view.verifiedBytes)]);
  if (!isOver(view)) {
    facts.push(["Rate", `${size(view.rateBytesPerSecond)}/s`]);
    const left = view.doneInSeconds;
    if (left !== null) facts.push(["Done in about", duration(left)]);
  }
  if (view.resentBytes > 0) facts.push(sentAgain);
  return facts;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes the children of `list` say `texts`, keeping those that do already. */
function writeList(list, texts, decorate = () => {}) {
  while (list.children.length > texts.length) list.lastElementChild.remove();
  texts.forEach((text, index) => {
    const item = list.children[index] ??
      list.appendChild(document.createElement("li"));
    write(item, text);
    decorate(item, index);
  });
}

/** Makes a `dl` say the facts: one `div` of name and value for each. */
function writeFacts(list, facts) {
  list.hidden = facts.length === 0;
  while (list.children.length > facts.length) list.lastElementChild.remove();
  facts.forEach(([name, value], index) => {
    const item = list.children[index] ?? list.appendChild(document.createElement("div"));
    if (item.children.length === 0) {
      item.append(document.createElement("dt"), document.createElement("dd"));
    }
    write(item.firstElementChild, name);
    write(item.lastElementChild, value);
  });
}

/** The clipboard API exists only on https and localhost; a phone on the set's network has neither. */
async function copy(source, button) {
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    getSelection().selectAllChildren(source);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => button.textContent = "Copy", 1500);
}
