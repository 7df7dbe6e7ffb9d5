/**
 * A process that writes to a journal until it is killed, or `count` times: `journal_writer.ts FOLDER
 * TAKE COUNT`. Each append has two rows; once they are acknowledged their number goes to stdout.
 */
import { Unavailable } from "../../src/errors.ts";
import { openEventStore } from "../../src/runtime/event_store.ts";

const [folder, takeId, count] = Deno.args as [string, string, string];
const store = openEventStore(folder);
const tell = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
tell("open");
for (let number = 1; number <= Number(count); number++) {
  const rows = ["a", "b"].map((half) => ({
    takeId,
    atMs: number,
    event: JSON.stringify({ number, half }),
    part: number,
    url: `https://s3/${number}?X-Amz-Signature=${number}`,
    forgets: number - 1,
  }));
  patiently(() => store.append(rows));
  tell(String(number));
}
store.close();

/** As a take does: what another process's commits keep from being written is tried again. */
function patiently(write: () => void): void {
  for (;;) {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  }
}
