/**
 * A bound on what a test waits for, so that a hang is a failure with a name. Never a wait for a result.
 *
 * @throws Error if `promise` takes longer than `mostMs`.
 */
export async function within<T>(promise: Promise<T>, mostMs = 10_000): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`took over ${mostMs} ms`)), mostMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
