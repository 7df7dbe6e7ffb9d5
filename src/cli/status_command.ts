import { Config } from "../errors.ts";
import { type ReadStatus, statusWords } from "../frameio/asset_status.ts";
import { ACCOUNT_FLAGS } from "./account_flags.ts";
import { type Flags, parseFlags, wordsOf } from "./flags.ts";
import { clean } from "./width.ts";

/** What `status --help` prints. */
export const STATUS_USAGE = `reeltime status: what Frame.io says of an upload

  reeltime status ASSET [options]

  --json              one JSON document: {"id","name","is","startedAt","completedAt","failedAt","viewUrl"};
                      "is" is complete, failed, under_way or waiting
  --api, --route, --account, --token-file, --state   as for uploads
  --help

Exit status: 0 complete or still under way; 1 failed, or the asset cannot be seen.
`;

/** What the command line asks for. */
export interface StatusAsk {
  readonly assetId: string;
  readonly json: boolean;
  /** Those of the account among them. */
  readonly flags: Flags;
}

/**
 * Reads the command line behind `status`.
 *
 * @throws Config with what is wrong and how to write it.
 */
export function parseStatus(
  args: readonly string[],
): { readonly is: "help" } | (StatusAsk & { readonly is: "status" }) {
  const flags = parseFlags(args, {
    boolean: ["json", "help"],
    string: [...ACCOUNT_FLAGS, "state"],
    words: true,
  });
  if (flags.help === true) return { is: "help" };
  const [assetId, ...others] = wordsOf(flags);
  if (assetId === undefined) {
    throw new Config(
      "Name the asset: reeltime status ASSET. Its id is told when its upload ends, and on the status page",
    );
  }
  if (others.length > 0) throw new Config(`Cannot read ${others[0]} as well: name one asset`);
  return { is: "status", assetId, json: flags.json === true, flags };
}

/**
 * Tells how an upload stands.
 *
 * @returns The exit status: 1 where the service gave the upload up, otherwise 0.
 * @throws Rejected, TokenExpired or Unavailable, as the API answers.
 */
export async function runStatus(
  { assetId, json, read }: Pick<StatusAsk, "assetId" | "json"> & { readonly read: ReadStatus },
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const status = await read(assetId, signal);
  if (json) say(JSON.stringify(status));
  else {
    say(`${clean(status.name ?? status.id)}: ${clean(statusWords(status))}`);
    say(`  asset  ${clean(status.id)}`);
    if (status.viewUrl !== null) say(`  link   ${clean(status.viewUrl)}`);
  }
  return status.is === "failed" ? 1 : 0;
}
