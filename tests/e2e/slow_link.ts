import { fromFileUrl } from "@std/path";

const TOOL = fromFileUrl(new URL("../tools/slowlink", import.meta.url));

/** A poor link between this machine and a namespace on it. Disposing of it takes it away. */
export interface SlowLink extends AsyncDisposable {
  /** Where a server on this machine listens to be reached through the link. */
  readonly hostAddress: string;
  /** A program that becomes another one inside by exec, with its arguments. */
  readonly through: readonly string[];
  /** Takes the link down, or brings it back. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Caps it both ways from now on; `rate` as tc takes it, e.g. `8mbit`. */
  cap(rate: string): Promise<void>;
}

/** Most subnets that are tried. */
const MOST_TRIES = 8;

let links = 0;

/** Lays a link of its own, capped both ways. */
export async function openSlowLink(rate: string): Promise<SlowLink> {
  const name = `rt${Deno.pid}n${links++}`;
  const subnet = await layLink(name, rate);
  return {
    hostAddress: `${subnet}.1`,
    through: ["ip", "netns", "exec", name],
    cut: () => slowlink(name, "cut"),
    mend: () => slowlink(name, "mend"),
    cap: (rate) => slowlink(name, "rate", rate),
    [Symbol.asyncDispose]: () => slowlink(name, "down"),
  };
}

/** Lays it on a subnet that nobody has, out of the range for benchmarks (RFC 2544). */
async function layLink(name: string, rate: string): Promise<string> {
  for (let tries = 1;; tries++) {
    const number = Math.floor(Math.random() * 512);
    const subnet = `198.${18 + (number >> 8)}.${number & 255}`;
    try {
      await slowlink(name, "up", subnet, rate);
      return subnet;
    } catch (error) { // by another run, perhaps
      if (tries === MOST_TRIES || !/is taken/.test(String(error))) throw error;
    }
  }
}

async function slowlink(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(TOOL, { args }).output();
  if (!success) throw new Error(`slowlink ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** Why there is no link on this machine, as words for the name of a test that is ignored; else empty. */
export const noSlowLink = await reason();

async function reason(): Promise<string> {
  if (Deno.build.os !== "linux") return " [ignored: needs Linux's network namespaces]";
  try {
    await using _link = await openSlowLink("8mbit");
    return "";
  } catch {
    return " [ignored: no capped link can be laid here (root, iproute2 and namespaces)]";
  }
}
