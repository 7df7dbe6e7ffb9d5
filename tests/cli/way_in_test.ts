import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { Caller, Callers } from "../../src/cli/callers.ts";
import { sandboxAccount } from "../../src/cli/embedded.ts";
import { wayInto } from "../../src/cli/way_in.ts";
import type { Account, WatchConfig } from "../../src/config.ts";
import { Config } from "../../src/errors.ts";

type Who = "device" | "user" | "login" | "moved";

const NOBODY: Caller = {
  call: () => Promise.reject(new Error("nothing is called here")),
  exchange: () => Promise.reject(new Error("nothing is called here")),
};

/** Those who may call. `moved`: a developer token of an account that moved to V4. */
function callers(...who: readonly Who[]): Callers {
  const has = (one: Who) => who.includes(one);
  return {
    device: has("device") ? NOBODY : null,
    user: has("user") || has("moved") ? NOBODY : null,
    v4: has("login") || has("user") || has("moved") ? NOBODY : null,
    isLoggedIn: has("login"),
    settled: () => Promise.resolve(),
  };
}

const account = (over: Partial<Account>): Account => ({
  ...sandboxAccount("http://127.0.0.1:1"),
  route: "auto",
  ...over,
});

function way(who: Callers, sends: WatchConfig["sends"], over: Partial<Account> = {}) {
  const { signal } = new AbortController();
  return wayInto(account(over), who, { stateFolder: "/nowhere", sends }, () => {}, signal);
}

const refusal = (...args: Parameters<typeof way>) =>
  assertThrows(() => way(...args), Config).message;

Deno.test("wayInto() takes the way that the credentials at hand allow", () => {
  const chosen = (who: readonly Who[], sends: WatchConfig["sends"], folder: string | null) => {
    const { name, route } = way(callers(...who), sends, { folder });
    assertEquals(route.takes, sends);
    return name;
  };
  assertEquals(chosen(["user"], "growing", "f"), "user");
  assertEquals(chosen(["device"], "growing", null), "device");
  assertEquals(chosen(["device", "login"], "growing", "f"), "device");
  assertEquals(chosen(["device", "user"], "growing", null), "device");
  assertEquals(chosen(["device", "user"], "growing", "f"), "user", "a folder was named");
  assertEquals(chosen(["user", "login"], "finished", "f"), "v4");
  assertEquals(chosen(["user"], "finished", "f"), "user");
  assertEquals(chosen(["device", "login"], "finished", null), "device");
});

Deno.test("wayInto() takes the way that was asked for", () => {
  const everyone = callers("device", "user", "login");
  assertEquals(way(everyone, "growing", { route: "user" }).name, "user");
  assertEquals(way(everyone, "growing", { route: "device" }).name, "device");
  assertEquals(way(everyone, "finished", { route: "v4" }).name, "v4");
  assertEquals(way(callers("moved"), "finished", { route: "v4" }).name, "v4");
});

Deno.test("wayInto() says what is missing, and how to get it", () => {
  assertMatch(
    refusal(callers(), "growing"),
    /reeltime pair.*reeltime login.*FRAMEIO_TOKEN .*--token-file.* add --sandbox/,
  );
  assertMatch(refusal(callers("user"), "growing", { folder: null }), /--folder .*\/config\.json/);
  assertMatch(refusal(callers("login"), "growing"), /finished files only\. Pair .*reeltime upload/);
  assertMatch(refusal(callers("login"), "finished", { folder: null }), /--folder/);
  assertMatch(refusal(callers("user"), "growing", { route: "device" }), /Run reeltime pair/);
  assertMatch(refusal(callers("device"), "growing", { route: "user" }), /FRAMEIO_TOKEN/);
  assertMatch(refusal(callers("device"), "finished", { route: "v4" }), /reeltime login/);
  assertMatch(refusal(callers("user"), "growing", { route: "v4" }), /finished files only/);
});

Deno.test("wayInto() refuses a folder that was typed where a device cannot choose, and no other", () => {
  const named = { folder: "f" };
  const typed = { folder: "f", isFolderTyped: true };
  for (const sends of ["growing", "finished"] as const) {
    const device = callers("device");
    const wanted: Partial<Account>[] = [typed, { folderPath: "a/b" }, {
      ...typed,
      route: "device",
    }];
    for (const over of wanted) {
      const words = refusal(device, sends, over);
      assertMatch(words, /^Cannot use --folder or --folder-path as a paired device: /);
      assertMatch(words, /Leave them out, or give a token and --folder$/);
    }
    assertEquals(way(device, sends, named).name, "device", "of the environment or config.json");
    assertEquals(way(callers("device", "user"), sends, typed).name, "user");
  }
  assertMatch(refusal(callers("device", "login"), "growing", typed), /as a paired device/);
  assertEquals(way(callers("device", "login"), "finished", typed).name, "v4");
});
