import { assert, assertEquals, assertMatch, assertNotMatch, assertThrows } from "@std/assert";
import { filetypeOf, parseAddress, parseNumber, recordingOf, secret } from "../src/config.ts";
import { Config } from "../src/errors.ts";

Deno.test("secret() shows itself to nobody who does not ask for it by name", () => {
  const token = secret("fio-u-open-sesame");
  assertEquals(token.reveal(), "fio-u-open-sesame");
  const shown = [
    `${token}`,
    String(token),
    token + "",
    JSON.stringify(token),
    JSON.stringify({ deep: [{ token }] }),
    Deno.inspect(token),
    Deno.inspect({ deep: [{ token }] }, { depth: 9, showHidden: true }),
    Deno.inspect(new Error("x", { cause: { token } })),
  ];
  for (const text of shown) {
    assertNotMatch(text, /sesame/);
    assertMatch(text, /\*\*\*/, text);
  }
  assert(!Object.values(token).includes("fio-u-open-sesame"));
});

Deno.test("filetypeOf() knows the formats of the field, in any case", () => {
  const types = {
    "a.mov": "video/quicktime",
    "a.mp4": "video/mp4",
    "a.m4v": "video/x-m4v",
    "a.mxf": "application/mxf",
    "a.mkv": "video/x-matroska",
    "a.webm": "video/webm",
    "a.avi": "video/x-msvideo",
    "a.wav": "audio/wave",
    "a.ts": "video/mp2t",
    "a.mts": "video/mp2t",
    "a.m2ts": "video/mp2t",
    "a.mpg": "video/mpeg",
    "a.ps": "video/mpeg",
    "a.vob": "video/mpeg",
    "a.flv": "video/x-flv",
    "a.braw": "application/octet-stream",
    "a.r3d": "application/octet-stream",
    "A001_C001.MOV": "video/quicktime",
    "take 01.final.MXF": "application/mxf",
    "DISC.VOB": "video/mpeg",
    "-a.mov": "video/quicktime",
  };
  for (const [name, type] of Object.entries(types)) assertEquals(filetypeOf(name), type, name);
});

Deno.test("filetypeOf() holds only what a header can hold", () => {
  for (
    const name of ["a.mov", "a.ü", "a.x y", "a.\n", "a.toString", "a.__proto__", "a.constructor"]
  ) {
    assertMatch(filetypeOf(name), /^[a-z]+\/[\w.+-]+$/, name);
  }
});

Deno.test("filetypeOf() of a name without an extension names --name as the way out", () => {
  for (const name of ["take01", "take01.", ".mov", ".", ""]) {
    const { message } = assertThrows(() => filetypeOf(name), Config);
    assertMatch(message, /it has no extension, and Frame\.io needs one/);
    assertMatch(message, /--name, for example --name ".*\.mov"/);
  }
});

Deno.test("recordingOf() names the asset as the file, unless another name is given", () => {
  assertEquals(recordingOf("/card/a.mov", undefined), {
    path: "/card/a.mov",
    name: "a.mov",
    filetype: "video/quicktime",
  });
  assertEquals(recordingOf("/card/clip", "take 01.mxf"), {
    path: "/card/clip",
    name: "take 01.mxf",
    filetype: "application/mxf",
  });
});

Deno.test("parseAddress() reads hosts, IPv6 in brackets, and no host as this machine", () => {
  const cases: readonly [text: string, hostname: string, port: number][] = [
    ["127.0.0.1:8090", "127.0.0.1", 8090],
    ["localhost:0", "localhost", 0],
    [":8090", "127.0.0.1", 8090],
    ["0.0.0.0:65535", "0.0.0.0", 65_535],
    ["[::1]:8090", "::1", 8090],
    ["[::]:80", "::", 80],
    ["[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1", 80],
    ["dit-cart.local:8090", "dit-cart.local", 8090],
  ];
  for (const [text, hostname, port] of cases) {
    assertEquals(parseAddress(text, "--listen"), { hostname, port }, text);
  }
});

Deno.test("parseAddress() refuses what is no address, and shows one", () => {
  const texts = [
    "8090",
    "localhost",
    "localhost:",
    "localhost:http",
    "localhost:65536",
    "localhost:123456",
    "localhost:-1",
    "::1:8090",
    "[::1]",
    "[]:80",
    "http://localhost:80",
    "my host:80",
    "user@host:80",
    "localhost:80/x",
    "",
  ];
  for (const text of texts) {
    const { message } = assertThrows(() => parseAddress(text, "--listen"), Config, undefined, text);
    assertEquals(
      message,
      `Cannot use --listen ${text}: write HOST:PORT, for example 127.0.0.1:8090`,
    );
  }
});

Deno.test("parseNumber() takes numbers in range, whole where they must be", () => {
  const whole = { least: 1, most: 32, whole: true };
  const any = { least: 0.1, most: 100, whole: false };
  assertEquals(parseNumber(undefined, "--lanes", whole, 5), 5);
  assertEquals([1, 7, 32].map((n) => parseNumber(String(n), "--lanes", whole, 5)), [1, 7, 32]);
  assertEquals(["0.1", "1.5", "1e2"].map((t) => parseNumber(t, "--idle", any, 60)), [
    0.1,
    1.5,
    100,
  ]);
  for (const text of ["0", "33", "1.5", "-1", "5x", "", " ", "NaN", "Infinity", "1,5", "fünf"]) {
    const { message } = assertThrows(() => parseNumber(text, "--lanes", whole, 5), Config);
    assertEquals(message, `Cannot use --lanes ${text}: write a whole number from 1 to 32`);
  }
  const { message } = assertThrows(() => parseNumber("0.05", "--idle", any, 60), Config);
  assertEquals(message, "Cannot use --idle 0.05: write a number from 0.1 to 100");
});
