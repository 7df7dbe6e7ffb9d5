import { assert, assertEquals, assertMatch } from "@std/assert";
import { Unavailable } from "../../src/errors.ts";
import type { PublishedEvent } from "../../src/events.ts";
import { apiCaller } from "../../src/frameio/api.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import { v2FinishedRoute } from "../../src/frameio/v2_finished_route.ts";
import { MIB } from "../../src/parts/limits.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import type { TakeRoom } from "../../src/take/desk.ts";
import { holdPuts, loseAnswer, losePutAnswers } from "../support/faulty_doors.ts";
import { type House, openHouse, sha256Of } from "../support/house.ts";
import { createMov, type MovWriter } from "../support/mov_writer.ts";

const typed = (type: PublishedEvent["type"]) => (event: PublishedEvent) => event.type === type;
const count = (house: House, type: PublishedEvent["type"]) =>
  house.events.filter(typed(type)).length;

/** A take that stopped between registration and PUT, as a kill there would leave it. */
async function stopAfterRegistration(house: House, path: string, mov: MovWriter): Promise<void> {
  const upload = house.upload([path], { doors: (real) => ({ digests: holdPuts(real.digests) }) });
  await mov.roll(12 * MIB);
  await upload.seen(typed("part.registered"));
  await upload.stop();
}

async function assertOneAsset(house: House, path: string): Promise<void> {
  const assets = await house.assets();
  assertEquals(assets.length, 1);
  assertEquals(assets[0]?.sha256, await sha256Of(path));
}

Deno.test("take uses the URL that the journal kept, without registering again", async () => {
  await using house = await openHouse({ refuseAgain: true });
  const path = house.path("take01.mov");
  await using mov = await createMov(path);
  await stopAfterRegistration(house, path, mov);
  const before = count(house, "part.registered");
  const upload = house.upload([path]);
  await upload.seen(typed("part.stored"));
  assertEquals(count(house, "part.registered"), before);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertOneAsset(house, path);
});

Deno.test("take renews a URL before it expires, with identical number and size", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  await using mov = await createMov(path);
  await stopAfterRegistration(house, path, mov);
  const tomorrow = { ...systemClock, now: () => Date.now() + 24 * 3600 * 1000 };
  const upload = house.upload([path], { doors: () => ({ clock: tomorrow }) });
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertOneAsset(house, path);
});

Deno.test("take renews a URL that the storage calls expired", async () => {
  await using house = await openHouse({ urlLifeSeconds: 1 });
  const path = house.path("take01.mov");
  await using mov = await createMov(path);
  let url = "";
  const first = house.upload([path], {
    doors: (real) => ({
      digests: {
        digest: real.digests.digest,
        send(source, range, target, signal) {
          url = target.url;
          return holdPuts(real.digests).send(source, range, target, signal);
        },
      },
    }),
  });
  await mov.roll(12 * MIB);
  await first.seen(typed("part.started"));
  await first.stop();
  while (!(await probe(url)).includes("has expired"));
  // A clock that stands still believes that the kept URL is fresh: only the storage knows better.
  const stopped = house.events.find(typed("part.registered"))!.time;
  const clock = { ...systemClock, now: () => Date.parse(stopped) };
  const upload = house.upload([path], { doors: () => ({ clock }) });
  const delayed = await upload.seen(typed("part.delayed"));
  assert(delayed.type === "part.delayed");
  assertMatch(delayed.message, /403 AccessDenied/);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertOneAsset(house, path);
});

/** What the storage says to a PUT that it will refuse whatever its time: it carries no body. */
async function probe(url: string): Promise<string> {
  const headers = { "content-type": "video/quicktime", "x-amz-acl": "private" };
  return await (await fetch(url, { method: "PUT", headers, body: "x" })).text();
}

Deno.test("take goes to a second asset, and says so, when the service refuses a fresh URL", async () => {
  await using house = await openHouse({ refuseAgain: true });
  const path = house.path("take01.mov");
  await using mov = await createMov(path);
  await stopAfterRegistration(house, path, mov);
  const tomorrow = { ...systemClock, now: () => Date.now() + 24 * 3600 * 1000 };
  const upload = house.upload([path], { doors: () => ({ clock: tomorrow }) });
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  const assets = await house.assets();
  assertEquals(assets.length, 2);
  const { formerAssets, asset } = upload.studio.shown()[0]!.snapshot.state;
  assertMatch(formerAssets[0]!.reason, /the service gives no new upload URL/);
  const complete = assets.find((one) => one.status === "complete");
  assert(asset.at === "created");
  assertEquals(complete?.id, asset.id);
  assertEquals(complete?.sha256, await sha256Of(path));
});

/** A way in that gives every URL with the asset, over a link on which a day goes by with each PUT. */
function slowly(house: House) {
  const access = { baseUrl: house.sandboxUrl, tokens: fixedToken("sandbox") };
  let laterMs = 0;
  const doors = ({ digests }: Pick<TakeRoom, "digests">): Partial<TakeRoom> => ({
    routeName: "upload --route user",
    api: v2FinishedRoute(apiCaller(systemHttp, access), "root"),
    clock: { ...systemClock, now: () => Date.now() + laterMs },
    digests: {
      digest: digests.digest,
      send() {
        laterMs += 25 * 3600 * 1000;
        return Promise.reject(new Unavailable("the line is slow", "network"));
      },
    },
  });
  return doors;
}

Deno.test("upload whose URLs run out a second time says so, instead of beginning anew for ever", async () => {
  await using house = await openHouse();
  const path = house.path("card.mov");
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await mov.stop();
  const [outcome] = await house.upload([path], { doors: slowly(house) }).done;
  assert(outcome?.is === "failed");
  assertMatch(outcome.message, /run out twice .* upload the file with reeltime --watch/);
  assertEquals((await house.assets()).length, 2);
});

Deno.test("take asks again in the same words when the answer to a registration is lost", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], {
    doors: (real) => ({ api: loseAnswer(real.api, "registerParts") }),
  });
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await upload.seen(typed("service.delayed"));
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertOneAsset(house, path);
});

Deno.test("take warns of an empty placeholder when the answer to its creation is lost", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], {
    doors: (real) => ({ api: loseAnswer(real.api, "createAsset") }),
  });
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  const warning = house.events.find(typed("take.warned"));
  assert(warning?.type === "take.warned");
  assertMatch(warning.message, /placeholder/);
  const assets = await house.assets();
  assertEquals(assets.map((asset) => asset.status).sort(), ["complete", "created"]);
});

Deno.test("take sends a part again whose answer was lost, and counts its bytes", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], {
    doors: (real) => ({ digests: losePutAnswers(real.digests, (url) => url.includes("part_2?")) }),
  });
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertOneAsset(house, path);
  assertEquals(upload.studio.shown()[0]!.snapshot.state.resentBytes, 5 * MIB);
});

Deno.test("take whose final part is stored but unseen is done without another PUT", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], {
    // 7 MiB are a head of 5 MiB and a final part 2.
    doors: (real) => ({ digests: losePutAnswers(real.digests, (url) => url.includes("part_2?")) }),
  });
  await using mov = await createMov(path);
  await mov.roll(7 * MIB);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertOneAsset(house, path);
  const [asset] = await house.assets();
  assertEquals(asset?.parts.map((part) => part.putCount), [1, 1]);
});
