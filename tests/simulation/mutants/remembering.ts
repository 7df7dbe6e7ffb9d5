import { type Mutant, mutantsOf } from "./mutant.ts";

/** Bugs in what is remembered and told: journal, state, recall, lag. */
export const remembering: readonly Mutant[] = [
  ...mutantsOf("src/take/state.ts", [
    {
      name: "a part's place is counted with its own size",
      from: "lower < number; lower++) start",
      to: "lower <= number; lower++) start",
    },
    {
      name: "parts of an abandoned asset live on",
      from:
        '      state.asset = { at: "none" };\n      state.head = null;\n      state.parts = new Map();\n',
      to: '      state.asset = { at: "none" };\n      state.head = null;\n',
    },
    {
      name: "the total of an abandoned asset lives on",
      from: "      state.totalBytes = null;\n",
      to: "",
    },
    {
      name: "a part that has changed stays stored",
      from: 'at: "changed" });',
      to: 'at: "stored" });',
    },
    {
      name: "a late answer to a registration undoes what is stored",
      from: 'if (part.at === "planned") state',
      to: "if (part.number > 0) state",
    },
    {
      name: "the head does not grow when the media move",
      from:
        "state.head = { bytes: state.head.bytes + event.byBytes, mediaStart: event.mediaStart };",
      to: "state.head = { bytes: state.head.bytes, mediaStart: event.mediaStart };",
    },
  ]),
  ...mutantsOf("src/take/recall.ts", [
    {
      name: "every start is a new take",
      from: "if (takes.length === 0) return",
      to: "if (takes.length >= 0) return",
    },
    {
      name: "another file under the name goes on in the same take",
      from: "takes.filter(({ fileId }) => fileId === facts.fileId);",
      to: "takes.map((take) => Object.assign(take, { fileId: facts.fileId }));",
    },
    {
      name: "a late change is seen by its size alone",
      from: "sizeBytes === facts.sizeBytes && modifiedMs === facts.modifiedMs;",
      to: "sizeBytes === facts.sizeBytes && modifiedMs > 0;",
    },
    {
      name: "finalized counts as verified after a restart",
      from: 'return state.verified ? { is: "done", state }',
      to: 'return state.finalized !== null ? { is: "done", state }',
    },
    {
      name: "the oldest take of a path counts",
      from: "journal.takesOf(path).slice(0, MOST_TAKES);",
      to: "journal.takesOf(path).slice(0, MOST_TAKES).reverse();",
    },
  ]),
  ...mutantsOf("src/take/same_recording.ts", [
    {
      name: "a recording is taken for overwritten at each start",
      from: "  if (stored.length === 0) return true;\n",
      to: "  if (stored.length > 0) return false;\n  if (stored.length === 0) return true;\n",
    },
  ]),
  ...mutantsOf("src/journal/journal.ts", [
    {
      name: "the URL of a stored part is kept",
      from: 'if (event.type === "part.stored") return event.number;',
      to: "",
    },
    {
      name: "an event holds the URL",
      from: "event: JSON.stringify(event),",
      to: "event: JSON.stringify({ ...event, url }),",
    },
    {
      name: "URLs are found again under the wrong part",
      from: "urls.set(row.part, { url",
      to: "urls.set(row.part + 1, { url",
    },
  ]),
  ...mutantsOf("src/take/meter.ts", [
    {
      name: "never behind",
      from: "if (storedBytes >= recordedBytes) return 0;",
      to: "if (storedBytes >= 0) return 0;",
    },
    {
      name: "lag is counted from the newest sample",
      from: "history[Math.max(0, after - 1)];",
      to: "history.at(-1);",
    },
  ]),
];
