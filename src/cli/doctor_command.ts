import { Config } from "../errors.ts";
import { diagnose, type DoctorRoom, type Finding, type Hop } from "../frameio/doctor.ts";
import { systemClock } from "../runtime/clock.ts";
import { systemHttp } from "../runtime/http.ts";
import { proxiesOf, proxyFor } from "../runtime/proxy.ts";
import { systemReach } from "../runtime/reach.ts";
import { ACCOUNT_FLAGS } from "./account_flags.ts";
import { type Flags, parseFlags, textOf } from "./flags.ts";
import { clean } from "./width.ts";

/** Where Frame.io's presigned URLs led in public samples (V2 guide); it may be another by now. */
const STORAGE = "https://frameio-uploads-production.s3-accelerate.amazonaws.com";

/** What `doctor --help` prints. */
export const DOCTOR_USAGE = `reeltime doctor: looks where the way to Frame.io ends

  reeltime doctor [options]

Checks one hop after the other, and stops at the first that fails, with what to do about it: DNS, the
proxy, TLS, this machine's clock, login pages of the network, the token, the folder, and the storage.

  --storage URL       address of the storage, default
                      ${STORAGE}
  --json              one JSON document: {"ok","findings":[{"hop","is","words","remedy"}]};
                      "is" is ok, warning or failed
  --api, --folder, --route, --account, --token-file, --state   as for uploads
  --help

Proxies are named in HTTPS_PROXY, HTTP_PROXY and NO_PROXY, a network's own CA file in
NODE_EXTRA_CA_CERTS. Exit status: 0 the way is open; 1 it ends somewhere.
`;

/** What the command line asks for. */
export interface DoctorAsk {
  readonly storage: string;
  readonly json: boolean;
  /** Those of the account among them. */
  readonly flags: Flags;
}

/** Who knows the account: see {@linkcode DoctorRoom}. */
export interface DoctorAccount extends Pick<DoctorRoom, "checkToken" | "checkFolder"> {
  readonly apiBase: string;
}

/**
 * Reads the command line behind `doctor`.
 *
 * @throws Config with what is wrong and how to write it.
 */
export function parseDoctor(
  args: readonly string[],
): { readonly is: "help" } | (DoctorAsk & { readonly is: "doctor" }) {
  const flags = parseFlags(args, {
    boolean: ["json", "help"],
    string: [...ACCOUNT_FLAGS, "state", "storage"],
  });
  if (flags.help === true) return { is: "help" };
  const storage = textOf(flags, "storage") ?? STORAGE;
  if (!/^https?:\/\/[^@?#\s]+$/.test(storage) || !URL.canParse(storage)) {
    throw new Config(`Cannot use --storage: write an address, as ${STORAGE}`);
  }
  return { is: "doctor", storage, json: flags.json === true, flags };
}

/**
 * Looks at each hop and tells what it finds.
 *
 * @returns The exit status: 0 where no hop failed, else 1.
 * @throws Config if the environment names a proxy that cannot be used.
 */
export async function runDoctor(
  { storage, json }: Pick<DoctorAsk, "storage" | "json">,
  { apiBase, checkToken, checkFolder }: DoctorAccount,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const proxies = proxiesOf();
  const room: DoctorRoom = {
    ...{ reach: systemReach, http: systemHttp, clock: systemClock, checkToken, checkFolder },
    proxyFor: (url) => proxyFor(url, proxies),
  };
  const findings: Finding[] = [];
  for await (const finding of diagnose(room, { apiBase, storage }, signal)) {
    findings.push(finding);
    if (!json) say(lineOf(finding));
  }
  const ok = findings.every(({ is }) => is !== "failed");
  if (json) say(JSON.stringify({ ok, findings }));
  else say(ok ? "The way to Frame.io is open." : "The way to Frame.io ends here.");
  return ok ? 0 : 1;
}

const NAMES: Readonly<Record<Hop, string>> = {
  dns: "DNS",
  proxy: "Proxy",
  tls: "TLS",
  clock: "Clock",
  portal: "Frame.io",
  token: "Token",
  folder: "Folder",
  storage: "Storage",
};

function lineOf({ hop, is, words, remedy }: Finding): string {
  const mark = { ok: "ok  ", warning: "note", failed: "FAIL" }[is];
  const line = `${mark}  ${NAMES[hop].padEnd(8)}  ${clean(words)}`;
  return remedy === null ? line : `${line}\n${" ".repeat(16)}${clean(remedy)}`;
}
