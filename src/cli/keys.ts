/**
 * Reads single keys from the terminal until the signal is aborted, then gives the terminal back as it
 * was. Ctrl-C stays a signal.
 */
export function readKeys(onKey: (key: string) => void, signal: AbortSignal): void {
  Deno.stdin.setRaw(true, { cbreak: true });
  signal.addEventListener("abort", () => Deno.stdin.setRaw(false), { once: true });
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(16);
  // The read that is under way at the end cannot be called off; the process's exit ends it.
  (async () => {
    while (!signal.aborted) {
      const count = await Deno.stdin.read(bytes);
      if (count === null || signal.aborted) return;
      for (const key of decoder.decode(bytes.subarray(0, count))) onKey(key);
    }
  })().catch(() => {});
}
