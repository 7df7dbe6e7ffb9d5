/** Replaces a token file again and again, and holds its lock: `token_writer.ts STATE_FOLDER`. */
import { tokenFile } from "../../src/runtime/token_file.ts";

const file = tokenFile(Deno.args[0]!, "device");
await file.exclusively(async () => {
  for (let count = 0;; count++) {
    await file.replace({ text: String(count % 10).repeat(20_000) });
    Deno.stdout.writeSync(new TextEncoder().encode(`${count}\n`));
  }
});
