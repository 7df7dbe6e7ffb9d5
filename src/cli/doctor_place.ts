import { findV4Folder } from "../frameio/v4_hierarchy.ts";
import { type Caller, type Callers, callersOf } from "./callers.ts";
import type { DoctorAccount, DoctorAsk } from "./doctor_command.ts";
import { readAccount } from "./reader.ts";
import type { AskedSurroundings } from "./surroundings.ts";
import { chosenWay, folderOf, refuseFolderOfDevice } from "./way_in.ts";

/**
 * What doctor asks of the account that the command line names.
 *
 * @returns Also what resolves when no renewal of a token is under way.
 * @throws Config if the account cannot be read; a way that does not exist is thrown by the checks.
 */
export async function doctorPlace(
  { flags, storage }: Pick<DoctorAsk, "flags" | "storage">,
  around: AskedSurroundings,
): Promise<{ readonly place: DoctorAccount; readonly settled: Callers["settled"] }> {
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
      else {
        const path = `/v2/assets/${encodeURIComponent(folder)}`;
        await ask(callers.user!, path, "read the folder", signal);
      }
      return `${folder} can be seen`;
    },
  };
  return { place, settled: callers.settled };
}
