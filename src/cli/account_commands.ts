import { v2Status, v4Status } from "../frameio/asset_status.ts";
import { REAL } from "../frameio/credentials.ts";
import { v2Hierarchy } from "../frameio/v2_hierarchy.ts";
import { v4Hierarchy } from "../frameio/v4_hierarchy.ts";
import { BROWSE_USAGE, parseBrowse, runBrowse } from "./browse_command.ts";
import { DOCTOR_USAGE, parseDoctor, runDoctor } from "./doctor_command.ts";
import { doctorPlace } from "./doctor_place.ts";
import { LOGIN_USAGE, parseLogin, runLogin } from "./login_command.ts";
import { LOGOUT_USAGE, parseLogout, runLogout } from "./logout_command.ts";
import { colorPaint, noPaint } from "./paint.ts";
import { PAIR_USAGE, parsePair, runPair } from "./pair_command.ts";
import { readPermitted } from "./read_permitted.ts";
import { asReader } from "./reader.ts";
import { parseStatus, runStatus, STATUS_USAGE } from "./status_command.ts";
import type { AskedSurroundings } from "./surroundings.ts";

/** A command around an account: reads its own arguments and gives an exit status. */
export type AccountCommand = (
  args: readonly string[],
  around: AskedSurroundings,
  say: (text: string) => void,
  signal: AbortSignal,
) => Promise<number>;

/** Commands that send no file, by their names. */
export const accountCommands: Readonly<Record<string, AccountCommand>> = {
  pair: (args, around, say, signal) => {
    const config = readPermitted(around, (seen) => parsePair(args, seen), (given) => ({
      ...given,
      services: [given.apiBase],
    }));
    return config === "help" ? shown(PAIR_USAGE, say) : runPair(config, say, signal);
  },
  login: (args, around, say, signal) => {
    const config = readPermitted(around, (seen) => parseLogin(args, seen), (given) => ({
      ...given,
      services: [given.imsBase, ...(given.by.is === "browser" ? [COMES_BACK] : [])],
    }));
    return config === "help" ? shown(LOGIN_USAGE, say) : runLogin(config, say, signal);
  },
  logout: (args, around, say, signal) => {
    const config = readPermitted(around, (seen) => parseLogout(args, seen), (given) => ({
      ...given,
      services: [REAL.api, REAL.ims], // where else they came from stands in files that may not be read
    }));
    return config === "help" ? shown(LOGOUT_USAGE, say) : runLogout(config, say, signal);
  },
  browse: async (args, around, say, signal) => {
    const ask = parseBrowse(args);
    if (ask.is === "help") return shown(BROWSE_USAGE, say);
    return await asReader(ask.flags, around, async ({ isV4, caller }) => {
      const hierarchy = isV4 ? v4Hierarchy(caller.call) : v2Hierarchy(caller.exchange);
      return await runBrowse({ ...ask, hierarchy, look: look() }, say, signal);
    });
  },
  doctor: async (args, around, say, signal) => {
    const ask = parseDoctor(args);
    if (ask.is === "help") return shown(DOCTOR_USAGE, say);
    const { place, settled } = await doctorPlace(ask, around);
    return await runDoctor(ask, place, say, signal).finally(settled);
  },
  status: async (args, around, say, signal) => {
    const ask = parseStatus(args);
    if (ask.is === "help") return shown(STATUS_USAGE, say);
    return await asReader(ask.flags, around, async ({ isV4, caller, account }) => {
      const read = isV4 ? v4Status(caller.call, account.accountId) : v2Status(caller.call);
      return await runStatus({ ...ask, read }, say, signal);
    });
  },
};

/** Where the browser comes back to after a login, at a port of its own. */
const COMES_BACK = "http://127.0.0.1";

function look() {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    columns: isTerminal ? Deno.consoleSize().columns || 80 : null, // some terminals say 0
    paint: isTerminal ? colorPaint : noPaint,
  };
}

function shown(usage: string, say: (text: string) => void): Promise<number> {
  say(usage.trimEnd());
  return Promise.resolve(0);
}
