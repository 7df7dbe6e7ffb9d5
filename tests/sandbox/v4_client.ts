import { assertEquals } from "@std/assert";
import type { SandboxClient } from "./sandbox_client.ts";

/** The ids of the sandbox's world, written here a second time: they must stay what they are. */
export const ACCOUNT_ID = "5a0d0b0c-0001-4000-8000-00000000a001";
export const WORKSPACE_ID = "5a0d0b0c-0002-4000-8000-00000000b001";
export const DEMO_ID = "5a0d0b0c-0004-4000-8000-00000000d001";
export const SECOND_ID = "5a0d0b0c-0004-4000-8000-00000000d002";
export const SECOND_ROOT_ID = "5a0d0b0c-0005-4000-8000-00000000e001";
export const DAY_1_ID = "5a0d0b0c-0006-4000-8000-00000000f001";
export const A_CAM_ID = "5a0d0b0c-0006-4000-8000-00000000f002";

/** What stands before most V4 paths. */
export const ACCOUNT = `/v4/accounts/${ACCOUNT_ID}`;

/** Any JSON that a test looks into. */
// deno-lint-ignore no-explicit-any
export type Json = any;

/** Asks as a developer token does on V4; gives status and JSON. */
export async function v4(
  client: SandboxClient,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Json }> {
  const headers = { "x-frameio-legacy-token-auth": "true" };
  const init = body === undefined ? { headers } : {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await client.call(path, init);
  return { status: response.status, json: await response.json() };
}

/** The JSON of a V4 call that must succeed with this status. */
export async function v4Ok(
  client: SandboxClient,
  path: string,
  body?: unknown,
  status = body === undefined ? 200 : 201,
): Promise<Json> {
  const answer = await v4(client, path, body);
  assertEquals(answer.status, status, JSON.stringify(answer.json));
  return answer.json;
}

/** Checks V4's error shape, to the last field, and gives the detail. */
export function v4Refused(
  { status, json }: { status: number; json: Json },
  expected: number,
  pointer?: string,
): string {
  assertEquals(status, expected, JSON.stringify(json));
  const detail = json.errors[0].detail;
  assertEquals(typeof detail, "string");
  assertEquals(json, {
    errors: [{
      detail,
      ...(expected === 422 ? { title: "Invalid value" } : {}),
      ...(pointer === undefined ? {} : { source: { pointer } }),
    }],
  });
  return detail;
}
