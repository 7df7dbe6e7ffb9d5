import { type Secret, secret } from "../config.ts";
import { Config } from "../errors.ts";
import type { Surroundings } from "./args.ts";
import { type Flags, textOf } from "./flags.ts";

/** A bucket on a real S3 server, as the command line and the standard AWS variables name it. */
export interface S3Flags {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken?: Secret;
}

/**
 * Reads `--s3` and `--bucket`, and the variables that every AWS tool reads (AWS SDKs and Tools Reference
 * Guide, environment variables).
 *
 * @returns Undefined where no server is named.
 * @throws Config with what is missing.
 */
export function s3Of(flags: Flags, { env }: Surroundings): S3Flags | undefined {
  const endpoint = textOf(flags, "s3");
  const bucket = textOf(flags, "bucket");
  if (endpoint === undefined && bucket === undefined) return undefined;
  if (endpoint === undefined) throw new Config("Name the S3 server of --bucket with --s3 URL");
  if (bucket === undefined) throw new Config("Name the bucket on the S3 server with --bucket NAME");
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new Config(`Cannot use --bucket ${bucket}: S3 knows no bucket of such a name`);
  }
  const accessKeyId = env("AWS_ACCESS_KEY_ID");
  const secretAccessKey = env("AWS_SECRET_ACCESS_KEY");
  if (!accessKeyId || !secretAccessKey) {
    throw new Config(
      "Cannot use --s3 without credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  }
  const sessionToken = env("AWS_SESSION_TOKEN");
  return {
    endpoint: endpointOf(endpoint),
    bucket,
    region: env("AWS_REGION") || "us-east-1",
    accessKeyId,
    secretAccessKey: secret(secretAccessKey),
    ...(sessionToken ? { sessionToken: secret(sessionToken) } : {}),
  };
}

function endpointOf(text: string): string {
  const url = URL.parse(text);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" &&
    url.search + url.hash + url.username + url.password === "";
  // Not repeated: a password may stand in it.
  if (!isPlain) {
    throw new Config("Cannot use --s3: write the server's address, as http://HOST:PORT");
  }
  return url.origin;
}
