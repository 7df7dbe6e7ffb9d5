/** What happened to a take, in words: read when a person opens it, and again while it stays open. */
import { read } from "./door.js";
import { clock } from "./words.js";
import { fitChildren, setAttribute, write } from "./write.js";

/** Entries that are shown, the newest: a take in trouble for hours has many. */
const MOST_ENTRIES = 100;

/** Shortest time between two readings, in milliseconds. */
const EVERY_MS = 2_000;

/** Keeps the list in `box`, a `details` element, true while it is open. */
export function createTimeline(box, list) {
  let view;
  let readAt = -Infinity;

  async function refresh() {
    if (!box.open || view === undefined || performance.now() - readAt < EVERY_MS) return;
    readAt = performance.now();
    try {
      const { timeline } = await read(`/api/takes/${encodeURIComponent(view.id)}`);
      show(timeline.slice(-MOST_ENTRIES));
    } catch {
      // The page says by itself that nobody answers; what was read stays.
    }
  }

  function show(entries) {
    fitChildren(list, entries.length, () => {
      const item = document.createElement("li");
      item.append(document.createElement("time"), document.createElement("span"));
      return item;
    });
    entries.forEach((entry, index) => {
      const [time, words] = list.children[index].children;
      setAttribute(time, "datetime", entry.time);
      write(time, clock(new Date(entry.time)));
      write(words, entry.words);
    });
  }

  box.addEventListener("toggle", refresh);
  return {
    update(next) {
      view = next;
      refresh();
    },
  };
}
