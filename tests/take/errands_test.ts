import { assertEquals, assertThrows } from "@std/assert";
import { Limit, RecordingChanged, Rejected, Unavailable, UrlExpired } from "../../src/errors.ts";
import { createErrands, type Delay } from "../../src/take/errands.ts";
import { handClock, settled } from "../support/hand_clock.ts";

/** Errands on a clock that stands still, with the shortest waits that the policy knows. */
function openErrands(fraction = 0) {
  const clock = handClock();
  const delays: Delay[] = [];
  let changes = 0;
  const random = { fraction: () => fraction, hex: () => "" };
  const errands = createErrands(clock, random, () => changes++, (delay) => delays.push(delay));
  return { clock, errands, delays, changes: () => changes };
}

const offline = () => Promise.reject(new Unavailable("Cannot reach it", "network"));
const fine = () => Promise.resolve();

Deno.test("errands runs one of a name at a time, and different names side by side", async () => {
  const { errands, changes } = openErrands();
  const end = Promise.withResolvers<void>();
  const begun: string[] = [];
  const work = (name: string) => () => {
    begun.push(name);
    return end.promise;
  };
  errands.start("put 2", work("first"));
  errands.start("put 2", work("second"));
  errands.start("put 3", work("third"));
  assertEquals(begun, ["first", "third"]);
  assertEquals([errands.busy("put 2"), errands.busy("put 4")], [true, false]);
  end.resolve();
  await settled();
  assertEquals(errands.busy("put 2"), false);
  assertEquals(changes(), 2);
  errands.start("put 2", work("fourth"));
  assertEquals(begun.at(-1), "fourth");
  await settled();
});

Deno.test("errands keeps a failed one busy for the policy's wait, and no longer", async () => {
  const { clock, errands, delays } = openErrands();
  errands.start("register", offline);
  await settled();
  assertEquals(delays, [{
    errand: "register",
    message: "Cannot reach it",
    retryInMs: 100,
    cause: "network",
  }]);
  assertEquals([errands.busy("register"), errands.nextAttemptInMs()], [true, 100]);
  let tries = 0;
  const again = () => {
    tries++;
    return fine();
  };
  errands.start("register", again);
  assertEquals(tries, 0, "it waits");
  await clock.advance(99);
  assertEquals([errands.busy("register"), errands.nextAttemptInMs()], [true, 1]);
  await clock.advance(1);
  assertEquals([errands.busy("register"), errands.nextAttemptInMs()], [false, null]);
  errands.start("register", again);
  await settled();
  assertEquals([tries, errands.trouble()], [1, null]);
});

Deno.test("errands waits longer with each attempt, and from the start again after a success", async () => {
  const { clock, errands, delays } = openErrands(0.999999);
  for (let attempt = 1; attempt <= 4; attempt++) {
    errands.start("put 2", offline);
    await settled();
    await clock.advance(delays.at(-1)!.retryInMs);
  }
  errands.start("put 2", fine);
  await settled();
  errands.start("put 2", offline);
  await settled();
  assertEquals(delays.map(({ retryInMs }) => retryInMs), [500, 1000, 2000, 4000, 500]);
});

Deno.test("errands waits as each kind of error asks", async () => {
  const cases: readonly [error: Error, ms: number][] = [
    [new Unavailable("x", "network"), 100],
    [new Unavailable("x", "rate_limit"), 1000],
    [new Unavailable("x", "api_fault"), 30_000],
    [new Unavailable("x", "rate_limit", { retryAfterMs: 7000 }), 7000],
    [new UrlExpired("x"), 100],
    [new RecordingChanged("x"), 250],
  ];
  for (const [error, ms] of cases) {
    const { errands, delays } = openErrands();
    errands.start("put 2", () => Promise.reject(error));
    await settled();
    assertEquals(delays.map(({ retryInMs }) => retryInMs), [ms], `${error}`);
    errands.throwIfFailed();
  }
});

Deno.test("errands keeps the first error for which waiting does not help, and throws it", async () => {
  const errors = [new Rejected("no", 403), new Limit("no"), new TypeError("a fault of ours")];
  for (const error of errors) {
    const { errands, delays, changes } = openErrands();
    errands.throwIfFailed();
    errands.start("put 2", () => Promise.reject(error));
    errands.start("put 3", () => Promise.reject(new Error("later")));
    await settled();
    assertThrows(
      () => errands.throwIfFailed(),
      error.constructor as ErrorConstructor,
      error.message,
    );
    assertEquals([delays.length, changes()], [0, 2]);
  }
});

Deno.test("errands tells the trouble that came last, until it is over", async () => {
  const { clock, errands } = openErrands();
  const failing = (message: string) => () => Promise.reject(new Unavailable(message, "network"));
  errands.start("put 2", failing("part 2"));
  await settled();
  errands.start("put 3", failing("part 3"));
  await settled();
  assertEquals(errands.trouble(), "part 3");
  await clock.advance(100);
  errands.start("put 2", failing("part 2 again"));
  await settled();
  assertEquals(errands.trouble(), "part 2 again");
  await clock.advance(200);
  errands.start("put 2", fine);
  await settled();
  assertEquals(errands.trouble(), "part 3", "while it runs again it may still be the trouble");
  errands.start("put 3", fine);
  await settled();
  assertEquals(errands.trouble(), null);
});

Deno.test("errands tells no trouble of what is not wanted any more", async () => {
  const { clock, errands } = openErrands();
  errands.start("verify 3", offline);
  await settled();
  await clock.advance(300);
  assertEquals(errands.trouble(), "Cannot reach it", "it is about to be tried again");
  await clock.advance(1000);
  assertEquals(errands.trouble(), null);
});

Deno.test("errands names the soonest attempt of several", async () => {
  const { clock, errands } = openErrands();
  errands.start("register", () => Promise.reject(new Unavailable("x", "rate_limit")));
  errands.start("put 2", offline);
  await settled();
  assertEquals(errands.nextAttemptInMs(), 100);
  await clock.advance(100);
  assertEquals(errands.nextAttemptInMs(), 900);
});

Deno.test("errands cancel() ends what runs, waits for it, and forgets what waited", async () => {
  const { errands, delays } = openErrands();
  errands.start("register", offline);
  await settled();
  let ended = false;
  errands.start("put 2", (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", async () => {
        await settled(); // it takes a moment to end
        ended = true;
        reject(signal.reason);
      });
    }));
  await errands.cancel();
  assertEquals(ended, true);
  assertEquals([errands.busy("put 2"), errands.busy("register")], [false, false]);
  assertEquals([errands.trouble(), errands.nextAttemptInMs()], [null, null]);
  assertEquals(delays.length, 1, "an errand that was ended has not failed");
  errands.throwIfFailed();
});

Deno.test("errands can be used after cancel()", async () => {
  const { errands } = openErrands();
  await errands.cancel();
  let aborted: boolean | null = null;
  errands.start("put 2", (signal) => {
    aborted = signal.aborted;
    return fine();
  });
  await settled();
  assertEquals(aborted, false);
});

Deno.test("errands drop() ends those that fit, and keeps what waits and what does not fit", async () => {
  const { errands, delays } = openErrands();
  const dropped: string[] = [];
  const holds = (name: string) => (signal: AbortSignal) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        dropped.push(name);
        reject(signal.reason);
      });
    });
  errands.start("put 4", offline);
  await settled();
  for (const name of ["put 2", "put 3", "register"]) errands.start(name, holds(name));
  errands.drop((name) => name.startsWith("put "));
  await settled();
  assertEquals(dropped, ["put 2", "put 3"]);
  const busy = ["put 2", "put 3", "put 4", "register"].map((name) => errands.busy(name));
  assertEquals(busy, [false, false, true, true]);
  assertEquals(delays.length, 1);
  errands.throwIfFailed();
  await errands.cancel();
});

Deno.test("errands rouse() has what waits tried again now, and says whether anything did", async () => {
  const { errands, changes } = openErrands();
  assertEquals(errands.rouse(), false);
  errands.start("register", () => Promise.reject(new Unavailable("x", "api_fault")));
  await settled();
  assertEquals([errands.busy("register"), errands.nextAttemptInMs()], [true, 30_000]);
  const before = changes();
  assertEquals(errands.rouse(), true);
  assertEquals([errands.busy("register"), changes()], [false, before + 1]);
  assertEquals(errands.rouse(), false);
});
