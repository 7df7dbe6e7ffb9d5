import { type Mutant, mutantsOf } from "./mutant.ts";

/** Bugs on the way to Frame.io: registration, the API, the life of a URL. */
export const registering: readonly Mutant[] = [
  ...mutantsOf("src/take/register.ts", [
    {
      name: "parts are written down after they were registered",
      from: `  if (!again) {
    desk.record(...parts.map(({ number, sizeBytes, isFinal }): Entry => ({
      event: {
        type: "part.planned",
        number,
        sizeBytes,
        isFinal,
        ...(isFinal && totalBytes !== null ? { totalBytes } : {}),
      },
    })));
  }
  try {
    const presigned = await desk.room.api.registerParts(
      assetId(desk),
      parts,
      totalBytes,
      signal,
    );
`,
      to: `  try {
    const presigned = await desk.room.api.registerParts(
      assetId(desk),
      parts,
      totalBytes,
      signal,
    );
    if (!again) {
      desk.record(...parts.map(({ number, sizeBytes, isFinal }): Entry => ({
        event: {
          type: "part.planned",
          number,
          sizeBytes,
          isFinal,
          ...(isFinal && totalBytes !== null ? { totalBytes } : {}),
        },
      })));
    }
`,
    },
    {
      name: "an asset is created before that is written down",
      from: 'desk.fact({ type: "asset.requested" });',
      to: "",
    },
    {
      name: "an asset is left without a reason",
      from: 'desk.fact({ type: "asset.abandoned", assetId: assetId(desk), reason });',
      to: 'desk.fact({ type: "asset.abandoned", assetId: assetId(desk), reason: "" });',
    },
    {
      name: "a second asset uses the URLs of the first",
      from: "desk.urls.clear();",
      to: "",
    },
    {
      name: "a second asset takes over what was verified of the first",
      from: "desk.verifiedAt.clear();",
      to: "",
    },
    {
      name: "the second asset is refused for the first one's reason",
      from: "  desk.refusal = null;\n",
      to: "",
    },
    {
      name: "new URLs are written down and not used",
      from:
        "for (const { part, url } of presigned) desk.urls.set(part.number, { url, receivedAtMs });",
      to:
        "for (const { part, url } of presigned) if (!again) desk.urls.set(part.number, { url, receivedAtMs });",
    },
    {
      name: "a part that gets no new URL ends the take",
      from:
        "if (!again || !(error instanceof Rejected) || !GIVES_NO_URL.includes(error.status)) throw error;",
      to: "throw error;",
    },
  ]),
  ...mutantsOf("src/frameio/realtime.ts", [
    {
      name: "URLs go to the parts in the wrong order",
      from: "url: urls[i] as string",
      to: "url: urls[parts.length - 1 - i] as string",
    },
    {
      name: "asset_filesize is off by one",
      from: "{ asset_filesize: totalBytes }",
      to: "{ asset_filesize: totalBytes - 1 }",
    },
    {
      name: "is_final is lost",
      from: "is_final: part.isFinal,",
      to: "is_final: false,",
    },
    {
      name: "an asset counts as complete before it is",
      from: 'textField(answer, "upload_completed_at") !== null',
      to: 'field(answer, "upload_completed_at") !== undefined',
    },
    {
      name: "an asset is created with the size that the file has now",
      from: "is_realtime_upload: true }",
      to: "is_realtime_upload: true, filesize: 1 }",
    },
  ]),
  ...mutantsOf("src/frameio/device_route.ts", [
    {
      name: "a paused channel ends the take",
      from: "    if (!isPaused(error)) throw error;\n",
      to: "    if (isPaused(error) || true) throw error;\n",
    },
    {
      name: "the recording's age goes out as it is, below zero where a clock was set back",
      from: "const offset = Math.max(0, Math.floor(ageSeconds));",
      to: "const offset = -Math.floor(ageSeconds) - 1;",
    },
  ]),
  ...mutantsOf("src/frameio/rate_gate.ts", [
    {
      name: "rate limits are not learnt",
      from: "    learn(kind, status, headers) {\n",
      to: "    learn(kind, status, headers) {\n      if (status < 500) return;\n",
    },
  ]),
  ...mutantsOf("src/frameio/renewed_tokens.ts", [
    {
      name: "a token is renewed only when it is over",
      from: "const isDue = () => !isGood() || leftMs() < seen.saved.grant.lifeMs * RENEWAL_SHARE;",
      to: "const isDue = () => !isGood() || leftMs() < seen.saved.grant.lifeMs * 0;",
    },
    {
      name: "a renewed pair is used and not kept",
      from: "    await file.replace(format(saved));\n    seen",
      to: "    seen",
    },
  ]),
  ...mutantsOf("src/frameio/api.ts", [
    {
      name: "a refused token is tried again",
      from: "    return new TokenExpired(\n",
      to:
        '    return new Unavailable("Cannot go on: Frame.io answered 401", "api_fault"); new TokenExpired(\n',
    },
    {
      name: "a refusal is tried again",
      from: "  return new Rejected(words + mend, answer.status, { about });",
      to: '  return new Unavailable(words + mend, "network");',
    },
    {
      name: "the service's 502 ends the take",
      from: "if (answer.status >= 500 && answer.status !== 501) {",
      to: "if (answer.status === 500) {",
    },
    {
      name: "429 ends the take",
      from: "if (answer.status === 429 || ",
      to: "if (answer.status === 42 || ",
    },
    {
      name: "a login page's 403 is taken for the service's",
      from: "if (status < 400 || [403, 407, 511].includes(status)) return true;",
      to: "if (status < 400) return true;\n  if ([403, 407, 511].includes(status)) return false;",
    },
    {
      name: "a message repeats the token",
      from: 'text.replaceAll(token, "***")',
      to: "text",
    },
    {
      name: "a message repeats a presigned URL",
      from: '.replace(/\\S*X-Amz-\\S*/gi, "***")',
      to: "",
    },
  ]),
  ...mutantsOf("src/frameio/url_life.ts", [
    {
      name: "a fresh URL counts as run out",
      from: "return nowMs - receivedAtMs > lifeMs - Math.min(URL_MARGIN_MS, lifeMs / 10);",
      to: "return nowMs - receivedAtMs > lifeMs - URL_MARGIN_MS;",
    },
  ]),
];
