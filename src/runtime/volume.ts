import * as fs from "node:fs/promises";
import { dirname } from "@std/path";
import { isPermitted } from "./permitted.ts";

/** File systems that another machine may write to (include/uapi/linux/magic.h, statfs(2)). */
const NETWORK_FILE_SYSTEMS = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x65735546, // FUSE
  0x01021997, // 9p
  0x00c36400, // Ceph
  0x5346414f, // AFS
]);

/** What kind of volume a path lies on: `unknown` where the system does not say. */
export async function volumeOf(path: string): Promise<"local" | "network" | "unknown"> {
  if (Deno.build.os !== "linux") return "unknown"; // elsewhere the numbers mean other things
  if (!isPermitted({ name: "sys", kind: "statfs" })) return "unknown";
  try {
    const { type } = await fs.statfs(dirname(path));
    return NETWORK_FILE_SYSTEMS.has(type >>> 0) ? "network" : "local";
  } catch {
    return "unknown";
  }
}
