import { fromFileUrl } from "@std/path";
import type { KeptPart } from "./digest_sink.ts";
import { measure, type Needs } from "./measured_process.ts";

/** A sink that runs in a process of its own. */
export interface Sink {
  readonly baseUrl: string;
  /** What was stored of an asset, by part number. */
  partsOf(assetId: string): readonly KeptPart[];
  needs(): Needs;
  end(): Promise<void>;
}

/** Starts `digest_sink.ts` and waits until it listens. */
export async function startSink(dir: string, mostMs: number): Promise<Sink> {
  const program = fromFileUrl(new URL("./digest_sink.ts", import.meta.url));
  const args = ["run", "--allow-all", "--no-check", program, dir];
  const process = measure(Deno.execPath(), { args, mostMs });
  const kept = new Map<string, KeptPart>();
  const lines = process.lines[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw new Error("The sink ended before it listened");
  const listening = (async () => {
    for (let next = await lines.next(); !next.done; next = await lines.next()) {
      const part: KeptPart = JSON.parse(next.value);
      kept.set(`${part.assetId} ${part.number}`, part);
    }
  })();
  return {
    baseUrl: first.value,
    partsOf: (assetId) =>
      [...kept.values()].filter((part) => part.assetId === assetId)
        .sort((a, b) => a.number - b.number),
    needs: process.needs,
    async end() {
      await process.endInput();
      await process.exit;
      await listening;
    },
  };
}
