import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseCommand } from "../../src/cli/args.ts";
import { controlToken, publicHosts } from "../../src/cli/control_args.ts";
import { Config } from "../../src/errors.ts";
import { type Machine, surroundings, watch } from "./surroundings_stub.ts";

const TOKEN = "0123456789abcdef";
const ENV = { HOME: "/home/me", FRAMEIO_TOKEN: "env-token", FRAMEIO_FOLDER: "env-folder" };
const WATCH = ["--watch", "/card/a.mov"];

const refusal = (args: readonly string[], machine: Machine = {}) =>
  assertThrows(() => watch([...WATCH, ...args], machine), Config).message;

Deno.test("a listener at this machine alone needs no token, and takes one from a file", () => {
  for (const at of ["127.0.0.1:1", "localhost:1", "[::1]:1", "127.9.9.9:1", ":1"]) {
    assertEquals(watch([...WATCH, "--listen", at]).controlToken, null, at);
  }
  const files = { "/token": ` ${TOKEN}\n` };
  const { controlToken } = watch([...WATCH, "--control-token-file", "/token"], { files });
  assertEquals(controlToken?.reveal(), TOKEN);
  assertEquals(JSON.stringify({ controlToken }), '{"controlToken":"***"}');
});

Deno.test("a listener at any other address is refused without a token", () => {
  const others = ["0.0.0.0:1", "192.168.1.5:1", "[::]:1", "cart.local:1", "[::ffff:127.0.0.1]:1"];
  for (const at of [...others, "127.0.0.1.evil.example:1", "2130706433:1", "localhost.:1"]) {
    assertMatch(refusal(["--listen", at]), /--control-token-file.*REELTIME_CONTROL_TOKEN/, at);
  }
  assertMatch(
    refusal(["--listen", "0.0.0.0:1"], { env: { ...ENV, REELTIME_CONTROL_TOKEN: " " } }),
    /without/,
  );
});

Deno.test("a token comes from the environment or, before it, from a file", () => {
  const machine = {
    env: { ...ENV, REELTIME_CONTROL_TOKEN: TOKEN },
    files: { "/t": "f".repeat(20) },
  };
  const at = [...WATCH, "--listen", "0.0.0.0:1"];
  assertEquals(watch(at, machine).controlToken?.reveal(), TOKEN);
  const both = watch([...at, "--control-token-file", "/t"], machine);
  assertEquals(both.controlToken?.reveal(), "f".repeat(20));
});

Deno.test("a token that can be guessed, or is not one, is refused without being told", () => {
  for (
    const bad of [
      "short",
      "",
      "fifteen-chars-x",
      "with a space in its middle",
      "two\nlines-of-a-token",
    ]
  ) {
    const message = refusal(["--control-token-file", "/t"], { files: { "/t": bad } });
    assertMatch(message, /Cannot use the control token/);
    if (bad !== "") assertEquals(message.includes(bad), false, message);
  }
  assertMatch(refusal(["--control-token-file", "/none"]), /\/none is not there/);
  assertMatch(refusal(["--control-token-file", "eyJhbGciOi"]), /names a file, not the token/);
  assertMatch(refusal(["--no-listen", "--control-token-file", "/t"]), /nothing asks/);
  assertMatch(refusal(["--control-token-file"]), /without a value/);
});

Deno.test("publicHosts() takes the names of a proxy, without the ports that browsers leave out", () => {
  const at = { hostname: "127.0.0.1", port: 8090 };
  const given = [
    "Set.Example",
    "set.example:443",
    "alt.example:8443",
    "[2001:DB8::1]",
    "192.0.2.7:80",
  ];
  assertEquals(publicHosts({ "public-host": given }, at), [
    "set.example",
    "alt.example:8443",
    "[2001:db8::1]",
    "192.0.2.7",
  ]);
  assertEquals(publicHosts({}, null), []);
  for (const bad of ["https://set.example", "set.example/page", "*", "*:80", "a b", "-a", "a:x"]) {
    assertMatch(
      assertThrows(() => publicHosts({ "public-host": [bad] }, at), Config).message,
      /write the proxy's NAME or NAME:PORT/,
      bad,
    );
  }
  const unserved = () => publicHosts({ "public-host": ["set.example"] }, null);
  assertMatch(assertThrows(unserved, Config).message, /no page to serve/);
});

Deno.test("a page that a proxy shows to others asks for a token, also where it listens at this machine", () => {
  const flags = { "public-host": ["set.example"] };
  const at = { hostname: "127.0.0.1", port: 8090 };
  const around = (env: Record<string, string>) => ({
    ...{ env: (name: string) => env[name], readText: () => undefined, os: "linux" },
  });
  const { message } = assertThrows(() => controlToken(flags, at, around({})), Config);
  assertMatch(message, /^Cannot be served as set\.example without a control token/);
  const token = controlToken(flags, at, around({ REELTIME_CONTROL_TOKEN: TOKEN }));
  assertEquals(token?.reveal(), TOKEN);
});

Deno.test("--public-host may be given several times, to --watch and to upload", () => {
  const machine = { env: { ...ENV, REELTIME_CONTROL_TOKEN: TOKEN } };
  const names = ["--public-host", "a.example", "--public-host", "b.example:8443"];
  assertEquals(watch(WATCH).publicHosts, []);
  assertEquals(watch([...WATCH, ...names], machine).publicHosts, ["a.example", "b.example:8443"]);
  const upload = ["upload", "/card/a.mov", "--listen", "127.0.0.1:1"];
  const command = parseCommand([...upload, ...names], surroundings(machine));
  assert(command.is === "upload");
  assertEquals(command.config.publicHosts, ["a.example", "b.example:8443"]);
});

Deno.test("--allow-root may be given several times", () => {
  assertEquals(watch(WATCH).allowRoots, []);
  const roots = ["--allow-root", "/a", "--allow-root", "/b", "--allow-root", "/a"];
  assertEquals(watch([...WATCH, ...roots]).allowRoots, ["/a", "/b"]);
});
