import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { type ListedAsset, sha256Of } from "../support/house.ts";
import { type Program, start, type StartOptions } from "./program.ts";

/** The stand-in for Frame.io as a process of its own, on a free port. */
export interface SandboxProcess extends AsyncDisposable {
  readonly url: string;
  readonly program: Program;
  /** Assets of this name, oldest first; all of them without a name. */
  assets(name?: string): Promise<ListedAsset[]>;
  /** The MIME type that an asset was created with. */
  filetype(assetId: string): Promise<string>;
  /** The one asset of this name, checked to be complete and to hold the same bytes as the file. */
  arrived(name: string, path: string): Promise<ListedAsset>;
}

/** Starts `main.ts sandbox` and waits until it listens. */
export async function startSandbox(
  address = "127.0.0.1:0",
  flags: readonly string[] = [],
  options: StartOptions = {},
): Promise<SandboxProcess> {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-e2e-sandbox-" });
  const place = ["--listen", address, "--dir", join(folder, "sandbox")];
  const program = start(["sandbox", ...place, ...flags], options);
  const dispose = async () => {
    await program.kill();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const url = (await program.line(/^Sandbox on (http:\/\/\S+), files in /))[1]!;
    return sandboxAt(url, program, dispose);
  } catch (error) {
    await dispose();
    throw error;
  }
}

function sandboxAt(
  url: string,
  program: Program,
  dispose: () => Promise<void>,
): SandboxProcess {
  return {
    url,
    program,
    assets: (name) => listAssets(url, name),
    async filetype(assetId) {
      const headers = { authorization: "Bearer sandbox" };
      const answer = await fetch(`${url}/v2/assets/${assetId}`, { headers });
      return ((await answer.json()) as { filetype: string }).filetype;
    },
    async arrived(name, path) {
      const assets = await listAssets(url, name);
      assertEquals(assets.map(({ status }) => status), ["complete"], `one asset named ${name}`);
      assertEquals(assets[0]!.sha256, await sha256Of(path));
      return assets[0]!;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** What a sandbox lists, also an embedded one whose address is known. */
export async function listAssets(url: string, name?: string): Promise<ListedAsset[]> {
  const answer = await fetch(`${url}/sandbox/assets`);
  const { assets } = (await answer.json()) as { assets: ListedAsset[] };
  return assets.filter((asset) => name === undefined || asset.name === name);
}
