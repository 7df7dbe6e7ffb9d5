import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { createRoots } from "../../src/control/roots.ts";
import { systemDisk } from "../../src/runtime/disk.ts";
import { tempFolder } from "../support/temp_folder.ts";

/** `<folder>/card` is allowed, `<folder>/private` is not. */
async function cards(folder: string) {
  const card = join(folder, "card");
  const secret = join(folder, "private");
  await Deno.mkdir(join(card, "sub"), { recursive: true });
  await Deno.mkdir(secret);
  await Deno.writeTextFile(join(secret, "a.mov"), "secret");
  await Deno.writeTextFile(join(card, "take.mov"), "media");
  return { card, secret, roots: createRoots([card], systemDisk) };
}

Deno.test("createRoots() admits what lies below a folder, there already or not yet", async () => {
  await using folder = await tempFolder();
  const { card, roots } = await cards(folder.path);
  for (const name of ["take.mov", "later.mov", "sub/deep.mov", "new/later.mov", 'A "1" 🎬 ..mov']) {
    assertEquals(await roots.admit(join(card, name)), join(card, name), name);
  }
});

Deno.test("attack: path traversal. Neither steps nor neighbours nor strange paths lead out", async () => {
  await using folder = await tempFolder();
  const { card, secret, roots } = await cards(folder.path);
  const attempts = [
    ...[`${card}/../private/a.mov`, `${card}/sub/../../private/a.mov`, `${card}/./take.mov`],
    ...[`${card}/..`, card, `${card}/`, `${card}2/a.mov`, join(secret, "a.mov"), "/etc/passwd"],
    ...["take.mov", "./take.mov", "", "~/take.mov", `file://${card}/take.mov`, "//etc/passwd"],
    ...[
      `${card}/take.mov\0.mp4`,
      `${card}/a\nb.mov`,
      `\\\\server\\share\\a.mov`,
      "/proc/self/environ",
    ],
    ...[`${card}/..\\..\\private\\a.mov`],
  ];
  for (const path of attempts) assertEquals(await roots.admit(path), null, JSON.stringify(path));
});

Deno.test("attack: symlink escape. What leads out of the folder is refused, at any depth, there or not", async () => {
  await using folder = await tempFolder();
  const { card, secret, roots } = await cards(folder.path);
  await Deno.symlink(join(secret, "a.mov"), join(card, "file.mov"));
  await Deno.symlink(secret, join(card, "folder"));
  await Deno.symlink("../private/not-there.mov", join(card, "dangling.mov"));
  await Deno.symlink(join(card, "file.mov"), join(card, "twice.mov"));
  await Deno.symlink(join(card, "loop.mov"), join(card, "loop.mov"));
  const names = ["file.mov", "folder/a.mov", "folder/not-there.mov", "dangling.mov", "twice.mov"];
  for (const name of names) assertEquals(await roots.admit(join(card, name)), null, name);
  await roots.admit(join(card, "loop.mov")); // whatever it says, it ends
});

Deno.test("createRoots() follows links inside, and a folder that is a link itself", async () => {
  await using folder = await tempFolder();
  const { card, roots } = await cards(folder.path);
  await Deno.symlink(join(card, "take.mov"), join(card, "same.mov"));
  assertEquals(await roots.admit(join(card, "same.mov")), join(card, "take.mov"));

  const mount = join(folder.path, "mount");
  const linked = createRoots([mount], systemDisk);
  assertEquals(
    await linked.admit(join(mount, "take.mov")),
    join(mount, "take.mov"),
    "not there yet",
  );
  await Deno.symlink(card, mount);
  assertEquals(await linked.admit(join(mount, "take.mov")), join(card, "take.mov"));
  assertEquals(await linked.admit(join(card, "take.mov")), join(card, "take.mov"));
});

Deno.test("createRoots() does not ask the disk about what lies elsewhere", async () => {
  const asked: string[] = [];
  const roots = createRoots(["/card"], {
    realPath(path) {
      asked.push(path);
      return Promise.resolve(path);
    },
  });
  assertEquals(await roots.admit("/etc/shadow"), null);
  assertEquals(asked, ["/card"]);
});

Deno.test("attack: our own secrets as a recording. A closed folder inside an open one stays closed", async () => {
  await using folder = await tempFolder();
  const { card } = await cards(folder.path);
  const state = join(card, "state");
  await Deno.mkdir(join(state, "credentials"), { recursive: true });
  await Deno.writeTextFile(join(state, "credentials", "device.json"), "{}");
  await Deno.symlink(state, join(card, "other.name"));
  const roots = createRoots([card], systemDisk, [state]);
  for (const name of ["state/credentials/device.json", "state/journal.sqlite", "state"]) {
    assertEquals(await roots.admit(join(card, name)), null, name);
  }
  assertEquals(await roots.admit(join(card, "other.name/credentials/device.json")), null);
  assertEquals(await roots.admit(join(card, "take.mov")), join(card, "take.mov"));
});
