import type { Account } from "../config.ts";
import { Config } from "../errors.ts";
import type { ApiCall } from "../frameio/api.ts";
import { v2Status, v4Status } from "../frameio/asset_status.ts";
import { v2Hierarchy } from "../frameio/v2_hierarchy.ts";
import { findV4Folder, v4Hierarchy } from "../frameio/v4_hierarchy.ts";
import { remoteUpload } from "../frameio/remote_upload.ts";
import { v2Remote, v4Remote } from "../frameio/remote_route.ts";
import { systemClock } from "../runtime/clock.ts";
import { systemRandom } from "../runtime/random.ts";
import { retryDelayMs } from "../transfer/retry.ts";
import { accountOf } from "./account_flags.ts";
import { type Command, defaultStateFolder, type Surroundings } from "./args.ts";
import { BROWSE_USAGE, parseBrowse, runBrowse } from "./browse_command.ts";
import { type Caller, type Callers, callersOf } from "./callers.ts";
import { DOCTOR_USAGE, parseDoctor, runDoctor } from "./doctor_command.ts";
import { type Flags, textOf } from "./flags.ts";
import { LOGIN_USAGE, parseLogin, runLogin } from "./login_command.ts";
import { LOGOUT_USAGE, parseLogout, runLogout } from "./logout_command.ts";
import { colorPaint, noPaint } from "./paint.ts";
import { PAIR_USAGE, parsePair, runPair } from "./pair_command.ts";
import { parseStatus, runStatus, STATUS_USAGE } from "./status_command.ts";
import { chosenWay, folderOf } from "./way_in.ts";
import { clean } from "./width.ts";

/** A command around an account: reads its own arguments and gives an exit status. */
export type AccountCommand = (
  args: readonly string[],
  around: Surroundings,
  say: (text: string) => void,
  signal: AbortSignal,
) => Promise<number>;

/** Commands that send no file, by their names. */
export const accountCommands: Readonly<Record<string, AccountCommand>> = {
  pair: (args, around, say, signal) => {
    const config = parsePair(args, around);
    return config === "help" ? shown(PAIR_USAGE, say) : runPair(config, say, signal);
  },
  login: (args, around, say, signal) => {
    const config = parseLogin(args, around);
    return config === "help" ? shown(LOGIN_USAGE, say) : runLogin(config, say, signal);
  },
  logout: (args, around, say, signal) => {
    const config = parseLogout(args, around);
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
    const { place, settled } = await doctorPlace(ask.flags, around);
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

/** What doctor asks of the account that the command line names. */
async function doctorPlace(flags: Flags, around: Surroundings) {
  const stateFolder = textOf(flags, "state") ?? defaultStateFolder(around);
  const account = accountOf(flags, stateFolder, around)!; // doctor has no --sandbox
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
      if (name === "device") return "chosen by the device's project";
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

/** Has Frame.io fetch a file from the web, and follows that to its end. */
export async function runRemote(
  { url, name, config }: Command & { is: "remote" },
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { account, stateFolder } = config;
  if (account === null) throw new Config("Cannot use --url with --sandbox: name one with --api");
  const callers = await callersOf(account, stateFolder);
  try {
    const { isV4, caller: { call } } = reader(account, callers);
    await fetchByFrameio(call, isV4, { url, name, account, stateFolder }, say, signal);
    return 0;
  } finally {
    await callers.settled();
  }
}

async function fetchByFrameio(
  call: ApiCall,
  isV4: boolean,
  { url, name, account, stateFolder }: {
    readonly url: string;
    readonly name: string;
    readonly account: Account;
    readonly stateFolder: string;
  },
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const folder = folderOf(account, stateFolder);
  const route = isV4
    ? v4Remote(call, await findV4Folder(call, folder, account.accountId, signal))
    : v2Remote(call, folder);
  const asset = await remoteUpload(route, { url, name }, {
    ...{ clock: systemClock, signal },
    say: (words) => say(clean(words)), // a service's names stand in them
    delayMs: (error, attempt) => retryDelayMs(error, attempt, systemRandom),
  });
  say(clean(`${asset.name} is in Frame.io as asset ${asset.id}`));
  if (asset.viewUrl !== null) say(asset.viewUrl);
}

/** Who reads for the commands that look around: the V4 API where it is at hand, else the V2 API. */
function reader({ route }: Account, { v4, user, isLoggedIn }: Callers) {
  const isV4 = route === "v4" || (route === "auto" && isLoggedIn);
  const caller: Caller | null = isV4 ? v4 : user;
  if (caller !== null && route !== "device") return { isV4, caller };
  throw new Config(
    "Cannot look around in Frame.io with these credentials: log in with reeltime login, or put a " +
      "token into FRAMEIO_TOKEN or into a file named with --token-file. A paired device sees nothing",
  );
}

/** Looks around; a renewal of a token that is under way is let through before the program leaves. */
async function asReader(
  flags: Flags,
  around: Surroundings,
  use: (
    reader: { readonly account: Account; readonly isV4: boolean; readonly caller: Caller },
  ) => Promise<number>,
): Promise<number> {
  const stateFolder = textOf(flags, "state") ?? defaultStateFolder(around);
  const account = accountOf(flags, stateFolder, around)!; // these commands have no --sandbox
  const callers = await callersOf(account, stateFolder);
  try {
    return await use({ account, ...reader(account, callers) });
  } finally {
    await callers.settled();
  }
}

function look() {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    columns: isTerminal ? Deno.consoleSize().columns : null,
    paint: isTerminal ? colorPaint : noPaint,
  };
}

function shown(usage: string, say: (text: string) => void): Promise<number> {
  say(usage.trimEnd());
  return Promise.resolve(0);
}
