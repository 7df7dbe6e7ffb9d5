import type { TakeView } from "../control/view.ts";
import type { Clock } from "../runtime/clock.ts";
import type { EventBus } from "../take/bus.ts";
import type { Studio } from "../take/studio.ts";
import { isPermitted } from "../runtime/permitted.ts";
import { keyActions } from "./key_actions.ts";
import { readKeys } from "./keys.ts";
import { createTerminal } from "./terminal.ts";

/** What a person or a script reads of a run. */
export interface Report {
  /** Says where things are and starts to tell. */
  begin(
    place: { readonly page: string | null; readonly api: string; readonly state: string },
  ): void;
  /** One message beside the display. */
  say(text: string): void;
  /** Tells the last state and gives the terminal back. */
  end(): Promise<void>;
}

/** How often the display is drawn, in milliseconds. */
const DRAW_EVERY_MS = 200;

/**
 * The report of a run: with `json` one event a line on stdout; otherwise a display that is drawn in
 * place on a terminal, or plain lines elsewhere.
 */
export function createReport(options: {
  readonly json: boolean;
  readonly views: () => TakeView[];
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly studio: Pick<Studio, "finish" | "resume">;
}): Report {
  const { json, views, bus, clock } = options;
  const over = new AbortController();
  const interactive = !json && Deno.stdout.isTerminal();
  const terminal = createTerminal({
    out: write,
    columns: () => consoleSize().columns,
    rows: () => consoleSize().rows,
    color: interactive && !Deno.noColor,
    interactive,
    clock,
  });
  const say = (text: string) => json ? writeError(`${text}\n`) : terminal.line(text);
  const silence = bus.on((event) =>
    json ? write(`${JSON.stringify(event)}\n`) : terminal.event(event)
  );
  let drawing: Promise<void> = Promise.resolve();

  return {
    say,
    begin({ page, api, state }) {
      say(`Uploading to ${api}, journal in ${state}`);
      if (page !== null) say(`Status page: ${page}`);
      if (json) return;
      drawing = draw(() => terminal.update(views()), clock, over.signal);
      if (interactive && Deno.stdin.isTerminal() && ownsTerminal()) {
        readKeys(keyActions(views, options.studio, say), over.signal);
      }
    },
    async end() {
      over.abort();
      await drawing;
      silence();
      if (!json) terminal.finish(views());
    },
  };
}

async function draw(frame: () => void, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    frame();
    await clock.sleep(DRAW_EVERY_MS, signal).catch(() => {});
  }
}

/**
 * Whether the terminal's keys are ours: a job in the background of a shell that reads them is stopped.
 * Where the system does not tell (proc(5): process group and foreground group), they are.
 */
function ownsTerminal(): boolean {
  const path = "/proc/self/stat";
  if (!isPermitted({ name: "read", path })) return true;
  try {
    const stat = Deno.readTextFileSync(path);
    const [, , , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 1).split(" ");
    return group === foreground;
  } catch {
    return true;
  }
}

function consoleSize(): { columns: number; rows: number } {
  try {
    return Deno.consoleSize();
  } catch {
    return { columns: 80, rows: 24 };
  }
}

const encoder = new TextEncoder();

function write(text: string): void {
  writeAll(Deno.stdout, text);
}

function writeError(text: string): void {
  writeAll(Deno.stderr, text);
}

/** Neither a reader that went away (`| head`) nor a log on a full disk may end an upload. */
function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(to.writeSync(bytes));
  } catch {
    // What is told is told beside the work; the journal and the page still know it.
  }
}
