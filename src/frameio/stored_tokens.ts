import { TokenExpired } from "../errors.ts";
import { damaged, type TokenFile } from "../runtime/token_file.ts";
import {
  CREDENTIAL_FILES,
  type DeviceCredentials,
  deviceJson,
  type ImsCredentials,
  imsJson,
  readDeviceJson,
  readImsJson,
  REAL,
} from "./credentials.ts";
import { type AuthDoors, PAIR_AGAIN, refreshDevice } from "./device_auth.ts";
import { LOGIN_AGAIN, refreshUser, SERVER_LOGIN_AGAIN, serverToken } from "./ims.ts";
import { type RenewedTokens, renewedTokens } from "./renewed_tokens.ts";
import type { Grant } from "./token_endpoint.ts";

/** Where Frame.io and Adobe's identity service are, without a slash at the end. */
export interface AuthBases {
  readonly apiBase: string;
  /** Null for the one that the login was made at. */
  readonly imsBase: string | null;
  /** Semantic version of this program, for `x-client-version`. */
  readonly version: string;
}

/** The credentials at hand; null for what was never stored, or stored for another service. */
export interface StoredTokens {
  /** `reeltime pair`: the Camera to Cloud routes. */
  readonly device: RenewedTokens | null;
  /** `reeltime login`: the V4 API. */
  readonly ims: RenewedTokens | null;
  /** Whose login it is. */
  readonly imsIs: ImsCredentials["is"] | null;
  /** Resolves when no renewal is under way; to be awaited before the process leaves. */
  settled(): Promise<void>;
}

/**
 * Looks which credentials a state folder holds. Tokens never go to another service than the one that
 * gave them.
 *
 * @param fileOf Opens the file of that name in the state folder.
 * @throws Config if a file is damaged.
 */
export async function storedTokens(
  doors: AuthDoors,
  fileOf: (name: string) => TokenFile,
  bases: AuthBases,
): Promise<StoredTokens> {
  const deviceFile = fileOf(CREDENTIAL_FILES.device);
  const imsFile = fileOf(CREDENTIAL_FILES.ims);
  const parseDevice = strict(deviceFile, readDeviceJson);
  const parseIms = strict(imsFile, readImsJson);
  const [deviceText, imsText] = await Promise.all([deviceFile.read(), imsFile.read()]);
  const savedDevice = deviceText === null ? null : parseDevice(deviceText);
  const savedIms = imsText === null ? null : parseIms(imsText);

  const fitsDevice = (saved: DeviceCredentials) => saved.apiBase === bases.apiBase;
  const fitsIms = (saved: ImsCredentials) =>
    bases.imsBase === null
      ? (saved.imsBase === REAL.ims) === (bases.apiBase === REAL.api)
      : saved.imsBase === bases.imsBase;
  const parse = { device: fitting(parseDevice, fitsDevice), ims: fitting(parseIms, fitsIms) };

  const device = savedDevice === null || !fitsDevice(savedDevice) ? null : renewedTokens({
    ...{ file: deviceFile, clock: doors.clock, parse: parse.device, format: deviceJson },
    renew: (saved) => renewDevice(doors, saved, bases.version),
    remedy: PAIR_AGAIN,
  }, savedDevice);
  const ims = savedIms === null || !fitsIms(savedIms) ? null : renewedTokens({
    ...{ file: imsFile, clock: doors.clock, parse: parse.ims, format: imsJson },
    renew: (saved) => renewIms(doors, saved),
    remedy: savedIms.is === "server" ? SERVER_LOGIN_AGAIN : LOGIN_AGAIN,
  }, savedIms);
  return {
    ...{ device, ims, imsIs: ims === null ? null : savedIms!.is },
    async settled() {
      await Promise.all([device?.settled(), ims?.settled()]);
    },
  };
}

/** What was stored meanwhile for another service is never sent to this one. */
function fitting<S>(
  parse: (json: unknown) => S,
  fits: (saved: S) => boolean,
): (json: unknown) => S {
  return (json) => {
    const saved = parse(json);
    if (fits(saved)) return saved;
    throw new TokenExpired("The credentials are for another service by now. Run the command again");
  };
}

/** @throws Config for what is no credentials. */
function strict<S>(file: TokenFile, read: (json: unknown) => S | null): (json: unknown) => S {
  return (json) => {
    const saved = read(json);
    if (saved === null) throw damaged(file.path);
    return saved;
  };
}

/** A renewal runs to its end: a refresh token that was sent needs its answer. */
const NEVER_CALLED_OFF = new AbortController().signal;

function renewDevice(
  doors: AuthDoors,
  { grant, ...client }: DeviceCredentials,
  version: string,
): Promise<Grant> {
  const { refreshToken } = grant;
  if (refreshToken === null) throw withoutRefresh(PAIR_AGAIN);
  return refreshDevice(doors, { ...client, version }, refreshToken, NEVER_CALLED_OFF);
}

function renewIms(doors: AuthDoors, { is, grant, ...client }: ImsCredentials): Promise<Grant> {
  const { clientSecret } = client;
  if (is === "server" && clientSecret !== null) {
    return serverToken(doors, { ...client, clientSecret }, NEVER_CALLED_OFF);
  }
  if (grant.refreshToken === null) throw withoutRefresh(LOGIN_AGAIN);
  return refreshUser(doors, client, grant.refreshToken, NEVER_CALLED_OFF);
}

/** Adobe gives some apps none (Adobe IMS, single-page apps). */
function withoutRefresh(remedy: string): TokenExpired {
  return new TokenExpired(`Cannot renew the token: no refresh token came with it. ${remedy}`);
}
