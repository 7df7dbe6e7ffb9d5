import { type Mutant, mutantsOf } from "./mutant.ts";

/** Bugs in what takes share: lanes, limits, one process that watches them all. */
export const sharing: readonly Mutant[] = [
  ...mutantsOf("src/transfer/lanes.ts", [
    {
      name: "a prioritised take waits its turn like all others",
      from: "waiting.values().find(({ takeId }) => takeId === first) ?? oldest",
      to: "oldest",
    },
    {
      name: "a prioritised take leaves the others nothing",
      from: " || outOfTurn >= MOST_OUT_OF_TURN",
      to: "",
    },
    {
      name: "lanes are added, and never taken away",
      from: "resize(count) {\n      most = count;",
      to: "resize(count) {\n      most = Math.max(most, count);",
    },
    {
      name: "lanes that are added are not filled",
      from: "most = count;\n      fill();",
      to: "most = count;",
    },
  ]),
  ...mutantsOf("src/transfer/pace.ts", [
    {
      name: "what a limit did not use is saved up",
      from: "tokens = Math.min(mostTokens, tokens + rate * (nowMs - filledAtMs) / 1000);",
      to: "tokens += rate * (nowMs - filledAtMs) / 1000;",
    },
    {
      name: "each connection has the whole limit",
      from: "      tokens -= bytes;\n",
      to: "",
    },
  ]),
  ...mutantsOf("src/take/studio.ts", [
    {
      name: "a run ends without what was added to it",
      from: "const isSame = places.length === watches.length &&",
      to: "const isSame = true || places.length === watches.length &&",
    },
    {
      name: "the id that was given for an added recording is forgotten",
      from: "if (waitingId === givenId) formerIds.set(givenId, takeId);",
      to: "",
    },
    {
      name: "a recording that is watched already is watched twice",
      from: "if (known === undefined) {",
      to: "if (known === undefined || isBusy(known)) {",
    },
    {
      name: "an added recording is not shown until it has bytes",
      from: "if (firstId !== undefined) stage.waiting(firstId, null);",
      to: "",
    },
  ]),
];
