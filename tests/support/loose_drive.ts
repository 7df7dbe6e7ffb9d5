import { within } from "./within.ts";

/** A drive under a test's control: a folder behind a FUSE mount. What is there is not touched by it. */
export interface LooseDrive extends AsyncDisposable {
  /** From now on it answers nothing, as a share whose server is away. */
  hang(): void;
  /** Answers again, also what was asked meanwhile. */
  answer(): void;
  /** It drops out: what is open on it is dead for good. */
  pull(): Promise<void>;
  /** It is there again, under the same path and with the same files. */
  plugIn(): Promise<void>;
}

/** Shows the folder `there` at `here`, which is empty. */
export async function looseDrive(there: string, here: string): Promise<LooseDrive> {
  let bindfs: Deno.ChildProcess;
  const unmount = () => new Deno.Command("umount", { args: ["-l", here], stderr: "null" }).output();
  const end = async () => {
    bindfs.kill("SIGKILL");
    await bindfs.status;
    await unmount();
  };
  const plugIn = async () => {
    const marker = `mounted-${crypto.randomUUID()}`;
    await Deno.writeTextFile(`${there}/${marker}`, "");
    bindfs = new Deno.Command("bindfs", { args: ["-f", there, here], stderr: "null" }).spawn();
    const isMounted = () => Deno.stat(`${here}/${marker}`).then(() => true, () => false);
    await within((async () => {
      while (!(await isMounted())) await new Promise((resolve) => setTimeout(resolve, 10));
    })());
  };
  await plugIn();
  return {
    hang: () => bindfs.kill("SIGSTOP"),
    answer: () => bindfs.kill("SIGCONT"),
    pull: end,
    plugIn,
    [Symbol.asyncDispose]: end,
  };
}

/** Why there can be none on this machine, as a part of a test's name; empty where there can. */
export async function noLooseDrive(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-test-" });
  try {
    await Deno.mkdir(`${folder}/there`);
    await Deno.mkdir(`${folder}/here`);
    const drive = await looseDrive(`${folder}/there`, `${folder}/here`);
    await drive[Symbol.asyncDispose]();
    return "";
  } catch {
    return " [ignored: no bindfs, or no FUSE mount, on this machine]";
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
