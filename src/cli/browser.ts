import { isPermitted } from "../runtime/permitted.ts";
import { onTerminal } from "./surroundings.ts";

/** How each system opens a page in the person's browser. */
const OPENERS: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  linux: ["xdg-open"],
  darwin: ["open"],
  windows: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens a page in the person's browser. Only a comfort: where it cannot be, the address was printed. */
export function openPage(url: string): void {
  const [command, ...args] = OPENERS[Deno.build.os] ?? [];
  if (command === undefined || !onTerminal() || !isPermitted({ name: "run", command })) return;
  try {
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    new Deno.Command(command, { args: [...args, url], ...quiet }).spawn().unref();
  } catch {
    // There is no such program.
  }
}

/** Longest line that is read, in characters: an address with a code in it has some thousand. */
const MOST_LINE = 16_384;

/**
 * A line of stdin without its end, or null where nothing more will come. On a terminal it is not shown,
 * and read key by key: systems cut the lines that they collect themselves, macOS at 1024 characters.
 *
 * @param signal Gives the terminal back as it was.
 */
export async function readLine(signal: AbortSignal): Promise<string | null> {
  const giveBack = keysOfTerminal();
  signal.addEventListener("abort", giveBack, { once: true });
  try {
    return await readToEnd(signal);
  } finally {
    signal.removeEventListener("abort", giveBack);
    giveBack();
  }
}

/** Ctrl-C stays a signal. */
function keysOfTerminal(): () => void {
  if (!Deno.stdin.isTerminal()) return () => {};
  Deno.stdin.setRaw(true, { cbreak: true });
  return () => Deno.stdin.setRaw(false);
}

async function readToEnd(signal: AbortSignal): Promise<string | null> {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(4096);
  let line = "";
  while (!signal.aborted && line.length < MOST_LINE) {
    const count = await Deno.stdin.read(bytes);
    if (count === null) return line === "" ? null : line;
    line += decoder.decode(bytes.subarray(0, count), { stream: true });
    const end = line.search(/[\r\n]/);
    if (end >= 0) return line.slice(0, end);
  }
  return line;
}
