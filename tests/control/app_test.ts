import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { controlWorld } from "./control_world.ts";
import { takeView } from "./views.ts";

Deno.test("createApp() serves the takes whole with the machine, and one by its id", async () => {
  const { ask, takes } = controlWorld();
  takes.push(takeView({ id: "a/b c", name: "second.mov" }));
  const all = await (await ask("/api/takes")).json();
  assertEquals(all.takes, takes);
  assertEquals([all.machine.tone, all.machine.word], ["green", "Live"]);
  const one = await ask(`/api/takes/${encodeURIComponent("a/b c")}`);
  assertEquals(await one.json(), { ...takes[1], timeline: [], errors: [] });
});

Deno.test("createApp() answers an operation with 202 and the state the take is in then", async () => {
  const world = controlWorld({
    operate(operation, id) {
      world.asked.push([operation, id]);
      world.takes[0] = takeView({ phase: "verifying" });
      return "accepted";
    },
  });
  const response = await world.ask("/api/takes/t1/finish", "POST");
  assertEquals(response.status, 202);
  assertEquals(await response.json(), { id: "t1", state: "verifying" });
  assertEquals(world.asked, [["finish", "t1"]]);
});

Deno.test("createApp() hands every operation on, and no other word", async () => {
  const { ask, asked } = controlWorld();
  const operations = ["finish", "pause", "resume", "cancel", "retry", "prioritise"];
  for (const operation of operations) {
    assertEquals((await ask(`/api/takes/t1/${operation}`, "POST")).status, 202, operation);
  }
  for (
    const other of ["delete", "constructor", "toString", "run", "shown", "add", "Finish", "%00"]
  ) {
    assertEquals((await ask(`/api/takes/t1/${other}`, "POST")).status, 404, other);
  }
  assertEquals(asked, operations.map((operation) => [operation, "t1"]));
});

Deno.test("createApp() answers what is so already with 200", async () => {
  const { ask, takes } = controlWorld({ operate: () => "already" });
  takes[0] = takeView({ phase: "paused" });
  const response = await ask("/api/takes/t1/pause", "POST");
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { id: "t1", state: "paused" });
});

for (
  const { answer, status, state } of [
    { answer: "unknown", status: 404, state: undefined },
    { answer: "ended", status: 409, state: "recording" },
    { answer: "empty", status: 409, state: "recording" },
    { answer: "not_failed", status: 409, state: "recording" },
  ] as const
) {
  Deno.test(`createApp() answers an operation on a take that is ${answer} with a problem and its remedy`, async () => {
    const { ask } = controlWorld({ operate: () => answer });
    const response = await ask("/api/takes/t1/retry", "POST");
    assertEquals(response.status, status);
    assertEquals(response.headers.get("Content-Type"), "application/problem+json");
    const problem = await response.json();
    assertEquals(problem.status, status);
    assertEquals(problem.state, state);
    assertEquals(problem.type, `urn:reeltime:take-${answer.replace("_", "-")}`);
    assertStringIncludes(problem.detail, '"t1"');
    if (state) assertStringIncludes(problem.detail, state);
    assertMatch(problem.remedy, /\w+ .+\.$/);
  });
}

Deno.test("createApp() answers what it does not know with problem details", async () => {
  const { ask, asked } = controlWorld();
  const wrong = [
    ["/api/takes/nope", "GET"],
    ["/nope", "GET"],
    ["/api/takes/t1/finish", "GET"],
    ["/api/takes/t1", "DELETE"],
    ["/api/limits", "POST"],
  ] as const;
  for (const [path, method] of wrong) {
    const response = await ask(path, method);
    assertEquals(response.status, 404, path);
    assertEquals(response.headers.get("Content-Type"), "application/problem+json");
    await response.body?.cancel();
  }
  assertEquals(asked, []);
});

Deno.test("createApp() answers a fault of its own with problem details, and tells nothing of it", async () => {
  const { ask, deps } = controlWorld();
  deps.views.takes = () => {
    throw new Error("cannot open /home/me/state/journal.sqlite");
  };
  const response = await ask("/api/takes");
  assertEquals(response.status, 500);
  const problem = await response.json();
  assertEquals(problem.detail, "Cannot answer GET /api/takes: Error.");
  assertEquals(response.headers.get("X-Content-Type-Options"), "nosniff");
});
