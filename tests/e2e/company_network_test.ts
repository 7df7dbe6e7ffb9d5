/** The program where the only way out is a proxy, and where TLS is signed by an authority of the house. */
import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { type Certificates, makeCertificates, noOpenssl } from "../support/certificates.ts";
import { openConnectProxy } from "../support/connect_proxy.ts";
import { createMov } from "../support/mov_writer.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { openDesk } from "./desk.ts";
import { startProxy } from "./proxy.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

const LOGIN = "anna:open%20sesame";

/** Else Deno itself goes through the proxy, to see whether there is a newer one. */
const QUIET = { DENO_NO_UPDATE_CHECK: "1" };

/** What a program comes to in such a network. */
async function inNetwork(
  { sandbox, certificates }: { sandbox: SandboxProcess; certificates: Certificates },
  name: string,
  env: Record<string, string>,
) {
  await using service = startProxy(sandbox.url, "sandbox", certificates);
  await using desk = await openDesk(service.url);
  const path = desk.path(name);
  await using mov = await createMov(path);
  await mov.roll(23 * MIB);
  await mov.stop();
  const ended = await desk.watch(path, [], { env: { ...QUIET, ...env } }).ended();
  if (ended.code === 0) await sandbox.arrived(name, path);
  return { ...ended, host: new URL(service.url).host, calls: service.calls };
}

type Place = Parameters<typeof inNetwork>[0];

async function checkProxy(place: Place): Promise<void> {
  await using proxy = await openConnectProxy({ login: "anna:open sesame" });
  const { code, out, err, host, calls } = await inNetwork(place, "through.mov", {
    HTTPS_PROXY: `http://${LOGIN}@${proxy.host}`,
    NODE_EXTRA_CA_CERTS: place.certificates.caFile,
  });
  assertEquals(code, 0, out + err);
  const puts = calls.filter((call) => call.name.startsWith("put"));
  assert(puts.length > 3, `${puts.length} PUTs`);
  assertEquals(proxy.asked.filter((asked) => asked !== host), []);
  assert(proxy.asked.length < calls.length, `connections are kept: ${proxy.asked.length}`);
  assert(proxy.sentBytes() > 23 * MIB, "the PUTs went through it");
  assertNotMatch(out + err, /sesame/);
}

/** Past a proxy that nobody could go through, with the variables in lower case. */
async function checkNoProxy(place: Place): Promise<void> {
  await using proxy = await openConnectProxy({ refusal: 503 });
  const { code, out, err } = await inNetwork(place, "past.mov", {
    https_proxy: `http://${proxy.host}`,
    no_proxy: "example.test,localhost",
    DENO_CERT: place.certificates.caFile,
  });
  assertEquals(code, 0, out + err);
  assertEquals(proxy.asked, []);
}

/** The first line that fits, of a program that would go on trying for hours. */
async function checkSays(
  { sandbox, certificates }: Place,
  env: Record<string, string>,
  says: RegExp,
): Promise<void> {
  await using service = startProxy(sandbox.url, "sandbox", certificates);
  await using desk = await openDesk(service.url);
  const path = desk.path("waits.mov");
  await using mov = await createMov(path);
  await mov.roll(MIB);
  const program = desk.watch(path, [], { env });
  await program.line(says);
  assertNotMatch(program.printed(), /sesame/);
}

async function checkRefused(place: Place): Promise<void> {
  await using proxy = await openConnectProxy({ login: "another:one" });
  await checkSays(place, {
    HTTPS_PROXY: `http://${LOGIN}@${proxy.host}`,
    NODE_EXTRA_CA_CERTS: place.certificates.caFile,
  }, /proxy asks for a name and a password \(407\).*HTTPS_PROXY/);
}

Deno.test({
  name: `reeltime in a company's network${noOpenssl}`,
  ignore: noOpenssl !== "",
  async fn(t) {
    await using folder = await tempFolder();
    const certificates = await makeCertificates(folder.path);
    await using sandbox = await startSandbox();
    const place = { sandbox, certificates };
    await sideBySide(t, [
      { name: "goes through its proxy with API and PUTs", run: () => checkProxy(place) },
      { name: "goes past the proxy to hosts in no_proxy", run: () => checkNoProxy(place) },
      { name: "says that the proxy asks for a password", run: () => checkRefused(place) },
      {
        name: "says how to name the house's authority",
        run: () => checkSays(place, {}, /not trusted\. Name .* NODE_EXTRA_CA_CERTS/),
      },
      {
        name: "refuses a proxy that it cannot use before it begins",
        async run() {
          await using desk = await openDesk("https://localhost:1");
          const env = { HTTPS_PROXY: "socks5://anna:sesame@127.0.0.1:1" };
          const { code, out, err } = await desk.watch(desk.path("a.mov"), [], { env }).ended();
          assertEquals(code, 2, out + err);
          assertEquals(
            err,
            "reeltime: Cannot use the proxy in HTTPS_PROXY: write it as http://HOST:PORT\n",
          );
        },
      },
    ]);
  },
});
