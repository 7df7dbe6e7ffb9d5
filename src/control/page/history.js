/** The finished takes that the journal knows, newest first, with the proof that each is whole. */
import { read } from "./door.js";
import { duration, size } from "./words.js";
import { fitChildren, setAttribute, setLink, write } from "./write.js";

/** Rows that are shown at first, and more with each press. */
const ROWS = 10;

const $ = (id) => document.getElementById(id);

/** Takes over the table. */
export function createHistory() {
  let takes = [];
  let rows = ROWS;

  function show() {
    $("earlier").hidden = takes.length === 0;
    const shown = takes.slice(0, rows);
    fitChildren($("history"), shown.length, createRow);
    shown.forEach((take, index) => fill($("history").children[index], take));
    $("history-more").hidden = takes.length <= rows;
  }

  $("history-more").addEventListener("click", () => {
    rows += 5 * ROWS;
    show();
  });

  return {
    /** Reads the history; takes with these ids stand on the page already. */
    async refresh(shownIds) {
      try {
        const answer = await read("/api/history");
        takes = answer.takes.filter((take) => !shownIds.has(take.id));
        show();
      } catch {
        // The page says by itself that nobody answers.
      }
    },
  };
}

function createRow() {
  const row = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.append(document.createElement("bdi"));
  const link = name.firstElementChild.appendChild(document.createElement("a"));
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  row.append(
    name,
    ...["Finished", "Size", "Tail", "Proof"].map((label) => {
      const cell = document.createElement("td");
      cell.dataset.label = label;
      return cell;
    }),
  );
  row.children[1].append(document.createElement("time"));
  return row;
}

function fill(row, take) {
  const [name, finished, sizeCell, tail, proof] = row.children;
  const link = name.querySelector("a");
  write(link, take.name);
  setLink(link, take.assetUrl);
  const time = finished.firstElementChild;
  setAttribute(time, "datetime", take.finalizedAt);
  write(time, timeWords(new Date(take.finalizedAt)));
  write(sizeCell, size(take.sizeBytes));
  write(tail, take.tailSeconds === null ? "–" : duration(take.tailSeconds));
  write(proof, take.proof);
  row.toggleAttribute("data-proven", take.verified && take.finishedByRecorder !== false);
}

/** "14:03" today, "12 Nov, 14:03" before. */
function timeWords(at) {
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const day = at.toDateString() === new Date().toDateString()
    ? {}
    : { day: "numeric", month: "short" };
  return at.toLocaleString("en-GB", { ...day, ...time });
}
