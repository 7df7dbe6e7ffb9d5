/** Steps run at once: one starts while others wait for their programs. */
const AT_ONCE = 6;

/** One criterion of a program. */
export interface Case {
  readonly name: string;
  /** Why it cannot run on this machine, told beside its name; empty or absent where it runs. */
  readonly ignored?: string;
  run(): Promise<void>;
}

/**
 * Runs cases that have nothing in common but time: as steps of one test, several at once. Leaks are
 * looked for in the test as a whole, since Deno cannot tell them apart between steps.
 */
export async function sideBySide(t: Deno.TestContext, cases: readonly Case[]): Promise<void> {
  const waiting = [...cases];
  async function lane(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { name, ignored = "", run } = next;
      await t.step({
        name: `${name}${ignored}`,
        ignore: ignored !== "",
        fn: run,
        sanitizeOps: false,
        sanitizeResources: false,
        sanitizeExit: false,
      });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Prints a measured figure into the test's report. */
export function tell(figure: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`    figure: ${figure}\n`));
}
