import { fromFileUrl, join } from "@std/path";

const TOOL = fromFileUrl(new URL("../tools/rgw", import.meta.url));

/** A real S3 server of this test's own. Disposing of it ends it. */
export interface Radosgw extends AsyncDisposable {
  readonly endpoint: string;
  readonly bucket: string;
  /** The standard AWS variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts Ceph's radosgw with an empty bucket, on free ports. */
export async function startRadosgw(): Promise<Radosgw> {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-e2e-rgw-" });
  const dir = join(folder, "ceph");
  const dispose = async () => {
    await rgw("down", dir);
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const [port, monitorPort] = freePorts(2);
    const said = await rgw("up", dir, { RGW_PORT: `${port}`, RGW_MON_PORT: `${monitorPort}` });
    const env = Object.fromEntries(
      [...said.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]),
    );
    const { S3_ENDPOINT, S3_BUCKET, ...aws } = env;
    return { endpoint: S3_ENDPOINT!, bucket: S3_BUCKET!, env: aws, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function rgw(verb: string, dir: string, env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(TOOL, { args: [verb, dir], env })
    .output();
  if (!success) throw new Error(`rgw ${verb}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Ports that nobody has at this moment, all different. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => {
    return Deno.listen({ hostname: "127.0.0.1", port: 0 });
  });
  for (const listener of listeners) listener.close();
  return listeners.map(({ addr }) => addr.port);
}

/** Why there is no radosgw on this machine, as words for the name of a test that is ignored; else empty. */
export const noRadosgw = reason();

function reason(): string {
  if (Deno.build.os !== "linux") return " [ignored: radosgw needs Linux]";
  if (Deno.uid() !== 0) return " [ignored: radosgw needs root]";
  const commands = ["radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool"];
  const missing = [...commands, "s3cmd"].filter((command) => {
    const args = ["-c", `command -v ${command}`];
    return !new Deno.Command("sh", { args, stdout: "null" }).outputSync().success;
  });
  return missing.length === 0 ? "" : ` [ignored: not on this machine: ${missing.join(", ")}]`;
}
