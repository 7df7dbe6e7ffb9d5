import { basename, extname } from "@std/path";
import { typeByExtension } from "@std/media-types";
import { Config } from "./errors.ts";

/** A value that never shows itself: in messages, JSON and inspections it is "***". */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** Wraps a token. */
export function secret(value: string): Secret {
  const hide = () => "***";
  return Object.defineProperties({ reveal: () => value, toString: hide, toJSON: hide }, {
    [Symbol.for("nodejs.util.inspect.custom")]: { value: hide },
  });
}

/** An address to listen on. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** Ways into Frame.io; `auto` takes the one that the credentials at hand allow. */
export const ROUTES = ["auto", "device", "user", "v4"] as const;

/** Where Frame.io is, and who calls. */
export interface Account {
  readonly apiBase: string;
  /** Adobe's identity service; null for the one that the login was made at. */
  readonly imsBase: string | null;
  readonly route: (typeof ROUTES)[number];
  /** Folder or root asset to upload into; a paired device takes none. */
  readonly folder: string | null;
  /** Whether the folder was named on the command line: one that cannot be obeyed is refused. */
  readonly isFolderTyped: boolean;
  /** Folders below it, made where missing: `Day 3/A-Cam`. */
  readonly folderPath: string | null;
  /** Account of the V4 API; where there is only one it need not be given. */
  readonly accountId: string | null;
  /** A developer token, if one was given. */
  readonly token: Secret | null;
}

/** The watch and the upload command, ready to run. */
export interface WatchConfig {
  /** `growing`: recordings that may grow or not be there yet. `finished`: files that are whole. */
  readonly sends: "growing" | "finished";
  /** Paths as given, and the asset names to use. */
  readonly recordings: readonly { path: string; name: string; filetype: string }[];
  /** Where Frame.io is; null for the embedded sandbox. */
  readonly account: Account | null;
  readonly stateFolder: string;
  /** Null with --no-listen. `asked`: the address was given, so it must be had. */
  readonly listen: (Address & { readonly asked: boolean }) | null;
  /** What the control API asks for; null where only this machine reaches it and none was given. */
  readonly controlToken: Secret | null;
  /** Folders beside those of the recordings whose files may be added while it runs. */
  readonly allowRoots: readonly string[];
  /** `NAME` or `NAME:PORT` under which a proxy in front serves the page, as {@linkcode listen} does. */
  readonly publicHosts: readonly string[];
  readonly lanes: number;
  readonly idleMs: number;
  readonly abandonMs: number;
  readonly stay: boolean;
  /** Uploads a recording that was changed after its finalization once more, as a corrected version. */
  readonly correct: boolean;
  readonly json: boolean;
}

/** The type sent for files that no table knows. */
const UNKNOWN_TYPE = "application/octet-stream";

/** Types where the general table means something else than the field does. */
const FIELD_TYPES: Readonly<Record<string, string>> = {
  ".ps": "video/mpeg", // MPEG program stream, not PostScript
  ".vob": "video/mpeg",
};

/**
 * The MIME type of a recording, from its extension; it is part of every PUT's signature.
 *
 * @throws Config for a name without an extension: the API refuses such an asset.
 */
export function filetypeOf(name: string): string {
  const extension = extname(name).toLowerCase();
  if (extension.length < 2) {
    throw new Config(
      `Cannot upload ${name}: it has no extension, and Frame.io needs one. Give the asset a name ` +
        `with --name, for example --name "${
          name.replace(/\.+$/, "")
        }.mov"; or, if it is a folder, ` +
        "name a file in it",
    );
  }
  return FIELD_TYPES[extension] ?? typeByExtension(extension.slice(1)) ?? UNKNOWN_TYPE;
}

/** What a recording at `path` becomes in Frame.io. */
export function recordingOf(path: string, name: string | undefined) {
  const assetName = name ?? basename(path);
  return { path, name: assetName, filetype: filetypeOf(assetName) };
}

/**
 * Reads HOST:PORT.
 *
 * @throws Config if it is not one.
 */
export function parseAddress(text: string, flag: string): Address {
  const match = /^(\[[0-9a-fA-F:.]+\]|[\w.-]*):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2] ?? NaN);
  if (match === null || !(port <= 65535)) {
    throw new Config(`Cannot use ${flag} ${text}: write HOST:PORT, for example 127.0.0.1:8090`);
  }
  const hostname = match[1]!.replace(/^\[|\]$/g, "");
  return { hostname: hostname === "" ? "127.0.0.1" : hostname, port };
}

/**
 * Reads a number given with a flag.
 *
 * @throws Config unless it is one in range.
 */
export function parseNumber(
  text: string | undefined,
  flag: string,
  range: { readonly least: number; readonly most: number; readonly whole: boolean },
  otherwise: number,
): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === "" ? NaN : Number(text);
  const fits = value >= range.least && value <= range.most;
  if (!fits || (range.whole && !Number.isInteger(value))) {
    const kind = range.whole ? "a whole number" : "a number";
    throw new Config(
      `Cannot use ${flag} ${text}: write ${kind} from ${range.least} to ${range.most}`,
    );
  }
  return value;
}
