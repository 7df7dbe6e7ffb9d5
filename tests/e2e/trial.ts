/** One take under fault: a recording that grows, the program, a relay that counts, and what must come of it. */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import type { PublishedEvent } from "../../src/events.ts";
import { MIB } from "../../src/parts/limits.ts";
import { type ListedAsset, sha256Of } from "../support/house.ts";
import { type Camera, type Roll, roll } from "./camera.ts";
import { type Desk, openDesk } from "./desk.ts";
import { story } from "./figures.ts";
import type { Program, StartOptions } from "./program.ts";
import { type Relay, type RelayOptions, startRelay } from "./relay.ts";
import { listAssets } from "./sandbox.ts";

/** A take under fault. Everything that was started for it ends with it. */
export interface Trial extends AsyncDisposable {
  readonly path: string;
  readonly desk: Desk;
  readonly relay: Relay;
  readonly camera: Camera;
  /** Runs the program on the recording, with `--json`. */
  upload(options?: StartOptions): Program;
  /** The events of all runs so far. */
  told(): readonly PublishedEvent[];
  /** Records to the end and waits for the program's, which must be status 0. */
  finish(program: Program): Promise<void>;
  /** Parts whose PUT is begun and not stored, as told so far. */
  inFlight(): Set<number>;
  /** Sizes of these parts together, as told. */
  bytesOf(parts: ReadonlySet<number>): number;
  /**
   * Checks that nothing is lost: one asset of that name with parts, the same one in every run, complete,
   * with the file's sha256.
   *
   * @param mostResentBytes Bytes that may have gone more than once.
   * @param count What the relay counts of each PUT. Default: what came through.
   * @returns How many bytes did, beyond the file's size.
   */
  arrived(mostResentBytes: number, count?: "announced" | "passed"): Promise<number>;
}

/** The recording of a trial: up to 33 MiB, the head and parts 2 to 6, at about 50 MB/s. */
const ROLL: Roll = { mostBytes: 33 * MIB, step: () => ({ bytes: MIB / 2, pauseMs: 10 }) };

/** Begins a recording in a folder of its own; the program is not started yet. */
export async function openTrial(
  sandboxUrl: string,
  name: string,
  options: { readonly roll?: Partial<Roll>; readonly relay?: RelayOptions } = {},
): Promise<Trial> {
  await using stack = new AsyncDisposableStack();
  const relay = stack.use(await startRelay(sandboxUrl, options.relay));
  const desk = stack.use(await openDesk(relay.url));
  const path = desk.path(name);
  const camera = stack.use(await roll(path, { ...ROLL, ...options.roll }));
  const programs: Program[] = [];
  const told = () => programs.flatMap((program) => program.events());
  const kept = stack.move();
  return {
    path,
    desk,
    relay,
    camera,
    told,
    upload(options = {}) {
      const program = desk.watch(path, ["--json"], options);
      programs.push(program);
      return program;
    },
    async finish(program) {
      await camera.full;
      await camera.stop();
      const { code, err } = await program.ended();
      assertEquals(code, 0, `${err}${story(told())}`);
    },
    inFlight() {
      const numbers = (type: "part.started" | "part.stored") =>
        new Set(told().flatMap((event) => event.type === type ? [event.number] : []));
      return numbers("part.started").difference(numbers("part.stored"));
    },
    bytesOf: (parts) =>
      told().reduce(
        (sum, event) =>
          event.type === "part.planned" && parts.has(event.number) ? sum + event.sizeBytes : sum,
        0,
      ),
    async arrived(mostResentBytes, count = "passed") {
      const asset = theOne(await listAssets(sandboxUrl, name), told(), relay);
      assertEquals(asset.sha256, await sha256Of(path), story(told()));
      const resentBytes = relay.putBytes(count) - asset.size!;
      assertLessOrEqual(resentBytes, mostResentBytes, story(told()));
      return resentBytes;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The one asset with parts. A lost answer to its creation may leave an empty one, with a warning. */
function theOne(
  assets: readonly ListedAsset[],
  told: readonly PublishedEvent[],
  { passages }: Relay,
): ListedAsset {
  const withParts = assets.filter(({ parts }) => parts.length > 0);
  assertEquals(withParts.map(({ status }) => status), ["complete"], story(told));
  const [asset] = withParts;
  const known = told.flatMap((event) =>
    event.type === "asset.created" || event.type === "take.resumed" ? [event.assetId] : []
  ).filter((id) => id !== null);
  assertEquals([...new Set(known)], [asset!.id], "the same asset in every run");
  const strays = assets.length - 1;
  const creations = passages.filter(({ name }) => name === "create").length;
  assertLessOrEqual(strays, creations - 1, "an empty asset for each lost answer at most");
  const isWarned = told.some((event) =>
    event.type === "take.warned" && /placeholder of that name may stand/.test(event.message)
  );
  assert(strays === 0 || isWarned, story(told));
  return asset!;
}
