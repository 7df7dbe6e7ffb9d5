import { assert, assertEquals, assertRejects } from "@std/assert";
import { StateFailure, TokenExpired, Unavailable } from "../../src/errors.ts";
import { tokenFile } from "../../src/runtime/token_file.ts";
import { withTokens } from "./token_world.ts";

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;

interface Kept {
  readonly grant: { readonly refreshToken: string };
}

Deno.test("a pairing made while a new pair waits for the disk is not overwritten by it", () =>
  withTokens(async (world) => {
    let isFull = false;
    const { device } = await world.open((name) => {
      const real = tokenFile(world.stateFolder, name);
      const full = () => Promise.reject(new StateFailure("the disk is full"));
      return { ...real, replace: (value) => isFull ? full() : real.replace(value) };
    });
    world.clock.advance(7.3 * HOUR_MS);
    world.onCall = async (pass) => {
      const answer = await pass();
      isFull = true;
      return answer;
    };
    await device!.current(signal).catch(() => {});
    isFull = false;
    world.onCall = (pass) => pass();
    await world.pair();
    world.clock.advance(60_000);
    assert(await world.accepts(await device!.current(signal)));
    const asked = world.asked.length;
    world.clock.advance(7.5 * HOUR_MS);
    assert(await world.accepts(await device!.current(signal)), "renewed from the new pairing");
    assertEquals(world.asked.length, asked + 1);
    const kept = await world.file("device").read() as Kept;
    assert(kept.grant.refreshToken.length > 0);
  }));

Deno.test("a box that asks for days of pause is obeyed for ten minutes", () =>
  withTokens(async (world) => {
    const { device } = await world.open();
    world.clock.advance(8.1 * HOUR_MS);
    const headers = new Headers({ "retry-after": "604800" });
    world.onCall = () => Promise.resolve({ status: 503, headers, text: "<html>" });
    await assertRejects(() => device!.current(signal), Unavailable);
    world.onCall = (pass) => pass();
    world.clock.advance(10 * 60_000 - 1000);
    await assertRejects(() => device!.current(signal), Unavailable);
    world.clock.advance(2000);
    assert(await world.accepts(await device!.current(signal)));
  }));

Deno.test("credentials that were stored meanwhile for another service are not sent to this one", () =>
  withTokens(async (world) => {
    const { device } = await world.open();
    const file = world.file("device");
    const kept = await file.read() as Kept & Record<string, unknown>;
    const grant = {
      ...kept.grant,
      accessToken: "theirs",
      receivedAtMs: world.clock.now() + 7.2 * HOUR_MS,
    };
    await file.replace({ ...kept, apiBase: "https://other.example", grant });
    world.clock.advance(8.1 * HOUR_MS);
    await assertRejects(() => device!.current(signal), TokenExpired, "another service");
  }));
