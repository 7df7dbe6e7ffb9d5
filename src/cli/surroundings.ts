import type { Surroundings } from "./args.ts";

/** The machine as far as Deno lets us see it; what may not be read counts as absent. */
export const systemSurroundings: Surroundings = {
  os: Deno.build.os,
  env: (name) => mayRead({ name: "env", variable: name }) ? Deno.env.get(name) : undefined,
  readText(path) {
    if (!mayRead({ name: "read", path })) return undefined;
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return undefined;
    }
  },
};

/** Whether a person can answer Deno's questions. */
export function onTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
}

/** On a terminal Deno asks; without one a question would be answered with no. */
function mayRead(permission: Deno.PermissionDescriptor): boolean {
  const { state } = Deno.permissions.querySync(permission);
  return state === "granted" || (state === "prompt" && onTerminal());
}
