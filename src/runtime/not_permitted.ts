import { Config } from "../errors.ts";

/**
 * An error that says which permission Deno was not given, as a matter of configuration: waiting does not
 * help, and the words name the flag. Any other error as it is.
 *
 * @param words What could not be done, such as `Cannot reach api.frame.io`.
 */
export function explainPermission(error: unknown, words: string): unknown {
  if (!(error instanceof Deno.errors.NotCapable)) return error;
  return new Config(`${words}: ${error.message}`, { cause: error });
}
