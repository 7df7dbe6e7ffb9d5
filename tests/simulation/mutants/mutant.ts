/** A deliberate bug: in one file of the program one piece of text is replaced by another. */
export interface Mutant {
  /** The bug, in the words of somebody who tells of it. */
  readonly name: string;
  /** From the project's folder on, e.g. `src/take/send.ts`. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

/** The mutants of one file. */
export function mutantsOf(file: string, bugs: readonly Omit<Mutant, "file">[]): Mutant[] {
  return bugs.map((bug) => ({ file, ...bug }));
}
