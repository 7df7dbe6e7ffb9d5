/**
 * The one question the line asks of a file format: what do the bytes say about a file that may still
 * be growing? One container per family, each pure over a few small positional reads.
 */
import type { ByteRange } from "../recording/range.ts";
import type { WalkMemory } from "./walk_memory.ts";

/**
 * Reads bytes at a position, without a cursor: fills `into` from the offset `start` on and resolves
 * with the number of bytes read. Fewer than `into` holds means that the file ends there, or that the
 * system gave less this time; 0 means nothing is there. Rejects as the system does.
 */
export type RangeReader = (start: number, into: Uint8Array) => Promise<number>;

/** What the bytes of a recording say, at one moment. */
export interface Look {
  /**
   * `open`: the recorder has not finished. `final`: it has, if that holds for `settleMs` with size and
   * time unchanged. `undecidable`: this format, or this moment, cannot tell.
   */
  readonly verdict: "open" | "final" | "undecidable";
  /** {@linkcode Container.name} of the container that looked. */
  readonly container: string;
  /**
   * Bytes in front that the recorder rewrites at its stop; the head part must cover them. Up to 16
   * above the size of a file that has only begun; the same after the stop, unless an index came in front.
   */
  readonly headBytes: number;
  /**
   * Offset of the first media byte, or null where it is not known (yet). When it moves between `open`
   * and `final`, the recorder has put an index in front and moved all media by the difference.
   */
  readonly mediaStart: number | null;
  /** Bytes from the file's start that the structure allows to send now; never above its size. */
  readonly frontierBytes: number;
  /** Ranges known to be patched at the stop; some may lie behind the head. */
  readonly patched: readonly ByteRange[];
  /** Milliseconds for which `final` must hold, with size and time unchanged, before it counts. */
  readonly settleMs: number;
}

/** One family of file formats. */
export interface Container {
  /** Short lower-case name, for events and reports, such as `isobmff`. */
  readonly name: string;
  /**
   * Looks at a file of `sizeBytes`. Reads little, never at or past `sizeBytes`, and takes any bytes:
   * a file that is damaged, or cut short meanwhile, is `open` or `undecidable`.
   *
   * @param memory Of the looks at this recording, where there are more boxes than one look may walk.
   * @throws Only what `read` throws.
   */
  inspect(read: RangeReader, sizeBytes: number, memory?: WalkMemory): Promise<Look>;
}
