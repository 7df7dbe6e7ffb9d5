/** Serves a page, tells its address, and then what a person would be told; one line each. */
import { serveControl } from "../../src/control/serve.ts";
import { systemClock } from "../../src/runtime/clock.ts";

const tell = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const { url } = serveControl({ fetch: () => new Response("here") }, {
  hostname: "127.0.0.1",
  port: 0,
  streams: new AbortController(),
  clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) },
  say: tell,
});
tell(url);
