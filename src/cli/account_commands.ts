import type { Account } from "../config.ts";
import { v2Status, v4Status } from "../frameio/asset_status.ts";
import { REAL } from "../frameio/credentials.ts";
import { v2Hierarchy } from "../frameio/v2_hierarchy.ts";
import { findV4Folder, v4Hierarchy } from "../frameio/v4_hierarchy.ts";
import { accountOf } from "./account_flags.ts";
import { defaultStateFolder } from "./args.ts";
import { BROWSE_USAGE, parseBrowse, runBrowse } from "./browse_command.ts";
import { type Caller, callersOf } from "./callers.ts";
import { DOCTOR_USAGE, type DoctorAsk, parseDoctor, runDoctor } from "./doctor_command.ts";
import { type Flags, textOf } from "./flags.ts";
import { LOGIN_USAGE, parseLogin, runLogin } from "./login_command.ts";
import { LOGOUT_USAGE, parseLogout, runLogout } from "./logout_command.ts";
import { colorPaint, noPaint } from "./paint.ts";
import { PAIR_USAGE, parsePair, runPair } from "./pair_command.ts";
import { servicesOf } from "./permissions.ts";
import { readPermitted } from "./read_permitted.ts";
import { reader } from "./reader.ts";
import { parseStatus, runStatus, STATUS_USAGE } from "./status_command.ts";
import type { AskedSurroundings } from "./surroundings.ts";
import { chosenWay, folderOf, refuseFolderOfDevice } from "./way_in.ts";

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

/** What doctor asks of the account that the command line names. */
async function doctorPlace({ flags, storage }: DoctorAsk, around: AskedSurroundings) {
  const { account, stateFolder } = readAccount(flags, around, [storage]);
  const callers = await callersOf(account, stateFolder);
  const ask = (caller: Caller, path: string, doing: string, signal: AbortSignal) =>
    caller.call({ method: "GET", path, doing, signal });
  // A way that does not exist is a finding, not a wrong command line.
  const isLoginOnly = callers.isLoggedIn && callers.device === null && callers.user === null;
  const sends = account.route === "v4" || isLoginOnly ? "finished" : "growing";
  const way = () => chosenWay(account, callers, sends);
  const place = {
    apiBase: account.apiBase,
    async checkToken(signal: AbortSignal): Promise<string> {
      const name = way();
      const doing = "read whose token it is";
      await ask(
        callers[name]!,
        { device: "/v2/devices/me", user: "/v2/me", v4: "/v4/me" }[name],
        doing,
        signal,
      );
      return `accepted on --route ${name}`;
    },
    async checkFolder(signal: AbortSignal): Promise<string> {
      const name = way();
      if (name === "device") {
        refuseFolderOfDevice(account);
        return "chosen by the device's project";
      }
      const folder = folderOf(account, stateFolder);
      if (name === "v4") await findV4Folder(callers.v4!.call, folder, account.accountId, signal);
      else {await ask(
          callers.user!,
          `/v2/assets/${encodeURIComponent(folder)}`,
          "read the folder",
          signal,
        );}
      return `${folder} can be seen`;
    },
  };
  return { place, settled: callers.settled };
}

/** Looks around; a renewal of a token that is under way is let through before the program leaves. */
async function asReader(
  flags: Flags,
  around: AskedSurroundings,
  use: (
    reader: { readonly account: Account; readonly isV4: boolean; readonly caller: Caller },
  ) => Promise<number>,
): Promise<number> {
  const { account, stateFolder } = readAccount(flags, around);
  const callers = await callersOf(account, stateFolder);
  try {
    return await use({ account, ...reader(account, callers) });
  } finally {
    await callers.settled();
  }
}

/** The account of a command that sends no file; `further` are services that it calls beside. */
function readAccount(flags: Flags, around: AskedSurroundings, further: readonly string[] = []) {
  return readPermitted(around, (seen) => {
    const stateFolder = textOf(flags, "state") ?? defaultStateFolder(seen);
    const account = accountOf(flags, stateFolder, seen)!; // these commands have no --sandbox
    return { account, stateFolder };
  }, ({ account, stateFolder }) => ({
    stateFolder,
    services: [...servicesOf(account), ...further],
  }));
}

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
