import { ApiRefusal } from "./api_refusal.ts";

/** Refusals of creates that a test or a person asks for. */
export interface CreateRules {
  /** Every create is refused so: 402 as beyond the plan's limits, 403 as on a locked account. */
  readonly refuses?: { readonly status: 402 | 403; readonly detail: string };
  /** Names of files must not hold spaces, as an old guide says (V2 guide, uploading assets). */
  readonly refusesSpaces?: boolean;
}

/** Refuses where every create is refused. To be called before a create's body is read. */
export function checkMayCreate({ refuses }: CreateRules): void {
  if (refuses !== undefined) throw new ApiRefusal(refuses.status, refuses.detail);
}

/**
 * Refuses the name of a new file where it holds a space and none may.
 *
 * @param status 400 in V2, 422 in V4.
 */
export function checkName({ refusesSpaces }: CreateRules, name: string, status: 400 | 422): void {
  if (refusesSpaces && name.includes(" ")) {
    throw new ApiRefusal(status, `name must not contain spaces: ${JSON.stringify(name)}`, {
      pointer: "/data/name",
    });
  }
}
