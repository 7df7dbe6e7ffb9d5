import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Rejected, Unavailable } from "../../src/errors.ts";
import type { ApiCall } from "../../src/frameio/api.ts";
import { plainName, tryingPlainName } from "../../src/frameio/plain_name.ts";
import { userRoute } from "../../src/frameio/realtime.ts";
import type { AssetRoute } from "../../src/frameio/route.ts";
import { v2FinishedRoute } from "../../src/frameio/v2_finished_route.ts";
import { v4Route } from "../../src/frameio/v4_route.ts";
import { ACCOUNT } from "../../src/sandbox/world.ts";
import {
  jsonOf,
  type Said,
  signal,
  v2Error,
  v4Error,
  withAnswers,
  withFrameio,
} from "./service.ts";

const NAME = `Tag 3 – "Küste" 🎬 (2).mov`;
const PLAIN = "Tag_3____Küste_____2_.mov";
const ASSET = { name: NAME, filetype: "video/quicktime", sizeBytes: 1, ageSeconds: 0 };
const CREATED = { json: { id: "a1", upload_urls: ["https://s3/1"] } };

/** Creates through the wrapped V2 route; gives the names that were asked for, and the warnings. */
async function tried(answer: (count: number) => Said | "break", name = NAME) {
  const warnings: string[] = [];
  let names: unknown[] = [];
  let outcome: unknown;
  await withAnswers((_, count) => answer(count), async ({ call }, { requests }) => {
    const route = tryingPlainName(v2FinishedRoute(call, "f"), (words) => warnings.push(words));
    outcome = await route.createAsset({ ...ASSET, name }, signal).catch((error) => error);
    names = requests.map((request) => (jsonOf(request) as { name: unknown }).name);
  });
  return { names, warnings, outcome };
}

Deno.test("tryingPlainName() sends the file's own name and leaves it where it is taken", async () => {
  assertEquals(await tried(() => CREATED).then(({ names, warnings }) => ({ names, warnings })), {
    names: [NAME],
    warnings: [],
  });
});

Deno.test("tryingPlainName() tries once with _ where the refusal is about the name, and says so", async () => {
  const refusals = [
    v2Error(400, "name must not contain spaces"),
    v2Error(422, "Invalid Name"),
    v2Error(400, "The filename is invalid"),
    v4Error(422, "is invalid", "/data/name"),
    { status: 422, json: { errors: [{ detail: "no" }, { detail: "names have no spaces" }] } },
  ];
  for (const refusal of refusals) {
    const { names, warnings } = await tried((count) => count === 1 ? refusal : CREATED);
    assertEquals(names, [NAME, PLAIN]);
    assertEquals(warnings, [`Frame.io refused the name ${NAME}: it is tried once as ${PLAIN}`]);
    const again = await tried(() => refusal);
    assertEquals(again.names, [NAME, PLAIN], "once, not more");
    assertEquals((again.outcome as Rejected).name, "Rejected");
  }
});

Deno.test("tryingPlainName() hands on every other refusal as it is", async () => {
  const others: readonly (Said | "break")[] = [
    v2Error(400, "filesize is required"),
    v4Error(422, "is invalid", "/data/file_size"),
    v4Error(422, "unexpected", "/data/asset_name_x"),
    v2Error(402, "name your plan"),
    v2Error(403, "no name"),
    v2Error(404, "name"),
    v2Error(409, "name"),
    v2Error(429, "name"),
    v2Error(500, "name"),
    { status: 400, json: "" },
    { status: 400, json: { errors: "name" } },
    { status: 400, json: { errors: [null, 7, { detail: { name: 1 } }] } },
    "break",
  ];
  for (const other of others) {
    const { names, warnings, outcome } = await tried(() => other);
    assertEquals([names, warnings], [[NAME], []], JSON.stringify(other));
    assertEquals(outcome instanceof Rejected || outcome instanceof Unavailable, true);
  }
});

Deno.test("tryingPlainName() has nothing else to try for a name that is plain already", async () => {
  const { names, warnings } = await tried(() => v2Error(400, "name is taken"), "Küste_3-a.mov");
  assertEquals([names, warnings], [["Küste_3-a.mov"], []]);
});

Deno.test("plainName() keeps letters of every script, digits, dots and dashes", () => {
  assertEquals(plainName(NAME), PLAIN);
  assertEquals(plainName("カメラ-1_日本.mxf"), "カメラ-1_日本.mxf");
  assertEquals(plainName("e\u0301te\u0301.mov"), "e\u0301te\u0301.mov");
  assertEquals(plainName("a/b\\c\n.mov"), "a_b_c_.mov");
});

Deno.test("tryingPlainName() gets a name past a sandbox that refuses spaces, on every route", async () => {
  const routes: readonly ((call: ApiCall) => AssetRoute)[] = [
    (call) => v4Route(call, { accountId: ACCOUNT.id, folderId: "root" }),
    (call) => v2FinishedRoute(call, "root"),
    (call) => userRoute(call, "root"),
  ];
  await withFrameio(async ({ call }, sandbox) => {
    for (const routeOf of routes) {
      const warnings: string[] = [];
      const route = tryingPlainName(routeOf(call), (words) => warnings.push(words));
      const asset = await route.createAsset({ ...ASSET, name: "take 1 a.mov" }, signal);
      assertEquals(asset.name, "take_1_a.mov");
      assertEquals((await sandbox.shown(asset.id)).name, "take_1_a.mov");
      assertMatch(warnings.join(), /^Frame\.io refused the name take 1 a\.mov: [^,]*$/);
    }
  }, { refusesSpaces: true });
  await withFrameio(async ({ call }) => {
    for (const routeOf of routes) {
      const route = tryingPlainName(routeOf(call), (words) => assertEquals(words, "never"));
      assertEquals((await route.createAsset(ASSET, signal)).name, NAME);
      await assertRejects(
        () =>
          tryingPlainName(v2FinishedRoute(call, "no folder"), () => {}).createAsset(ASSET, signal),
        Rejected,
        "404",
      );
    }
  });
});
