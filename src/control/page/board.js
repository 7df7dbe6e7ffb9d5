/** The takes' cards in their groups: those that need a person first. */
import { createCard } from "./card.js";
import { groupOf } from "./words.js";

/** From so many takes in a group on, each is a row that opens: fifty fit on a few screens. */
const DENSE_FROM = 5;

const GROUPS = ["attention", "going", "done", "given-up", "waiting"];
const $ = (id) => document.getElementById(id);

/** Makes the board; `act` is called with a take and the operation whose button was pressed. */
export function createBoard(act) {
  const cards = new Map();

  function update(takes, isStale) {
    const isAlone = takes.filter((take) => groupOf(take) === "going").length < 2;
    for (const take of takes) {
      if (!cards.has(take.id)) cards.set(take.id, createCard(act));
    }
    for (const id of [...cards.keys()]) {
      if (takes.some((take) => take.id === id)) continue;
      cards.get(id).remove();
      cards.delete(id);
    }
    for (const group of GROUPS) {
      const members = takes.filter((take) => groupOf(take) === group);
      $(group).hidden = members.length === 0;
      $(group).classList.toggle("dense", members.length >= DENSE_FROM);
      place($(group).lastElementChild, members.map((take) => cards.get(take.id).root));
    }
    for (const take of takes) cards.get(take.id).update(take, { isStale, isAlone });
  }

  return { update };
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
