import { assertEquals } from "@std/assert";
import { Rejected, TokenExpired, Unavailable } from "../../src/errors.ts";
import { type ApiCall, apiCaller } from "../../src/frameio/api.ts";
import { deviceHeaders } from "../../src/frameio/device_route.ts";
import { heartbeat } from "../../src/frameio/heartbeat.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { handClock, settled } from "../support/hand_clock.ts";
import { pairDevice } from "../sandbox/device_client.ts";
import { until, withSandbox } from "../sandbox/sandbox_client.ts";

const MINUTE_MS = 60_000;

Deno.test("heartbeat() keeps a device online: every two minutes, within what the sandbox takes", async () => {
  const clock = handClock(Date.UTC(2026, 10, 20, 12, 0, 0));
  await withSandbox(async ({ baseUrl }) => {
    const device = await pairDevice(baseUrl);
    const access = { baseUrl, tokens: fixedToken(device.token), headers: deviceHeaders("0.1.0") };
    const failures: unknown[] = [];
    const call: ApiCall = (request) =>
      apiCaller(systemHttp, access)(request).catch((error) => {
        failures.push(error);
        throw error;
      });
    const abort = new AbortController();
    const beating = heartbeat(call, clock, abort.signal);
    for (let beat = 0; beat < 5; beat++) {
      await until(() => clock.sleeping() === 1);
      const { lastHeartbeatAt, heartbeats } = await device.seen();
      assertEquals(lastHeartbeatAt, `2026-11-20T12:0${2 * beat}:00.000Z`);
      assertEquals(heartbeats, beat + 1);
      await clock.advance(2 * MINUTE_MS - 1);
      assertEquals(clock.sleeping(), 1);
      await clock.advance(1);
    }
    await until(() => clock.sleeping() === 1);
    abort.abort();
    await beating;
    assertEquals(failures, []);
    assertEquals(clock.sleeping(), 0);
    const { callsWithoutVersion, clientVersions } = await device.seen();
    assertEquals([callsWithoutVersion, (clientVersions as string[]).at(-1)], [0, "0.1.0"]);
  }, { now: () => new Date(clock.now()) });
});

Deno.test("heartbeat() goes on whatever goes wrong", async () => {
  const clock = handClock();
  const errors = [
    new Unavailable("Cannot send a heartbeat: connection refused", "network"),
    new TokenExpired("Cannot send a heartbeat: Frame.io refused the token"),
    new Rejected("Cannot send a heartbeat: Frame.io answered 409", 409),
    new Error("something else"),
  ];
  const sentAtMs: number[] = [];
  const call: ApiCall = () => {
    const error = errors[sentAtMs.length];
    sentAtMs.push(clock.monotonicMs());
    return error === undefined ? Promise.resolve(null) : Promise.reject(error);
  };
  const abort = new AbortController();
  const beating = heartbeat(call, clock, abort.signal);
  for (let beat = 0; beat < 6; beat++) {
    await settled();
    assertEquals(sentAtMs.length, beat + 1);
    await clock.advance(2 * MINUTE_MS);
  }
  abort.abort();
  await beating;
  assertEquals(sentAtMs, [0, 2, 4, 6, 8, 10, 12].map((minutes) => minutes * MINUTE_MS));
});

Deno.test("heartbeat() leaves a minute after a slow one, and keeps its pace after one that was not", async () => {
  const clock = handClock();
  const tookMs = [40_000, 100_000, 600_000, 0];
  const sentAtMs: number[] = [];
  const call: ApiCall = async () => {
    const took = tookMs[sentAtMs.length];
    sentAtMs.push(clock.monotonicMs() / 1000);
    if (took !== undefined) await clock.sleep(took);
    return null;
  };
  const abort = new AbortController();
  const beating = heartbeat(call, clock, abort.signal);
  for (let second = 0; second < 1200; second++) await clock.advance(1000);
  abort.abort();
  await beating;
  assertEquals(sentAtMs, [0, 120, 280, 940, 1060, 1180]);
});

Deno.test("heartbeat() ends at once while a call is under way, and sends nothing where it is over before", async () => {
  const clock = handClock();
  const abort = new AbortController();
  let calls = 0;
  const call: ApiCall = ({ signal }) => {
    calls++;
    return clock.sleep(1e9, signal).then(() => null);
  };
  const beating = heartbeat(call, clock, abort.signal);
  await settled();
  abort.abort();
  await beating;
  await heartbeat(call, clock, abort.signal);
  assertEquals([calls, clock.sleeping()], [1, 0]);
});
