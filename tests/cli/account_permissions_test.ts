import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { runAsTold } from "../e2e/as_told.ts";
import { start } from "../e2e/program.ts";
import { withSandbox } from "../sandbox/sandbox_client.ts";
import { openPeer } from "../support/raw_peer.ts";
import { tempFolder } from "../support/temp_folder.ts";

const SECRETS = {
  FRAMEIO_TOKEN: "sandbox",
  FRAMEIO_FOLDER: "root",
  FRAMEIO_IMS_CLIENT_ID: "app",
  FRAMEIO_IMS_CLIENT_SECRET: "sandbox-secret",
  FRAMEIO_CLIENT_SECRET: "sandbox-secret",
};
const FETCH = ["upload", "--url", "https://x.test/a", "--name", "b.mov"];
const isWindows = Deno.build.os === "windows";

Deno.test({
  name: "a command around an account prints the flags that are enough for it",
  ignore: isWindows,
  async fn() {
    await using folder = await tempFolder();
    await using source = await openPeer((request) => request.answer(200, "x"));
    await withSandbox(async (sandbox) => {
      const api = ["--api", sandbox.baseUrl];
      const env = { ...SECRETS, XDG_STATE_HOME: folder.path };
      const id = await sandbox.create("a.mov");
      const fetched = ["upload", "--url", `${source.url}/a`, "--name", "b.mov"];
      for (
        const args of [
          ["browse", "root", ...api],
          ["status", id, ...api],
          ["doctor", ...api, "--storage", `${sandbox.baseUrl}/s3/x`],
          [...fetched, ...api],
          ["login", "--server", "--ims", sandbox.baseUrl],
        ]
      ) assertEquals(await runAsTold(args, { cwd: folder.path, env }), 0, args.join(" "));
    });
  },
});

Deno.test("a command around an account names the variables, files and hosts that it lacks, and no value", async () => {
  await using folder = await tempFolder();
  const cases: readonly (readonly [...string[], says: RegExp])[] = [
    ["pair", /--allow-net=api\.frame\.io --allow-env=FRAMEIO_CLIENT_SECRET,FRAMEIO_CLIENT_ID,/],
    ["logout", /--allow-net=api\.frame\.io,ims-na1\.adobelogin\.com --allow-env=\S*HOME/],
    ["browse", "--state", "/s", "--token-file", "t.txt", /--allow-read=\/s,t\.txt .* main\.ts …$/m],
    [
      ...FETCH,
      "--folder",
      "f",
      "--state",
      "/s",
      /--allow-read=\/s .*--allow-net=api\.frame\.io,ims\S+ /,
    ],
    ["doctor", "--storage", "https://s3.test", /--allow-net=\S+,s3\.test --allow-env=/],
    ["status", "x", "--lanes", "3", /^reeltime: Cannot understand --lanes/],
    [
      "login",
      /--allow-net=ims-na1\.adobelogin\.com,127\.0\.0\.1 --allow-env=FRAMEIO_IMS_CLIENT_ID,/,
    ],
    ["login", "--paste", /^reeltime: Cannot use --paste without --redirect-uri/],
  ];
  await Promise.all(cases.map(async ([...args]) => {
    const says = args.pop() as RegExp;
    const options = { cwd: folder.path, env: SECRETS, permissions: [] };
    await using program = start(args as string[], options);
    const { code, out, err } = await program.ended();
    assertEquals({ code, out }, { code: 2, out: "" }, err);
    assertMatch(err, says);
    assertNotMatch(err, /sandbox-secret/);
  }));
});
