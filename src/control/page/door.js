/** Requests to the program that serves this page. Whoever is no longer let in is sent to the login. */

/** Longest wait for one answer, in milliseconds. */
const PATIENCE_MS = 8_000;

/** Reads JSON; throws where there is none to read. */
export async function read(path) {
  const response = await ask(path, {});
  if (!response.ok) throw new Error(`status ${response.status}`);
  return await response.json();
}

/** Sends a wish; returns null where it was taken, else why it was not, in words. */
export async function send(method, path, body) {
  const json = { "Content-Type": "application/json" };
  const sent = body === undefined ? {} : { headers: json, body: JSON.stringify(body) };
  try {
    const response = await ask(path, { method, ...sent });
    return response.ok ? null : await reasonOf(response);
  } catch {
    return "reeltime does not answer, so nothing may have changed. Try again when the page is live.";
  }
}

async function ask(path, options) {
  const response = await fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.status === 401) location.assign("/login");
  return response;
}

async function reasonOf(response) {
  const problem = await response.json().catch(() => ({}));
  return problem.detail
    ? `${problem.detail} ${problem.remedy ?? ""}`
    : `Refused: ${response.status}.`;
}
