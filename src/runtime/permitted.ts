/**
 * Whether Deno permits something already. For what is only an extra: on a terminal Deno would otherwise
 * ask a person for it, in the middle of a take.
 */
export function isPermitted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
