import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { Unavailable } from "../../src/errors.ts";
import { MOST_CODES } from "../../src/control/metrics.ts";
import { storageError } from "../../src/transfer/put.ts";
import { controlWorld } from "./control_world.ts";
import { finalizedView, takeView } from "./views.ts";

/** The value of a sample, by its name with labels as it stands in the text. */
function valueOf(text: string, sample: string): number | undefined {
  const line = text.split("\n").find((line) => line.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
}

/** A world in which everything that is counted has happened. */
async function busyWorld() {
  const world = controlWorld();
  const { events, clock, takes } = world;
  takes.push(finalizedView({ id: "t2" }), takeView({ id: "t3", phase: "failed" }));
  events.publish("t1", { type: "part.started", number: 2 });
  await clock.advance(1500);
  events.publish("t1", { type: "part.stored", number: 2, digest: "00" });
  // Neither an end without a beginning nor the same end twice has a duration.
  events.publish("t1", { type: "part.stored", number: 9, digest: "00" });
  events.publish("t1", { type: "part.stored", number: 2, digest: "00" });
  const { message } = storageError(
    3,
    { status: 503, text: "<Error><Code>SlowDown</Code></Error>" },
    "https://s3/x",
  );
  events.publish("t1", {
    ...{ type: "part.delayed", number: 3, message, retryInMs: 9, cause: "storage" } as const,
  });
  events.publish("t1", {
    ...{ type: "service.delayed", retryInMs: 9, cause: "rate_limit" } as const,
    message: "Cannot create the asset: Frame.io answered 429 (Too many requests)",
  });
  events.publish("t3", { type: "take.failed", message: "Frame.io answered 404" });
  const finalized = { type: "take.finalized", sizeBytes: 1, modifiedMs: 1, tailMs: 850 } as const;
  events.publish("t2", finalized);
  events.publish("t2", { ...finalized, tailMs: null }); // over before it was looked at: counts nowhere
  return world;
}

Deno.test("GET /metrics counts what happens", async () => {
  const { ask } = await busyWorld();
  const response = await ask("/metrics");
  assertEquals(
    response.headers.get("Content-Type"),
    "text/plain; version=0.0.4; charset=utf-8",
  );
  const text = await response.text();
  const expected: Record<string, number> = {
    'reeltime_takes{state="recording"}': 1,
    'reeltime_takes{state="finalized"}': 1,
    'reeltime_takes{state="failed"}': 1,
    'reeltime_takes{state="paused"}': 0,
    reeltime_recorded_bytes_total: 3 * 1_240_000_000,
    reeltime_stored_bytes_total: 2 * 1_100_000_000 + 1_240_000_000,
    reeltime_resent_bytes_total: 0,
    reeltime_lag_seconds: 2.4,
    'reeltime_part_seconds_bucket{le="1"}': 0,
    'reeltime_part_seconds_bucket{le="2.5"}': 1,
    reeltime_part_seconds_count: 1,
    reeltime_part_seconds_sum: 1.5,
    'reeltime_tail_seconds_bucket{le="1"}': 1,
    reeltime_tail_seconds_sum: 0.85,
    'reeltime_retries_total{cause="storage"}': 1,
    'reeltime_retries_total{cause="rate_limit"}': 1,
    'reeltime_s3_errors_total{code="SlowDown"}': 1,
    'reeltime_api_errors_total{code="429"}': 1,
    'reeltime_api_errors_total{code="404"}': 1,
  };
  for (const [sample, value] of Object.entries(expected)) {
    assertEquals(valueOf(text, sample), value, sample);
  }
});

Deno.test("GET /metrics never lets a counter fall, and counts nothing twice", async () => {
  const { ask, takes } = controlWorld();
  const stored = async () =>
    valueOf(await (await ask("/metrics")).text(), "reeltime_stored_bytes_total");
  takes[0] = takeView({ storedBytes: 100 });
  assertEquals([await stored(), await stored()], [100, 100]);
  takes[0] = takeView({ storedBytes: 40 }); // parts changed, or the asset was left behind
  assertEquals(await stored(), 100);
  takes[0] = takeView({ storedBytes: 130 });
  assertEquals(await stored(), 130);
  takes.length = 0;
  assertEquals(await stored(), 130);
});

Deno.test("GET /metrics tells causes and codes of a bounded number, whatever messages hold", async () => {
  const { ask, events, clock } = controlWorld();
  const letters = (n: number) => String.fromCharCode(65 + n % 26, 65 + Math.floor(n / 26) % 26);
  for (let n = 0; n < 500; n++) {
    const { message } = storageError(
      1,
      { status: 503, text: `<Code>Made${letters(n)}</Code>` },
      "https://s3/x",
    );
    events.publish("t1", { type: "part.delayed", number: n, message, retryInMs: 1 });
    events.publish(`take ${n}`, { type: "part.started", number: n });
  }
  const message = 'the storage answered 503 x"} evil 1\nevil 2; <img src=x>.mov';
  events.publish("t1", { type: "part.delayed", number: 1, message, retryInMs: 1 });
  events.publish("t1", {
    ...{ type: "service.delayed", message: "", retryInMs: 1, cause: 'x"}' as never } as const,
  });
  await clock.advance(1);
  const text = await (await ask("/metrics")).text();
  assertNotMatch(text, /evil|img|mov/);
  const codes = text.match(/^reeltime_s3_errors_total\{/gm)!;
  assert(codes.length <= MOST_CODES + 1, `${codes.length} codes`);
  assert(valueOf(text, 'reeltime_s3_errors_total{code="other"}')! > 400);
  assertEquals(valueOf(text, 'reeltime_retries_total{cause="other"}'), 502);
});

Deno.test("GET /metrics knows the words of every error that it counts by code", async () => {
  const { ask, events } = controlWorld();
  const errors = [
    storageError(
      1,
      { status: 500, text: "<Error><Code>InternalError</Code></Error>" },
      "https://s3/x",
    ),
    storageError(1, { status: 502, text: "" }, "https://s3/x"),
    storageError(
      1,
      { status: 403, text: "<Error><Code>SignatureDoesNotMatch</Code></Error>" },
      "https://s3/x",
    ),
  ];
  for (const { message } of errors) events.publish("t1", { type: "take.failed", message });
  const text = await (await ask("/metrics")).text();
  for (const code of ["InternalError", "502", "SignatureDoesNotMatch"]) {
    assertEquals(valueOf(text, `reeltime_s3_errors_total{code="${code}"}`), 1, code);
  }
  assert(errors[0] instanceof Unavailable);
});

const PROMTOOL = await new Deno.Command("promtool", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);

Deno.test({
  name: "GET /metrics is what Prometheus itself reads" +
    (PROMTOOL ? "" : " (SKIPPED: no promtool here; Debian's package prometheus has it)"),
  ignore: !PROMTOOL,
  async fn() {
    const { ask } = await busyWorld();
    const text = await (await ask("/metrics")).text();
    assertMatch(text, /reeltime_takes/);
    const tool = new Deno.Command("promtool", {
      args: ["check", "metrics"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = tool.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
    const { code, stdout, stderr } = await tool.output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals({ code, said }, { code: 0, said: "" });
  },
});
