/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** One worker of a swarm: a seed comes in, its world's result goes out. */
import { simulate } from "./simulate.ts";

self.onmessage = async ({ data }: MessageEvent<number>) => {
  self.postMessage(await simulate(data));
};
