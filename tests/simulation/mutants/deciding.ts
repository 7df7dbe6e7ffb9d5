import { type Mutant, mutantsOf } from "./mutant.ts";

/** Bugs in what is done next, and in the sizes of parts. */
export const deciding: readonly Mutant[] = [
  ...mutantsOf("src/take/decide.ts", [
    {
      name: "the final part is registered before the others are verified",
      from: 'if (scene.judgement.is !== "ended" || !allVerified(state, scene)) return [];',
      to: 'if (scene.judgement.is !== "ended") return [];',
    },
    {
      name: "finalized while the recording only settles",
      from: 'if (scene.judgement.is !== "ended" || !allVerified(state, scene)) return [];',
      to: "if (!allVerified(state, scene)) return [];",
    },
    {
      name: "the head part goes before the others",
      from: "if (openParts(state).length > 0) return [];",
      to: "",
    },
    {
      name: "concluded before all is verified",
      from: "steps.length === 0 && allVerified(state, scene) ?",
      to: "steps.length === 0 ?",
    },
    {
      name: "read again before a write would show in the file's time",
      from: "if (!scene.isSteady) return [];",
      to: "",
    },
    {
      name: "more parts are registered than the bound allows",
      from: "return declare(state, scene, mostParts - open.length);",
      to: "return declare(state, scene, 10 * mostParts);",
    },
    {
      name: "a recording that was cut goes on in the same asset",
      from: "if (state.parts.size > 0 && offsetBytes >= sizeBytes) {",
      to: "if (state.parts.size > 0 && offsetBytes >= Infinity) {",
    },
    {
      name: "moved media are not noticed",
      from: "if (scene.mediaStart !== null) return scene.mediaStart - before;",
      to: "if (scene.mediaStart !== null) return 0;",
    },
    {
      name: "media moved after the head was registered are shifted all the same",
      from:
        "if (state.parts.has(HEAD_NUMBER)) return `${words} after its head had been registered`;",
      to: "",
    },
    {
      name: "parts whose answer was lost are planned anew",
      from: 'return [{ do: "register", parts: again, totalBytes, again: true }];',
      to: 'return [{ do: "register", parts: again, totalBytes, again: false }];',
    },
    {
      name: "parts whose answer was lost are forgotten",
      from: "const withoutUrl = open.filter((part) => !scene.hasUrl(part.number));",
      to:
        'const withoutUrl = open.filter((part) => part.at !== "planned" && !scene.hasUrl(part.number));',
    },
    {
      name: "the total is not repeated with the final part",
      from: "const totalBytes = again.some((part) => part.isFinal) ? state.totalBytes : null;",
      to: "const totalBytes = null;",
    },
    {
      name: "the head part is as small as the container's head",
      from: "bytes: Math.max(MIN_HEAD_BYTES, scene.headBytes),",
      to: "bytes: Math.max(1, scene.headBytes),",
    },
    {
      name: "a recording as long as the head is no single part",
      from: "if (state.parts.size === 0 && scene.sizeBytes <= head.bytes) {",
      to: "if (state.parts.size === 0 && scene.sizeBytes < head.bytes) {",
    },
    {
      name: "a stored part is sent again",
      from: 'for (const part of state.parts.values()) if (part.at !== "stored") open.push(part);',
      to:
        "for (const part of state.parts.values()) if (part.digest === null || part.number === 2) open.push(part);",
    },
  ]),
  ...mutantsOf("src/parts/plan.ts", [
    {
      name: "a part is declared up to the very end",
      from: "if (offset + sizeBytes >= frontierBytes) break;",
      to: "if (offset + sizeBytes > frontierBytes) break;",
    },
    {
      name: "parts planned together all begin at the same place",
      from: "    offset += sizeBytes;\n",
      to: "",
    },
    {
      name: "a growing part takes a tenth of what lies before it",
      from: "const share = Math.floor(offsetBytes / TAIL_DIVISOR);",
      to: "const share = Math.floor(offsetBytes / 10);",
    },
    {
      name: "parts never grow, and their numbers run out",
      from: "return Math.min(Math.max(MIN_PART_BYTES, share), MAX_PART_BYTES);",
      to: "return Math.min(MIN_PART_BYTES, share + MAX_PART_BYTES);",
    },
    {
      name: "a remainder of exactly one part leaves a final part without bytes",
      from: "if (remainderBytes <= MIN_PART_BYTES) {",
      to: "if (remainderBytes < MIN_PART_BYTES) {",
    },
    {
      name: "the part before the final one is too small",
      from: "Math.min(FINAL_PART_BYTES, remainderBytes - MIN_PART_BYTES);",
      to: "Math.min(FINAL_PART_BYTES, remainderBytes - 1);",
    },
    {
      name: "the last piece of a remainder is cut too small",
      from: "const sizeBytes = left < 2 * pieceBytes ? left : pieceBytes;",
      to: "const sizeBytes = Math.min(left, pieceBytes);",
    },
  ]),
];
