import { type Mutant, mutantsOf } from "./mutant.ts";

/** Bugs in what an operator asks for: pause, resume, cancel. */
export const operating: readonly Mutant[] = [
  ...mutantsOf("src/take/decide.ts", [
    {
      name: "a paused take sends as before",
      from: "if (state.paused) return checks(state, scene);",
      to: "",
    },
    {
      name: "a paused take creates its asset",
      from: "if (state.paused) return [];",
      to: "",
    },
  ]),
  ...mutantsOf("src/take/operations.ts", [
    {
      name: "PUTs under way go on in a pause",
      from: "if (drops !== undefined) errands.drop(drops);",
      to: "",
    },
    {
      name: "a take whose final part is on its way is cancelled all the same",
      from: '(end !== null && end.is !== "failed") || mayBeComplete(state)',
      to: 'end !== null && end.is !== "failed"',
    },
  ]),
  ...mutantsOf("src/take/state.ts", [
    {
      name: "a pause is forgotten with its process",
      from: "for (const event of events) apply(state, event);",
      to: 'for (const event of events) if (event.type !== "take.paused") apply(state, event);',
    },
    {
      name: "a take is never resumed",
      from: "state.paused = false;\n      break;",
      to: "break;",
    },
  ]),
  ...mutantsOf("src/take/recall.ts", [
    {
      name: "a cancelled take is taken up by the next process",
      from: 'if (state.cancelled) return { is: "new", unfinished };',
      to: "",
    },
  ]),
  ...mutantsOf("src/take/send.ts", [
    {
      name: "a part that is being looked at goes in a pause",
      from: "signal.throwIfAborted(); // a pause comes at any moment, and nothing is begun in it",
      to: "",
    },
  ]),
  ...mutantsOf("src/journal/journal.ts", [
    {
      name: "the URLs of a cancelled take are kept",
      from: 'event.type === "asset.abandoned" || event.type === "take.cancelled"',
      to: 'event.type === "asset.abandoned"',
    },
  ]),
];
