import type { Account } from "../config.ts";
import { Config } from "../errors.ts";
import { folderFinder, parseFolderPath } from "../frameio/folder_path.ts";
import { v2Folders, v4Folders } from "../frameio/folders.ts";
import { type RemoteRoute, v2Remote, v4Remote } from "../frameio/remote_route.ts";
import { remoteUpload } from "../frameio/remote_upload.ts";
import { findV4Folder } from "../frameio/v4_hierarchy.ts";
import { systemClock } from "../runtime/clock.ts";
import { systemRandom } from "../runtime/random.ts";
import { retryDelayMs } from "../transfer/retry.ts";
import type { Command } from "./args.ts";
import { type Callers, callersOf } from "./callers.ts";
import { reader } from "./reader.ts";
import { folderOf } from "./way_in.ts";
import { clean } from "./width.ts";

/**
 * Has Frame.io fetch a file from the web, and follows that to its end.
 *
 * @returns The exit status, 0.
 * @throws Config if the command line names no folder, or nobody who may ask; Rejected, TokenExpired, Limit
 * or Unavailable, as the API answers.
 */
export async function runRemote(
  { url, name, config }: Command & { is: "remote" },
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { account, stateFolder } = config;
  if (account === null) throw new Config("Cannot use --url with --sandbox: name one with --api");
  const callers = await callersOf(account, stateFolder);
  try {
    const route = await remoteRoute(account, callers, stateFolder, signal);
    const asset = await remoteUpload(route, { url, name }, {
      ...{ clock: systemClock, signal },
      say: (words) => say(clean(words)), // a service's names stand in them
      delayMs: (error, attempt) => retryDelayMs(error, attempt, systemRandom),
    });
    say(clean(`${asset.name} is in Frame.io as asset ${asset.id}`));
    if (asset.viewUrl !== null) say(asset.viewUrl);
    return 0;
  } finally {
    await callers.settled();
  }
}

/** The way to have a file fetched into the folder that the account names, made where it is missing. */
async function remoteRoute(
  account: Account,
  callers: Callers,
  stateFolder: string,
  signal: AbortSignal,
): Promise<RemoteRoute> {
  const { isV4, caller: { call, exchange } } = reader(account, callers);
  const named = folderOf(account, stateFolder);
  const names = account.folderPath === null ? [] : parseFolderPath(account.folderPath);
  if (!isV4) {
    return v2Remote(call, await folderFinder(v2Folders(exchange), named, signal)(names));
  }
  const { accountId, folderId } = await findV4Folder(call, named, account.accountId, signal);
  const find = folderFinder(v4Folders(call, accountId), folderId, signal);
  return v4Remote(call, { accountId, folderId: await find(names) });
}
