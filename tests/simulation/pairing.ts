/** The credentials of a simulated device: how it is paired, and where its tokens come from. */
import { secret } from "../../src/config.ts";
import { CREDENTIAL_FILES, deviceJson } from "../../src/frameio/credentials.ts";
import type { AuthDoors } from "../../src/frameio/device_auth.ts";
import { storedTokens } from "../../src/frameio/stored_tokens.ts";
import type { Tokens } from "../../src/frameio/tokens.ts";
import { CLIENT } from "./device_service.ts";
import type { Life } from "./life.ts";
import { FIRST_MOMENT_MS } from "./twin_clock.ts";
import { twinTokenFile } from "./twin_token_file.ts";
import type { World } from "./world.ts";

/** Version that the simulated program calls itself. */
export const VERSION = "0.1.0";

const BASE = "https://api.sim";

/** A person pairs the device: new credentials lie in the state folder. */
export function pairDevice({ service, folder, schedule, wallShiftMs }: World): void {
  const grant = service.device!.pair();
  const receivedAtMs = FIRST_MOMENT_MS + schedule.nowMs + wallShiftMs;
  folder.files.set(
    CREDENTIAL_FILES.device,
    deviceJson({
      ...{ apiBase: BASE, clientId: CLIENT.id, clientSecret: secret(CLIENT.secret) },
      grant: { ...grant, receivedAtMs },
    }),
  );
}

/** Tokens of the paired device, as the program makes them of its credentials. */
export function deviceTokens(
  world: World,
  life: Life,
  doors: AuthDoors,
): Tokens & { settled(): Promise<void> } {
  const stored = storedTokens(
    doors,
    (name) => twinTokenFile(life, world.folder, name),
    { apiBase: BASE, imsBase: BASE, version: VERSION },
  );
  const tokens = stored.then(({ device }) => device!);
  return {
    current: async (signal) => await (await tokens).current(signal),
    refused: async (token, signal) => await (await tokens).refused(token, signal),
    settled: async () => await (await stored).settled(),
    remedy: "Run reeltime pair again",
  };
}
