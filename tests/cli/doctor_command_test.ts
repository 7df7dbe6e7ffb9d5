import { assertEquals, assertMatch, assertNotMatch, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { parseDoctor } from "../../src/cli/doctor_command.ts";
import { Config } from "../../src/errors.ts";
import { withSandbox } from "../sandbox/sandbox_client.ts";
import { type Certificates, makeCertificates, noOpenssl } from "../support/certificates.ts";
import { openConnectProxy } from "../support/connect_proxy.ts";
import { openPeer } from "../support/raw_peer.ts";
import { tempFolder } from "../support/temp_folder.ts";

const PROCESS = fromFileUrl(new URL("./doctor_process.ts", import.meta.url));

/** Runs the doctor with this environment alone. */
async function doctor(args: readonly string[], env: Record<string, string> = {}) {
  const kept = ["PATH", "HOME", "DENO_DIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", PROCESS, ...args],
    clearEnv: true,
    env: { ...Object.fromEntries(kept), DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin: "null",
  }).output();
  const out = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertNotMatch(out, /sesame/);
  return { code, out };
}

Deno.test("doctor tells each hop on a line, and leaves with 0 where the way is open", async () => {
  await withSandbox(async ({ baseUrl }) => {
    const { code, out } = await doctor([baseUrl, "--storage", `${baseUrl}/s3/x`]);
    assertEquals(code, 0, out);
    const lines = out.trimEnd().split("\n");
    assertEquals(lines.length, 9, out);
    assertEquals(lines[0], "ok    DNS       127.0.0.1 is 127.0.0.1");
    assertEquals(lines.at(-1), "The way to Frame.io is open.");
  });
});

Deno.test("doctor stops at the first hop that fails, with its remedy, and leaves with 1", async () => {
  await using peer = await openPeer((request) => {
    request.answer(200, "<html>Log in\x1b[2J</html>", { connection: "close" });
  });
  const { code, out } = await doctor([peer.url]);
  assertEquals(code, 1);
  assertMatch(
    out,
    /\nFAIL {2}Frame\.io {2}not 127\S+ answers, but a page of this network, with 200\n/,
  );
  assertMatch(out, /\n {16}Open a browser .*\nThe way to Frame\.io ends here\.\n$/);
  assertNotMatch(out, /Token|Storage/);
  const json = JSON.parse((await doctor([peer.url, "--json"])).out);
  assertEquals(json.ok, false);
  assertEquals(json.findings.at(-1).hop, "portal");
  assertEquals(Object.keys(json.findings[0]), ["hop", "is", "words", "remedy"]);
});

Deno.test("doctor names the proxy in use without its password, and what it answers", async () => {
  await using asking = await openConnectProxy({ login: "another:one" });
  await using closed = await openConnectProxy({ refusal: 503 });
  const through = (host: string) =>
    doctor(["https://localhost:9443"], { HTTPS_PROXY: `http://anna:sesame@${host}` });
  const [first, second] = await Promise.all([through(asking.host), through(closed.host)]);
  assertEquals([first.code, second.code], [1, 1]);
  assertMatch(first.out, new RegExp(`ok {4}Proxy {5}the proxy ${asking.host} is in use`));
  assertMatch(
    first.out,
    /FAIL {2}Proxy {5}.*asks for a name and a password \(407\)\n.*HTTPS_PROXY/,
  );
  assertMatch(second.out, /FAIL {2}Proxy {5}.*the proxy does not open the way there\n.*NO_PROXY/);
});

Deno.test({
  name:
    `doctor names a certificate that nobody trusts, and takes it with its authority${noOpenssl}`,
  ignore: noOpenssl !== "",
  async fn() {
    await using folder = await tempFolder();
    const certificates: Certificates = await makeCertificates(folder.path);
    const { cert, key, caFile } = certificates;
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
      () => Response.json({ status: "ok" }, { headers: { "x-amz-request-id": "1" } }),
    );
    const url = `https://localhost:${server.addr.port}`;
    const args = [url, "--storage", url];
    const [without, withIt] = await Promise.all([
      doctor(args),
      doctor(args, { NODE_EXTRA_CA_CERTS: caFile }),
    ]);
    await server.shutdown();
    assertEquals(without.code, 1);
    assertMatch(without.out, /FAIL {2}TLS .*certificate is not trusted\n.*NODE_EXTRA_CA_CERTS/);
    assertEquals(withIt.code, 0, withIt.out);
    assertMatch(withIt.out, /ok {4}TLS {7}localhost:\d+ is who it says it is/);
  },
});

Deno.test("parseDoctor() takes an address for the storage, and no other words", () => {
  const ask = parseDoctor(["--storage", "https://s3.test", "--json", "--folder", "f"]);
  assertEquals([ask.is, "storage" in ask && ask.storage], ["doctor", "https://s3.test"]);
  assertEquals(parseDoctor(["--help"]).is, "help");
  const plain = parseDoctor([]);
  assertMatch("storage" in plain ? plain.storage : "", /^https:\/\/\S+\.amazonaws\.com$/);
  const secret = "https://b.s3.test/?X-Amz-Signature=sesame";
  for (const args of [["--storage", "s3.test"], ["--storage", secret], ["x"], ["--wat"]]) {
    assertNotMatch(assertThrows(() => parseDoctor(args), Config).message, /sesame/);
  }
});
