/** Asks who it is, again and again, as a process of its own: `token_user.ts STATE_FOLDER BASE TIMES`. */
import { apiCaller } from "../../src/frameio/api.ts";
import { storedTokens } from "../../src/frameio/stored_tokens.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { tokenFile } from "../../src/runtime/token_file.ts";

const [stateFolder, baseUrl, times] = Deno.args as [string, string, string];
const doors = { http: systemHttp, clock: systemClock };
const fileOf = (name: string) => tokenFile(stateFolder, name);
const bases = { apiBase: baseUrl, imsBase: baseUrl, version: "1.2.3" };
const { device } = await storedTokens(doors, fileOf, bases);
const call = apiCaller(systemHttp, { baseUrl, tokens: device! });
const { signal } = new AbortController();
for (let time = 0; time < Number(times); time++) {
  await call({ method: "GET", path: "/v2/devices/me", doing: "ask", signal });
  Deno.stdout.writeSync(new TextEncoder().encode("ok\n"));
}
