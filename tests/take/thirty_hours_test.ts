import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { type AccessDoors } from "../../src/cli/client_flags.ts";
import { runLogin } from "../../src/cli/login_command.ts";
import { runPair } from "../../src/cli/pair_command.ts";
import { secret } from "../../src/config.ts";
import { Unavailable } from "../../src/errors.ts";
import { apiCaller } from "../../src/frameio/api.ts";
import { deviceHeaders, deviceRoute } from "../../src/frameio/device_route.ts";
import { rateGate } from "../../src/frameio/rate_gate.ts";
import { storedTokens } from "../../src/frameio/stored_tokens.ts";
import type { Tokens } from "../../src/frameio/tokens.ts";
import { v4Route } from "../../src/frameio/v4_route.ts";
import { MIB } from "../../src/parts/limits.ts";
import { systemDisk } from "../../src/runtime/disk.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import { tokenFile } from "../../src/runtime/token_file.ts";
import type { TakeRoom } from "../../src/take/desk.ts";
import { type DrivenClock, drivenClock } from "../support/driven_clock.ts";
import { type House, openHouse, sha256Of } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";

const HOUR_MS = 3_600_000;

/** Life of a presigned URL; with a day's the storage would have to be away for more than that. */
const URL_LIFE_SECONDS = 3600;

/** The storage is out of reach between these hours: parts that are registered outlive their URLs. */
const OUTAGE = { fromMs: 9.6 * HOUR_MS, untilMs: 11.7 * HOUR_MS };

/** A house whose service lives by a driven clock, with rate limits, and everything said between them. */
async function openLongHouse() {
  const clock = drivenClock(Date.now(), 30_000);
  const house = await openHouse({
    now: () => new Date(clock.now()),
    limitsRates: true,
    urlLifeSeconds: URL_LIFE_SECONDS,
  });
  const statuses = new Map<number, number>();
  const http = clock.door({
    async request(request: Parameters<typeof systemHttp.request>[0]) {
      const answer = await systemHttp.request(request);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      return answer;
    },
  }, "request");
  const doors: AccessDoors = { http, clock, random: systemRandom };
  const stateFolder = join(house.folder, "account");
  const fileOf = (name: string) =>
    clock.door(tokenFile(stateFolder, name), "read", "replace", "exclusively");
  const stored = () =>
    storedTokens(doors, fileOf, {
      ...{ apiBase: house.sandboxUrl, imsBase: house.sandboxUrl, version: "0.1.0" },
    });
  return { clock, house, statuses, doors, stateFolder, stored };
}

type LongHouse = Awaited<ReturnType<typeof openLongHouse>>;

/** The real doors, in whose calls time stands still. */
function drivenDoors(clock: DrivenClock, over: Partial<TakeRoom>) {
  return (real: TakeRoom): Partial<TakeRoom> => ({
    clock,
    disk: {
      ...clock.door(systemDisk, "stat", "realPath", "isNetworkVolume"),
      writers: () => Promise.resolve("unknown"), // a walk over all processes, thousands of times
      open: (path) =>
        clock.real(async () => {
          const source = await systemDisk.open(path);
          return source && clock.door(source, "stat", "read", "close");
        }),
      watch() {}, // hints come in real time
    },
    digests: clock.door(real.digests, "digest", "send"),
    ...over,
  });
}

/** Counts the tokens that calls are made with. */
function counted(tokens: Tokens): { readonly tokens: Tokens; readonly seen: Set<string> } {
  const seen = new Set<string>();
  const current = async (signal: AbortSignal) => {
    const token = await tokens.current(signal);
    seen.add(token);
    return token;
  };
  return { tokens: { ...tokens, current }, seen };
}

async function pair({ doors, clock, house, stateFolder }: LongHouse): Promise<void> {
  const { signal } = new AbortController();
  const config = {
    ...{ apiBase: house.sandboxUrl, clientId: null, clientSecret: secret("sandbox-secret") },
    stateFolder,
  };
  const say = (text: string) => {
    const code = /^\s*(\d{6})\s*$/.exec(text)?.[1];
    if (code !== undefined) void clock.real(() => approve(house, code));
  };
  assertEquals(await clock.until(runPair(config, say, signal, doors)), 0);
}

async function approve({ sandboxUrl }: House, code: string): Promise<void> {
  const answer = await fetch(`${sandboxUrl}/sandbox/pairing/approve`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user_code: code }),
  });
  await answer.body?.cancel();
}

/** The one asset of this name holds the file, once the service has put it together. */
async function checkHeld({ house }: LongHouse, name: string): Promise<void> {
  for (;;) {
    const assets = (await house.assets()).filter((asset) => asset.name === name);
    assertEquals(assets.length, 1);
    if (assets[0]!.status !== "complete") continue;
    return assertEquals(assets[0]!.sha256, await sha256Of(house.path(name)));
  }
}

Deno.test("a take of 30 hours crosses four tokens, expired URLs and rate limits without a failure", async () => {
  const long = await openLongHouse();
  await using house = long.house;
  const { clock, statuses } = long;
  await pair(long);
  const { device, settled } = await clock.until(long.stored());
  const own = counted(device!);
  const call = apiCaller(long.doors.http, {
    ...{ baseUrl: house.sandboxUrl, tokens: own.tokens, headers: deviceHeaders("0.1.0") },
    gate: rateGate(clock),
  });
  const beganMs = clock.monotonicMs();
  const isOut = () => {
    const hoursMs = clock.monotonicMs() - beganMs;
    return hoursMs > OUTAGE.fromMs && hoursMs < OUTAGE.untilMs;
  };
  const mov = await createMov(house.path("long.mov"));
  const upload = house.upload([house.path("long.mov")], {
    ...{ abandonMs: 100 * HOUR_MS, lanes: 2 },
    doors: (real) => {
      const doors = drivenDoors(clock, { api: deviceRoute(call), routeName: "device" })(real);
      const { send } = doors.digests!;
      const reachable: typeof send = (...args) =>
        isOut() ? Promise.reject(new Unavailable("the storage is away", "network")) : send(...args);
      return { ...doors, digests: { ...doors.digests!, send: reachable } };
    },
  });
  const record = async () => {
    for (let halfHour = 0; halfHour < 60; halfHour++) {
      await clock.real(() => mov.roll(5.5 * MIB));
      await clock.sleep(HOUR_MS / 2);
    }
    await clock.real(() => mov.stop());
    await mov[Symbol.asyncDispose]();
  };
  const [outcomes] = await clock.until(Promise.all([upload.done, record()]));
  await settled();
  assertEquals(outcomes, [{ is: "done" }]);
  assert(clock.monotonicMs() - beganMs > 30 * HOUR_MS);
  await clock.until(clock.real(() => checkHeld(long, "long.mov")));
  assert(own.seen.size >= 4, `${own.seen.size} tokens`);
  assertEquals([...statuses.keys()].filter((status) => status >= 400), []);
  const registered = house.events.filter(({ type }) => type === "part.registered").length;
  const planned = house.events.filter(({ type }) => type === "part.planned").length;
  assert(registered > planned, "URLs that ran out were asked for again");
  const late = house.events.filter((event) =>
    event.type === "part.delayed" && !event.message.includes("the storage is away")
  );
  assertEquals(late, []);
});

Deno.test("finished files go through V4 for 30 hours on Adobe's tokens without a failure", async () => {
  const long = await openLongHouse();
  await using house = long.house;
  const { clock, statuses } = long;
  const { signal } = new AbortController();
  const login = runLogin(
    {
      ...{ imsBase: house.sandboxUrl, clientId: "app", clientSecret: secret("sandbox-secret") },
      ...{ stateFolder: long.stateFolder, by: { is: "server" } },
    },
    () => {},
    signal,
    { ...long.doors, openPage() {}, readLine: () => Promise.resolve(null) },
  );
  assertEquals(await clock.until(login), 0);
  const { ims, settled } = await clock.until(long.stored());
  const own = counted(ims!);
  const call = apiCaller(long.doors.http, {
    ...{ baseUrl: house.sandboxUrl, tokens: own.tokens, gate: rateGate(clock) },
  });
  const accounts = await clock.until(
    call({ method: "GET", path: "/v4/accounts", doing: "list", signal }),
  ) as { data: { id: string }[] };
  const place = { accountId: accounts.data[0]!.id, folderId: "root" };
  for (let file = 0; file < 4; file++) {
    const name = `file${file}.bin`;
    await clock.real(() =>
      Deno.writeFile(house.path(name), new Uint8Array(12 * MIB).fill(file + 1))
    );
    const upload = house.upload([house.path(name)], {
      ...{ idleMs: 2000, abandonMs: 2000 },
      doors: drivenDoors(clock, { api: v4Route(call, place), routeName: "v4" }),
    });
    assertEquals(await clock.until(upload.done), [{ is: "done" }]);
    await clock.until(clock.real(() => checkHeld(long, name)));
    await clock.until(clock.sleep(10 * HOUR_MS));
  }
  await settled();
  assertEquals(own.seen.size, 2);
  assertEquals([...statuses.keys()].filter((status) => status >= 400), []);
  assertEquals(house.events.filter(({ type }) => type === "part.delayed"), []);
});
