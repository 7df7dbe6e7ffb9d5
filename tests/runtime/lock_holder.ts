/** A process that takes a lock, says whether it got it, and holds it: `lock_holder.ts FOLDER PATH`. */
import { lockRecording } from "../../src/runtime/lock.ts";

const [folder, path] = Deno.args as [string, string];
const lock = lockRecording(folder, path);
Deno.stdout.writeSync(new TextEncoder().encode(lock === null ? "refused\n" : "locked\n"));
if (lock !== null) setInterval(() => {}, 1000);
