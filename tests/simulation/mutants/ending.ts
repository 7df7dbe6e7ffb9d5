import { type Mutant, mutantsOf } from "./mutant.ts";

/** Bugs at the end: evidence, verification, finalization, and what is seen of the file. */
export const ending: readonly Mutant[] = [
  ...mutantsOf("src/take/verify.ts", [
    {
      name: "what was read again always equals",
      from: "if (now === digest) desk",
      to: "if (now === digest || number > 0) desk",
    },
    {
      name: "what was read while the media moved counts as changed",
      from: "  else if (at !== stamp(desk)) return;\n",
      to: "",
    },
    {
      name: "a verification is stamped after its reading",
      from: "desk.verifiedAt.set(number, at);",
      to: "desk.verifiedAt.set(number, stamp(desk) || at);",
    },
  ]),
  ...mutantsOf("src/take/finalize.ts", [
    {
      name: "an asset that cannot be read counts as complete",
      from: "error.status === 403 && !signal.aborted) return null;\n    throw error;",
      to: "!signal.aborted) return true;\n    throw error;",
    },
  ]),
  ...mutantsOf("src/take/desk.ts", [
    {
      name: "told before it is written down",
      from: "    room.journal.append(state.id, entries);\n",
      to: `    for (const { event } of entries) room.bus.publish(state.id, event);
    room.journal.append(state.id, entries);
`,
    },
    {
      name: "a verification holds though the file's time has changed",
      from: "return `${sizeBytes}:${modifiedMs}`;",
      to: "return `${sizeBytes}:${modifiedMs * 0}`;",
    },
  ]),
  ...mutantsOf("src/take/take.ts", [
    {
      name: "the operator's size is forgotten",
      from: "const sizeBytes = Math.min(facts.sizeBytes, state.finishAskedBytes ?? Infinity);",
      to: "const sizeBytes = Math.min(facts.sizeBytes, state.totalBytes ?? Infinity);",
    },
    {
      name: "PUTs of the first asset go on beside the second",
      from: "        await errands.cancel();\n        // The final part came in",
      to: "        // The final part came in",
    },
    {
      name: "the end is told once, not once for each asset",
      from: '        abandonAsset(desk, step.reason);\n        toldJudgement = "growing";\n',
      to: "        abandonAsset(desk, step.reason);\n",
    },
    {
      name: "the recording stays open when its take is over",
      from: "      await source.close();\n",
      to: "",
    },
    {
      name: "what was verified once counts for ever",
      from: "isVerified: (number) => desk.verifiedAt.get(number) === now,\n    };",
      to: "isVerified: (number) => desk.verifiedAt.has(number),\n    };",
    },
  ]),
  ...mutantsOf("src/recording/settle.ts", [
    {
      name: "a tail counts from the first look",
      from: "before === null && lateMs > MOST_LATE_MS ? null : ",
      to: "",
    },
    {
      name: "final without settling",
      from: "if (heldMs >= Math.max(settleMs, openMs))",
      to: "if (heldMs >= Math.max(0 * settleMs, openMs))",
    },
    {
      name: "silence ends a container that says open",
      from: 'if (look.verdict === "undecidable" && writers !== "some" && isLong)',
      to: 'if (look.verdict !== "final" && writers !== "some" && isLong)',
    },
    {
      name: "a recorder that is gone counts as finished",
      from: 'return ended("writer_gone", false);',
      to: 'return ended("writer_gone", true);',
    },
    {
      name: "a change of the file's time alone is no change",
      from: " &&\n    before.modifiedMs === facts.modifiedMs;",
      to: ";",
    },
    {
      name: "any moment is good to read again",
      from: "return Math.max(0, timeGrainMs(observed.modifiedMs) - seenMs);",
      to: "return Math.max(0, 0 * timeGrainMs(observed.modifiedMs) - seenMs);",
    },
    {
      name: "a writer that is there is not asked for",
      from: 'if (look.verdict === "open" && writers === "none" && isLong)',
      to: 'if (look.verdict === "open" && writers !== "unknown" && isLong)',
    },
  ]),
  ...mutantsOf("src/take/sight.ts", [
    {
      name: "a network volume's looks count as fresh",
      from: "leastMs, onNetwork ? NETWORK_SETTLE_MS : 0);",
      to: "leastMs);",
    },
    {
      name: "what the container keeps back is sent",
      from: "Math.min(look.frontierBytes, dataBytes);",
      to: "Math.min(facts.sizeBytes, dataBytes);",
    },
    {
      name: "a recording that was renamed counts as deleted",
      from: "named?.fileId !== facts.fileId && facts.linkCount === 0;",
      to: "named?.fileId !== facts.fileId;",
    },
  ]),
  ...mutantsOf("src/recording/data_frontier.ts", [
    {
      name: "zeros at the end go at once",
      from: "if (!(await isZero(read, tailStart, sizeBytes))) return sizeBytes;",
      to: "if (!(await isZero(read, tailStart, sizeBytes)) || sizeBytes > 0) return sizeBytes;",
    },
  ]),
];
