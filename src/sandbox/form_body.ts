import { readText } from "./json_body.ts";

/**
 * The fields of a form-encoded body, or null for a body of any other kind: the token endpoints refuse
 * JSON (Camera to Cloud, authorization; RFC 6749, appendix B).
 *
 * @throws ApiRefusal 413 for a body that is too long.
 */
export async function readForm(request: Request): Promise<URLSearchParams | null> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return null;
  return new URLSearchParams(await readText(request));
}

/** A refusal in the simple shape of the token endpoints (V2 API, errors; RFC 6749, section 5.2). */
export function refuseToken(error: string, status: 400 | 401 | 429 = 400): Response {
  return Response.json({ error }, { status });
}

/** The one client secret that the sandbox knows; any client id goes with it. */
export const SANDBOX_SECRET = "sandbox-secret";

/** A fresh token or code that nobody can guess. */
export function freshToken(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
