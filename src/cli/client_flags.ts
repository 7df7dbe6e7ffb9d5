import { Config, Rejected, TokenExpired, Unavailable } from "../errors.ts";
import { type Secret, secret } from "../config.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { type Http, systemHttp } from "../runtime/http.ts";
import { type Random, systemRandom } from "../runtime/random.ts";
import type { Surroundings } from "./args.ts";

/** What the commands around credentials need of the world. */
export interface AccessDoors {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
}

/** The doors of this machine. */
export const systemAccessDoors: AccessDoors = {
  ...{ http: systemHttp, clock: systemClock, random: systemRandom },
};

/**
 * The client id of the flag, else of the variable, else null.
 *
 * @throws Config if no client id looks like that.
 */
export function clientIdOf(
  flag: string | undefined,
  variable: string,
  around: Surroundings,
): string | null {
  // A variable that is set to nothing counts as not set.
  const id = flag?.trim() || around.env(variable)?.trim() || null;
  if (id === null || /^[\x21-\x39\x3b-\x7e]{1,200}$/.test(id)) return id;
  throw new Config(
    `Cannot use the client id of --client-id or ${variable}: it holds spaces, a ` +
      "colon or letters outside ASCII, or has more than 200 characters",
  );
}

/**
 * The client secret of the file, else of the variable, else null. It is never given on the command line,
 * where every process of the machine can read it.
 *
 * @throws Config if the file is not there or no secret looks like that.
 */
export function clientSecretOf(
  file: string | undefined,
  variable: string,
  around: Surroundings,
): Secret | null {
  const text = (file === undefined ? around.env(variable) : around.readText(file))?.trim();
  if (file !== undefined && !text) {
    // Its name is not repeated: some day somebody puts the secret itself there.
    throw new Config(
      "Cannot read the client secret: the file of --client-secret-file is not there, not readable " +
        "or empty",
    );
  }
  if (!text) return null;
  if (/^[\x21-\x7e]{1,1000}$/.test(text)) return secret(text);
  throw new Config(
    "Cannot use the client secret: it holds spaces or line breaks. Store it on one line",
  );
}

/** Whether an error says in words what a person can do: the service is away, or says no. */
export function isForPeople(error: unknown): error is Error {
  return error instanceof Unavailable || error instanceof Rejected || error instanceof TokenExpired;
}
