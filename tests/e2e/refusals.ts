import { ACCESS } from "./desk.ts";

/** A command line that is refused before anything happens. */
export interface Refusal {
  readonly name: string;
  readonly args: readonly string[];
  readonly says: RegExp;
  readonly env?: Record<string, string>;
}

/** An account at nobody's port. */
export const ACCOUNT = ["--folder", "root", "--api", "http://127.0.0.1:1", "--no-listen"];

/** Every one of them, with what it must say. */
export const REFUSALS: readonly Refusal[] = [
  { name: "no recording", args: [], says: /Name a recording with --watch/ },
  { name: "an unknown flag", args: ["--wach", "a.mov"], says: /understand --wach\. See --help/ },
  {
    name: "an unknown flag of sandbox",
    args: ["sandbox", "--dir", "x", "--port", "1"],
    says: /understand --port/,
  },
  { name: "an unknown flag of demo", args: ["demo", "--fast"], says: /understand --fast/ },
  { name: "an argument without a flag", args: ["take01.mov"], says: /understand take01\.mov/ },
  { name: "a flag without its value", args: ["--watch"], says: /--watch without a value/ },
  {
    name: "no credentials",
    args: ["--watch", "a.mov", ...ACCOUNT],
    says: /without credentials: .*FRAMEIO_TOKEN.*--token-file/,
  },
  {
    name: "an unreadable token file",
    args: ["--watch", "a.mov", ...ACCOUNT, "--token-file", "nowhere.txt"],
    says: /Cannot read the token: nowhere\.txt/,
  },
  {
    name: "a token on the command line",
    args: ["--watch", "a.mov", ...ACCOUNT, "--token=open-sesame"],
    says: /never given on the command line: use FRAMEIO_TOKEN or --token-file/,
  },
  {
    name: "no folder",
    args: ["--watch", "a.mov", "--no-listen"],
    env: ACCESS,
    says: /--folder.*FRAMEIO_FOLDER/,
  },
  {
    name: "an API that is no URL",
    args: ["--watch", "a.mov", "--folder", "root", "--api", "frame.io"],
    env: ACCESS,
    says: /--api frame\.io: it is not a URL/,
  },
  {
    name: "a recording without an extension",
    args: ["--watch", "take01", ...ACCOUNT],
    env: ACCESS,
    says: /no extension.*--name "take01\.mov"/,
  },
  {
    name: "one name for two recordings",
    args: ["--watch", "a.mov", "--watch", "b.mov", "--name", "c.mov", ...ACCOUNT],
    env: ACCESS,
    says: /--name with several recordings/,
  },
  {
    name: "a folder instead of a recording",
    args: ["--watch", "folder.mov", ...ACCOUNT],
    env: ACCESS,
    says: /folder\.mov: it is a folder, and folders are not watched yet/,
  },
  {
    name: "lanes out of range",
    args: ["--watch", "a.mov", ...ACCOUNT, "--lanes", "33"],
    env: ACCESS,
    says: /--lanes 33: write a whole number from 1 to 32/,
  },
  {
    name: "an address that is none",
    args: ["--watch", "a.mov", "--sandbox", "--listen", "8090"],
    says: /--listen 8090: write HOST:PORT/,
  },
];
