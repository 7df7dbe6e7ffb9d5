import { assertEquals, assertLessOrEqual } from "@std/assert";
import { clientOf, withFolder } from "./sandbox_client.ts";
import { spawnSandbox } from "./spawn_sandbox.ts";

const MIB = 1024 * 1024;
/** Far above what is allowed to be in memory at once. */
const PART_BYTES = 128 * MIB;
/** "A 100 GB take must not need 100 MB of memory": what comes on top of the idle process. */
const MOST_GROWN_BYTES = 100e6;

Deno.test({
  name: "the sandbox needs below 100 MB of memory while parts come in, are digested and go out",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (dir) => {
      const sandbox = await spawnSandbox(dir);
      try {
        const idleBytes = await peakResidentBytes(sandbox.pid);
        const client = clientOf(sandbox.baseUrl);
        const id = await client.create();
        const urls = await client.register(id, [
          { number: 1, size: PART_BYTES, is_final: false },
          { number: 2, size: PART_BYTES, is_final: true },
        ], 2 * PART_BYTES);
        const part = new Blob(Array(PART_BYTES / MIB).fill(new Uint8Array(MIB)));
        const statuses = await Promise.all(urls.map((url) => putBlob(url, part)));
        assertEquals(statuses, [200, 200]);
        await client.completed(id);
        const file = await fetch(`${sandbox.baseUrl}/sandbox/assets/${id}/file`);
        let count = 0;
        for await (const chunk of file.body!) count += chunk.length;
        assertEquals(count, 2 * PART_BYTES);
        const grownBytes = await peakResidentBytes(sandbox.pid) - idleBytes;
        assertLessOrEqual(grownBytes, MOST_GROWN_BYTES);
      } finally {
        await sandbox.kill();
      }
    }),
});

async function putBlob(url: string, body: Blob): Promise<number> {
  const headers = { "content-type": "video/quicktime", "x-amz-acl": "private" };
  const response = await fetch(url, { method: "PUT", headers, body });
  await response.body?.cancel();
  return response.status;
}

/** The most memory that a process ever had resident, from Linux's `/proc`. */
async function peakResidentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}
