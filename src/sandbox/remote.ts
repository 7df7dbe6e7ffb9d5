import type { Assembler } from "./assemble.ts";
import type { OrdinaryFile } from "./ordinary.ts";
import type { PartFiles, WrittenPart } from "./parts_on_disk.ts";
import { eachPiece } from "./pieces.ts";
import type { Store } from "./store.ts";

/** Bounds of a remote upload. */
export const REMOTE_LIMITS = {
  /** Largest file that may be announced, in bytes: 50 GB (V4 guide, how to upload). */
  mostAnnouncedBytes: 50_000_000_000,
  /** What the sandbox really reads, in bytes: 1 GiB, to spare the disk it stands on. */
  mostReadBytes: 1024 * 1024 * 1024,
  /** How long the source may say nothing, in milliseconds. */
  stallMs: 30_000,
  /** How many are fetched at once; the others wait. */
  atOnce: 4,
} as const;

/** Fetches files from where others keep them. */
export interface Remotes {
  /** Creates an asset and begins to fetch what `sourceUrl` gives as its content; that goes on in the
   * background. Gives the asset's id. */
  create(file: OrdinaryFile, sourceUrl: string): string;
  /** Breaks off what is under way and waits for it to let go. It is not taken up again. */
  stop(): Promise<void>;
}

/** What the fetching needs. */
export interface RemoteDeps {
  readonly store: Store;
  readonly parts: PartFiles;
  readonly assembler: Assembler;
  now(): Date;
  /** Told where a file that was fetched could not be kept. It is given up at the next start. */
  onFailure(error: Error): void;
}

/** Makes the fetcher. What an earlier process left unfetched is given up. */
export function createRemotes(
  { store, parts, assembler, now, onFailure }: RemoteDeps,
  limits: { readonly [K in keyof typeof REMOTE_LIMITS]: number } = REMOTE_LIMITS,
): Remotes {
  const stopped = new AbortController();
  const running = new Set<Promise<void>>();
  const waiting: [assetId: string, sourceUrl: string][] = [];
  for (const assetId of store.unfetched()) store.fail(assetId, now().toISOString());

  function begin(assetId: string, sourceUrl: string): void {
    if (running.size >= limits.atOnce) {
      waiting.push([assetId, sourceUrl]);
      return;
    }
    const work = take(assetId, sourceUrl).catch((error: Error) => {
      onFailure(new Error(`Cannot keep asset ${assetId}: ${error.message}`, { cause: error }));
    }).finally(() => {
      running.delete(work);
      const next = stopped.signal.aborted ? undefined : waiting.shift();
      if (next !== undefined) begin(...next);
    });
    running.add(work);
  }

  async function take(assetId: string, sourceUrl: string): Promise<void> {
    const written: { piece: WrittenPart; sizeBytes: number }[] = [];
    try {
      await eachPiece(sourceUrl, limits, stopped.signal, async (bytes) => {
        const body = new Response(bytes).body!;
        const piece = await parts.write(assetId, written.length + 1, body, bytes.length);
        written.push({ piece, sizeBytes: bytes.length });
      });
      if (written.length === 0) throw new Error("It is empty");
    } catch {
      // Why it failed is not told: the service has no place for it, and the address may be a secret.
      for (const { piece } of written) piece.discard();
      if (!stopped.signal.aborted) store.fail(assetId, now().toISOString());
      return;
    }
    keep(assetId, written);
  }

  /** In one turn, so that all of it counts or nothing. */
  function keep(assetId: string, written: { piece: WrittenPart; sizeBytes: number }[]): void {
    const totalBytes = written.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const declared = written.map(({ sizeBytes }, i) => {
      return { number: i + 1, sizeBytes, isFinal: i === written.length - 1 };
    });
    store.register(assetId, declared, { totalBytes, name: null });
    written.forEach(({ piece }, i) => {
      piece.keep();
      store.recordPut(assetId, i + 1, now().toISOString());
    });
    assembler.begin(assetId);
  }

  return {
    create({ name, filetype, parentId }, sourceUrl) {
      const id = crypto.randomUUID();
      const birth = { parentId, kind: "remote", createdAt: now().toISOString() } as const;
      store.createAsset(id, { name, hasDefaultName: false, filetype }, birth);
      begin(id, sourceUrl);
      return id;
    },
    async stop() {
      stopped.abort();
      await Promise.all(running);
    },
  };
}
