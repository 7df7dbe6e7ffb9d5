/** One take of the real program while so many readers follow its events over HTTP. */
import { createMov } from "../support/mov_writer.ts";
import { ANY_PORT, openDesk, pageOf } from "../e2e/desk.ts";
import { until } from "../e2e/program.ts";
import type { SandboxProcess } from "../e2e/sandbox.ts";

/** What to run. */
export interface Load {
  readonly readers: number;
  /** How fast the recorder writes. */
  readonly megabitsPerSecond: number;
  readonly seconds: number;
}

/** How it went. */
export interface LoadFigures {
  /** Events that each reader was told, from `take.started` on or whenever it was there, to the last. */
  readonly eventsEach: number;
  /** Readers that missed an event, saw one twice, or saw them out of order. */
  readonly readersWithHoles: number;
  /** Milliseconds from the event's own time to its arrival at a reader; 0 without readers. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The most memory that the program ever had resident, in bytes (VmHWM); 0 where /proc is missing. */
  readonly peakRssBytes: number;
  /** Size of the recording by the time from its first byte to its finalization. */
  readonly bytesPerSecond: number;
}

/** How often the recorder writes, in milliseconds. */
const WRITE_EVERY_MS = 50;

/** Records, uploads and reads along; the take has ended when it returns. */
export async function runLoad(sandbox: SandboxProcess, load: Load): Promise<LoadFigures> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("load.mov");
  const program = desk.watch(path, [...ANY_PORT, "--json", "--stay"]);
  const page = await pageOf(program);
  const readers = await Promise.all(
    Array.from({ length: load.readers }, () => openReader(`${page}/api/events`)),
  );
  const beganMs = performance.now();
  const sizeBytes = await record(path, load);
  await until("the take arrives", () => program.events().some(isLast));
  const seconds = (performance.now() - beganMs) / 1000;
  const events = program.events();
  const last = events.find(isLast)!.id;
  await until("every reader hears of it", () => readers.every((reader) => reader.lastId() >= last));
  for (const reader of readers) await reader.close();
  const peakRssBytes = peakOf(program.pid);
  const delays = readers.flatMap((reader) => reader.delaysMs).sort((a, b) => a - b);
  const at = (share: number) => delays[Math.floor(share * (delays.length - 1))] ?? 0;
  return {
    eventsEach: Math.min(...readers.map((reader) => reader.ids.length), events.length),
    readersWithHoles: readers.filter(({ ids }) => hasHole(ids, events[0]!.id)).length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    peakRssBytes,
    bytesPerSecond: sizeBytes / seconds,
  };
}

const isLast = ({ type }: { readonly type: string }) => type === "take.verified";

/** @param firstId The run's first event: who was there before it has to have heard of it. */
function hasHole(ids: readonly number[], firstId: number): boolean {
  return ids[0] !== firstId || ids.some((id, i) => id !== firstId + i);
}

/** Writes a recording at a steady rate and finishes it. */
async function record(path: string, { megabitsPerSecond, seconds }: Load): Promise<number> {
  await using mov = await createMov(path);
  const bytesPerMs = megabitsPerSecond * 125;
  const beganMs = performance.now();
  const wholeBytes = Math.round(bytesPerMs * seconds * 1000);
  while (mov.sizeBytes < wholeBytes) {
    const due = Math.min(wholeBytes, Math.round((performance.now() - beganMs) * bytesPerMs));
    if (due > mov.sizeBytes) await mov.roll(due - mov.sizeBytes);
    await new Promise((resolve) => setTimeout(resolve, WRITE_EVERY_MS));
  }
  await mov.stop();
  return mov.sizeBytes;
}

/** Follows the events as a browser does. */
async function openReader(url: string) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`A reader was refused: ${response.status}`);
  const stream = response.body!.getReader();
  const ids: number[] = [];
  const delaysMs: number[] = [];
  let rest = "";

  function take(message: string): void {
    const id = /^id: (\d+)$/m.exec(message)?.[1];
    if (id === undefined) return; // a heartbeat, or the time to wait before coming back
    ids.push(Number(id));
    const time = /"time":"([^"]+)"/.exec(message)?.[1];
    delaysMs.push(Date.now() - Date.parse(time!));
  }

  async function follow(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = await stream.read();
      if (done) return;
      const messages = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = messages.pop()!;
      messages.forEach(take);
    }
  }

  const following = follow().catch(() => {}); // it is closed under its hands
  return {
    ids,
    delaysMs,
    lastId: () => ids.at(-1) ?? -1,
    async close() {
      await stream.cancel().catch(() => {});
      await following;
    },
  };
}

function peakOf(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
