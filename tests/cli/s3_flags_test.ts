import { assert, assertEquals, assertMatch, assertNotMatch, assertThrows } from "@std/assert";
import { parseCommand } from "../../src/cli/args.ts";
import { Config } from "../../src/errors.ts";
import { surroundings } from "./surroundings_stub.ts";

const KEYS = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "open-sesame" };
const PLACE = ["--s3", "http://127.0.0.1:7480", "--bucket", "takes"];

function s3(args: readonly string[], env: Record<string, string> = KEYS) {
  const command = parseCommand(["sandbox", "--dir", "d", ...args], surroundings({ env }));
  assert(command.is === "sandbox");
  return command.s3;
}

Deno.test("parseCommand() reads the S3 server of the sandbox, and AWS's variables", () => {
  const place = s3(PLACE);
  assertEquals([place?.endpoint, place?.bucket], ["http://127.0.0.1:7480", "takes"]);
  assertEquals([place?.region, place?.accessKeyId], ["us-east-1", "AKID"]);
  assertEquals([place?.secretAccessKey.reveal(), place?.sessionToken], ["open-sesame", undefined]);
  const env = { ...KEYS, AWS_REGION: "eu-west-1", AWS_SESSION_TOKEN: "for-an-hour" };
  const session = s3(["--s3", "https://s3.test/", "--bucket", "a.b-c"], env);
  assertEquals([session?.endpoint, session?.region], ["https://s3.test", "eu-west-1"]);
  assertEquals(session?.sessionToken?.reveal(), "for-an-hour");
  assertNotMatch(Deno.inspect(session) + JSON.stringify(session), /sesame|for-an-hour/);
  assertEquals(s3([]), undefined);
});

Deno.test("parseCommand() says what is missing of an S3 server, and no secret", () => {
  const cases: [string[], Record<string, string>, RegExp][] = [
    [["--s3", "http://h:1"], KEYS, /--bucket NAME/],
    [["--bucket", "takes"], KEYS, /--s3 URL/],
    [PLACE, {}, /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/],
    [PLACE, { ...KEYS, AWS_SECRET_ACCESS_KEY: "" }, /AWS_ACCESS_KEY_ID and/],
    [["--s3", "127.0.0.1:7480", "--bucket", "takes"], KEYS, /http:\/\/HOST:PORT/],
    [["--s3", "http://me:sesame@h", "--bucket", "takes"], KEYS, /http:\/\/HOST:PORT/],
    [["--s3", "http://h/takes", "--bucket", "takes"], KEYS, /http:\/\/HOST:PORT/],
    [["--s3", "http://h", "--bucket", "Ta/kes"], KEYS, /--bucket Ta\/kes/],
  ];
  for (const [args, env, words] of cases) {
    const { message } = assertThrows(() => s3(args, env), Config);
    assertMatch(message, words);
    assertNotMatch(message, /sesame/);
  }
});
