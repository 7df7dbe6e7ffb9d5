/** A sandbox as a process of its own, to be killed and measured: `sandbox_process.ts <dir>`. */
import { startSandbox } from "../../src/sandbox/server.ts";

const sandbox = await startSandbox({ dir: Deno.args[0]!, hostname: "127.0.0.1", port: 0 });
await Deno.stdout.write(new TextEncoder().encode(`${sandbox.baseUrl}\n`));
