import type { Fault, Passage } from "./passage.ts";
import type { Relay } from "./relay.ts";

/** PUTs that a relay holds, each the first of its name. */
export interface Holds {
  /** For the relay's options. */
  fault(passage: Readonly<Passage>): Fault | null;
  /** Lets everything pass that is held and that would be. */
  letGo(): void;
  /** Resolves when the PUT of this name is held. */
  held(name: string, relay: Relay): Promise<void>;
}

/** Holds PUTs by name after so many bytes of their bodies: a moment that is reached by no luck of timing. */
export function holdFirst(afterBytes: Readonly<Record<string, number>>): Holds {
  const { promise: until, resolve } = Promise.withResolvers<"on">();
  const left = new Map(Object.entries(afterBytes));
  return {
    fault({ name }) {
      const afterBytes = left.get(name);
      left.delete(name);
      return afterBytes === undefined ? null : { is: "stall", afterBytes, until };
    },
    letGo: () => resolve("on"),
    held: (name, relay) =>
      relay.when(
        `${name} is held`,
        () =>
          relay.passages.some((passage) =>
            passage.name === name && passage.passedBytes === afterBytes[name]
          ),
      ),
  };
}
