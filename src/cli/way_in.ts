import type { Account, WatchConfig } from "../config.ts";
import { Config } from "../errors.ts";
import { deviceFinishedRoute, deviceRoute } from "../frameio/device_route.ts";
import { folderFinder, inFolder, parseFolderPath, searchOf } from "../frameio/folder_path.ts";
import { type Folders, v2Folders, v4Folders } from "../frameio/folders.ts";
import { heartbeat } from "../frameio/heartbeat.ts";
import { tryingPlainName } from "../frameio/plain_name.ts";
import { userRoute } from "../frameio/realtime.ts";
import type { AssetRoute } from "../frameio/route.ts";
import { v2FinishedRoute } from "../frameio/v2_finished_route.ts";
import { v4Route } from "../frameio/v4_route.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Caller, Callers } from "./callers.ts";
import { v4Folder } from "./v4_folder.ts";

/** The ways there are. */
export type WayName = "device" | "user" | "v4";

/** A way into Frame.io, chosen by the credentials at hand. */
export interface WayIn {
  /** As `--route` has it. */
  readonly name: WayName;
  readonly route: AssetRoute;
  /** Goes on until the signal is aborted: a device shows that it is online. */
  background(signal: AbortSignal): Promise<void>;
}

/**
 * Chooses the way into Frame.io.
 *
 * @param say Told when an asset gets another name than its file.
 * @param signal Ends searches for folders.
 * @throws Config if there are no credentials, or none that can do what is asked for.
 */
export function wayInto(
  account: Account,
  callers: Callers,
  { stateFolder, sends }: Pick<WatchConfig, "stateFolder" | "sends">,
  say: (words: string) => void,
  signal: AbortSignal,
): WayIn {
  const name = chosenWay(account, callers, sends);
  const finished = sends === "finished";
  const folderId = () => folderOf(account, stateFolder);
  const below = (folders: Folders, rootId: string, routeIn: (id: string) => AssetRoute) =>
    belowFolder(account, folders, rootId, routeIn, signal);

  function route(): AssetRoute {
    switch (name) {
      case "device": {
        refuseFolderOfDevice(account);
        const { call } = callers.device!;
        return finished ? deviceFinishedRoute(call) : deviceRoute(call);
      }
      case "user": {
        const { call, exchange } = callers.user!;
        const routeIn = (id: string) => finished ? v2FinishedRoute(call, id) : userRoute(call, id);
        return below(v2Folders(exchange), folderId(), routeIn);
      }
      case "v4": {
        const { call } = callers.v4!;
        return v4Folder(call, folderId(), account.accountId, (place) =>
          below(
            v4Folders(call, place.accountId),
            place.folderId,
            (folderId) => v4Route(call, { ...place, folderId }),
          ));
      }
    }
  }

  return {
    name,
    route: tryingPlainName(route(), say),
    background: async (ends) => {
      if (name === "device") await heartbeat(callers.device!.call, systemClock, ends);
    },
  };
}

/**
 * The way that fits what is asked for and who may call.
 *
 * @throws Config if there is none.
 */
export function chosenWay(
  { route, folder }: Account,
  { device, user, v4, isLoggedIn }: Callers,
  sends: WatchConfig["sends"],
): WayName {
  const must = (caller: Caller | null, name: WayName, remedy: string): WayName => {
    if (caller !== null) return name;
    throw new Config(`Cannot use --route ${name}: ${remedy}`);
  };
  switch (route) {
    case "device":
      return must(device, "device", "this machine is not paired. Run reeltime pair");
    case "user":
      return must(user, "user", "it needs a token in FRAMEIO_TOKEN or named with --token-file");
    case "v4":
      if (sends === "growing") throw new Config(V4_IS_FINISHED);
      return must(v4, "v4", "nobody is logged in. Run reeltime login");
  }
  // A device cannot choose a folder: whoever names one, and has a token, means that.
  const wantsFolder = folder !== null && user !== null;
  if (sends === "finished" && isLoggedIn && folder !== null) return "v4";
  if (device !== null && !wantsFolder) return "device";
  if (user !== null) return "user";
  if (isLoggedIn) throw new Config(sends === "growing" ? V4_IS_FINISHED : NO_FOLDER);
  throw new Config(NO_CREDENTIALS);
}

/**
 * Refuses a folder that was asked for where Frame.io chooses it. One of the environment or of config.json
 * is passed over: it may be meant for another way in.
 *
 * @throws Config that names the flags.
 */
export function refuseFolderOfDevice({ isFolderTyped, folderPath }: Account): void {
  if (!isFolderTyped && folderPath === null) return;
  throw new Config(
    "Cannot use --folder or --folder-path as a paired device: Frame.io puts a device's files where " +
      "its project says. Leave them out, or give a token and --folder",
  );
}

/** The folder below which the asset goes, made where it is missing. */
function belowFolder(
  { folderPath }: Account,
  folders: Folders,
  rootId: string,
  routeIn: (folderId: string) => AssetRoute,
  signal: AbortSignal,
): AssetRoute {
  if (folderPath === null) return routeIn(rootId);
  const names = parseFolderPath(folderPath);
  const search = searchOf(() => folderFinder(folders, rootId, signal), names);
  return inFolder(search, routeIn, routeIn(rootId));
}

/** The folder to upload into. @throws Config if none was named. */
export function folderOf({ folder }: Account, stateFolder: string): string {
  if (folder !== null) return folder;
  throw new Config(`${NO_FOLDER}, or as "folder" in ${stateFolder}/config.json`);
}

const NO_FOLDER =
  "Cannot tell where to upload to: give a folder's id with --folder (reeltime browse lists them), " +
  "in FRAMEIO_FOLDER";

const V4_IS_FINISHED =
  "Cannot upload a growing recording through the V4 API: it takes finished files only. Pair this " +
  "machine with reeltime pair, or wait for the end and use reeltime upload";

const NO_CREDENTIALS =
  "Cannot reach Frame.io without credentials: pair this machine with reeltime pair, log in with " +
  "reeltime login, or put a token into FRAMEIO_TOKEN or into a file named with --token-file. To try " +
  "reeltime without an account, add --sandbox";
