import { assert, assertEquals } from "@std/assert";
import { runLoad } from "../bench/sse_load.ts";
import { startSandbox } from "./sandbox.ts";

Deno.test("20 readers of the events are told everything, once and in order, during a take of 10 s", async () => {
  await using sandbox = await startSandbox();
  const figures = await runLoad(sandbox, { readers: 20, megabitsPerSecond: 100, seconds: 10 });
  assertEquals(figures.readersWithHoles, 0);
  assert(figures.eventsEach > 60, `${figures.eventsEach} events`);
});
