import { type Mutant, mutantsOf } from "./mutant.ts";

/** Bugs on the way to the storage: one part, one attempt; waits, lanes, errands. */
export const sending: readonly Mutant[] = [
  ...mutantsOf("src/take/send.ts", [
    {
      name: "a part counts as stored before the storage says so",
      from: "    const { url } = urls.get(number)!;\n",
      to: `    const { url } = urls.get(number)!;
    if (!part.isFinal) stored(desk, number, await room.digests.digest(source, range, signal), facts);
`,
    },
    {
      name: "the digest is of what the file holds after the PUT",
      from: "    await patiently(desk, signal, () => stored(desk, number, digest, facts));\n",
      to:
        "    const late = await room.digests.digest(source, range, signal) ?? digest;\n    stored(desk, number, late, facts);\n",
    },
    {
      name: "the final part's digest is of another range",
      from: "const digest = await room.digests.digest(source, range, signal);",
      to:
        "const digest = await room.digests.digest(source, { ...range, end: range.end - 1 }, signal);",
    },
    {
      name: "a final part that had arrived before ends the take",
      from: "if (!(await explainsFinal(desk, error, wasInDoubt, signal))) throw error;",
      to: "if (!(await explainsFinal(desk, error, wasInDoubt, signal)) || number > 0) throw error;",
    },
    {
      name: "a final part whose answer was lost is taken for what the file holds now",
      from: 'if (before === "in") return finalStored(desk, signal);',
      to: `if (before === "in") {
    const final = finalInDoubt(state);
    if (final === null) return;
    const now = await room.digests.digest(source, rangeOf(state, final.number), signal);
    return stored(desk, final.number, now, desk.sight!.facts);
  }`,
    },
    {
      name: "other bytes go though nobody can tell whether they come too late",
      from: '  return isIn === null ? "unknown" : isIn ? "in" : "out";',
      to: '  return isIn ? "in" : "out";',
    },
    {
      name: "the final part goes though the others no longer hold",
      from: "    if (!othersHold(desk, await source.stat(signal))) return;\n",
      to: "",
    },
    {
      name: "a PUT begins before that is written down",
      from: '} else desk.fact({ type: "part.started", number });',
      to: "}",
    },
    {
      name: "a part that was torn while the media moved is kept",
      from: "    await refuseTorn(desk, number, mediaStart);\n",
      to: "",
    },
    {
      name: "a URL that ran out is used again",
      from: "    if (error instanceof UrlExpired) urls.delete(number);\n",
      to: "",
    },
    {
      name: "a part is read one byte too early",
      from: "const order = { partNumber: number, range, url,",
      to:
        "const order = { partNumber: number, range: number === 1 ? range : { start: range.start - 1, end: range.end - 1 }, url,",
    },
  ]),
  ...mutantsOf("src/transfer/put.ts", [
    {
      name: "a login page's 200 counts as stored",
      from: 'if (answer.status === 200 && answer.text.trim() === "") return digest;',
      to: "if (answer.status === 200) return digest;",
    },
    {
      name: "an expired URL ends the take",
      from: "if ((denied && isExpired(answer, url)) || EXPIRED.has(code)) return",
      to: "if (EXPIRED.has(code)) return",
    },
    {
      name: "S3's RequestTimeout ends the take",
      from: '  "RequestTimeout",\n',
      to: "",
    },
    {
      name: "an error inside a 200 ends the take",
      from: '  "InternalError",\n',
      to: "",
    },
    {
      name: "the storage's 502 ends the take",
      from: "if (status === 429 || (status >= 500 && status !== 501)) return true;",
      to: "if (status === 429 || status === 500) return true;",
    },
    {
      name: "what the storage refuses is sent again and again",
      from: 'return passes ? new Unavailable(words, "storage") : new Rejected(words, status);',
      to:
        'return passes || status > 0 ? new Unavailable(words, "storage") : new Rejected(words, status);',
    },
    {
      name: "a signed header is missing",
      from: ', "x-amz-acl": "private" }',
      to: " }",
    },
  ]),
  ...mutantsOf("src/transfer/retry.ts", [
    {
      name: "no wait before the next attempt",
      from: "return Math.round(leastMs + random.fraction() * (boundMs - leastMs));",
      to: "return 0 * Math.round(leastMs + random.fraction() * (boundMs - leastMs));",
    },
    {
      name: "waits double without a bound",
      from: "const boundMs = Math.min(firstMs * 2 ** Math.min(attempt - 1, 20), mostMs);",
      to: "const boundMs = Math.max(firstMs * 2 ** Math.min(attempt - 1, 20), mostMs);",
    },
  ]),
  ...mutantsOf("src/transfer/lanes.ts", [
    { name: "one lane too many", from: "let most = count;", to: "let most = count + 1;" },
    {
      name: "a lane is lost after an error",
      from: `      try {
        return await work();
      } finally {
        running--;
        fill();
      }
`,
      to: `      const result = await work();
      running--;
      fill();
      return result;
`,
    },
    {
      name: "a lane is given to somebody who has left",
      from: "      const leave = () => {\n        waiting.delete(one);\n",
      to: "      const leave = () => {\n",
    },
  ]),
  ...mutantsOf("src/take/errands.ts", [
    {
      name: "an outage ends the take",
      from: "if (error instanceof Unavailable) return error;",
      to: 'if (error instanceof Unavailable) return error.outage === "network" ? null : error;',
    },
    {
      name: "an expired URL is no reason to try again",
      from: "if (error instanceof UrlExpired) {",
      to: 'if (error instanceof UrlExpired && error.message === "") {',
    },
    {
      name: "a wait never ends",
      from: "(wait !== undefined && wait.untilMs > clock.monotonicMs());",
      to: "(wait !== undefined && wait.untilMs > 0);",
    },
    {
      name: "an errand that runs is begun again",
      from: "return running.has(name) || (wait",
      to: "return (wait",
    },
    {
      name: "the take goes before its errands have ended",
      from: "      await Promise.allSettled(all.map(({ over }) => over));\n",
      to: "",
    },
    {
      name: "an errand that was dropped ends the take",
      from: "signal.aborted ? undefined : onError(name, error)",
      to: "onError(name, error)",
    },
  ]),
];
