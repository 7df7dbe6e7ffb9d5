import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { Config, StateFailure } from "../../src/errors.ts";
import { tokenFile } from "../../src/runtime/token_file.ts";
import { spawnScript } from "../support/script.ts";
import { tempFolder } from "../support/temp_folder.ts";

const WRITER = new URL("./token_writer.ts", import.meta.url);
const isPosix = Deno.build.os !== "windows";

Deno.test("tokenFile() gives back what it was given, and null before and after", async () => {
  await using folder = await tempFolder();
  const file = tokenFile(folder.at("state"), "device");
  assertEquals(await file.read(), null);
  assertEquals(await file.remove(), false);
  await file.replace({ a: "\"é🎬'" });
  await file.replace({ b: 2 });
  assertEquals(await file.read(), { b: 2 });
  assertEquals(await tokenFile(folder.at("state"), "device").read(), { b: 2 });
  assertEquals(await file.remove(), true);
  assertEquals(await file.read(), null);
});

Deno.test({
  name: "tokenFile() is its owner's alone, also where others could read before",
  ignore: !isPosix,
  async fn() {
    await using folder = await tempFolder();
    await Deno.mkdir(folder.at("credentials"), { mode: 0o755 });
    await Deno.chmod(folder.at("credentials"), 0o755);
    await Deno.writeTextFile(folder.at("credentials", "ims.json"), "{}", { mode: 0o644 });
    await Deno.writeTextFile(folder.at("credentials", "ims.json.new"), "left", { mode: 0o644 });
    const file = tokenFile(folder.path, "ims");
    await file.exclusively(() => file.replace({ secret: 1 }));
    assertEquals(Deno.statSync(folder.at("credentials")).mode! & 0o777, 0o700);
    for (const { name } of Deno.readDirSync(folder.at("credentials"))) {
      assertEquals(Deno.statSync(folder.at("credentials", name)).mode! & 0o777, 0o600, name);
    }
  },
});

Deno.test("tokenFile() says which file is damaged and what to do, and quotes nothing of it", async () => {
  await using folder = await tempFolder();
  const file = tokenFile(folder.path, "device");
  await file.replace({});
  for (const text of ["", "{", "open-sesame", '{"a":"open-sesame', "x".repeat(200_000)]) {
    await Deno.writeTextFile(file.path, text);
    const { message } = await assertRejects(() => file.read(), Config);
    assert(message.startsWith(`Cannot use ${file.path}: it is damaged. Delete it`), message);
    assertMatch(message, /reeltime pair or reeltime login again/);
    assertNotMatch(message, /sesame/);
  }
});

Deno.test("tokenFile() says so where nothing can be kept, and leaves what it held", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("credentials"), "a file of this name is in the way");
  const file = tokenFile(folder.path, "device");
  for (const work of [() => file.replace({}), () => file.exclusively(() => Promise.resolve())]) {
    const { message } = await assertRejects(work, StateFailure);
    assert(message.startsWith(`Cannot keep credentials in ${folder.at("credentials")}`), message);
    assertMatch(message, /--state/);
  }
  await Deno.remove(folder.at("credentials"));
  await file.replace({ old: true });
  await Deno.mkdir(`${file.path}.new`);
  await assertRejects(() => file.replace({ old: false }), StateFailure);
  assertEquals(await file.read(), { old: true });
});

Deno.test("tokenFile() knows the newer value that a crash left beside it, and removes it too", async () => {
  await using folder = await tempFolder();
  const file = tokenFile(folder.path, "device");
  const fresh = `${file.path}.new`;
  await file.replace({ refresh: "burnt" });
  const leave = (text: string) => Deno.writeTextFile(fresh, text);
  await leave('{"refresh":"good"}\n');
  assertEquals(await file.read(), { refresh: "good" }, "written, but not renamed");
  await leave('{"refresh":"go');
  assertEquals(await file.read(), { refresh: "burnt" }, "it never came to its end");
  await leave("");
  assertEquals(await file.read(), { refresh: "burnt" });

  await leave('{"refresh":"old"}');
  await Deno.utime(fresh, 1_000, 1_000);
  assertEquals(await file.read(), { refresh: "burnt" }, "somebody put a newer one there");
  await Deno.remove(file.path);
  assertEquals(await file.read(), { refresh: "old" }, "it is all there is");
  assertEquals(await file.remove(), true);
  assertEquals(await file.read(), null);

  await leave('{"refresh":"good"}');
  await file.replace({ refresh: "newest" });
  assertEquals(await file.read(), { refresh: "newest" });
  await leave('{"refresh":"secret"}');
  assertEquals(await file.remove(), true);
  assertEquals([...Deno.readDirSync(folder.at("credentials"))].map(({ name }) => name), []);
});

Deno.test("tokenFile().exclusively() lets one at a time in, and gives way after an error", async () => {
  await using folder = await tempFolder();
  const files = [1, 2, 3].map(() => tokenFile(folder.path, "device"));
  let inside = 0;
  let most = 0;
  await Promise.all(files.map((file) =>
    file.exclusively(async () => {
      most = Math.max(most, ++inside);
      await file.replace({});
      inside--;
    })
  ));
  assertEquals(most, 1);
  await assertRejects(
    () => files[0]!.exclusively(() => Promise.reject(new Error("x"))),
    Error,
    "x",
  );
  assertEquals(await files[1]!.exclusively(() => Promise.resolve(7)), 7);
  const other = tokenFile(folder.path, "ims");
  assertEquals(await files[0]!.exclusively(() => other.exclusively(() => Promise.resolve(8))), 8);
});

Deno.test("tokenFile() is whole whenever its process is killed with -9", async () => {
  await using folder = await tempFolder();
  for (let round = 0; round < 3; round++) {
    await using writer = spawnScript(WRITER, [folder.path]);
    for (let line = 0; line < 5 + round; line++) await writer.line();
    await writer.kill();
    const { text } = await tokenFile(folder.path, "device").read() as { text: string };
    assertEquals(text.length, 20_000);
    assertEquals(new Set(text).size, 1);
    // The lock of the dead is nobody's.
    await tokenFile(folder.path, "device").exclusively(() => Promise.resolve());
  }
});
