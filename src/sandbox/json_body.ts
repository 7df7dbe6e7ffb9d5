import { ApiRefusal } from "./api_refusal.ts";

/** Largest JSON body, in bytes: 10,000 parts in one call take about 0.6 MB. */
export const MOST_JSON_BYTES = 1024 * 1024;

/**
 * Reads a request's body as JSON; the real-time calls take nothing else (V2 API, create asset).
 *
 * @throws ApiRefusal 415 for another content type, 413 above {@linkcode MOST_JSON_BYTES}, 400 for what
 * is not JSON.
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "missing";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiRefusal(415, `The content type must be application/json: ${type}`);
  }
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiRefusal(400, `The body is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * A request's body as text.
 *
 * @throws ApiRefusal 413 above {@linkcode MOST_JSON_BYTES}.
 */
export async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let seenBytes = 0;
  for await (const chunk of request.body ?? []) {
    seenBytes += chunk.length;
    if (seenBytes > MOST_JSON_BYTES) {
      throw new ApiRefusal(413, `The body is above ${MOST_JSON_BYTES} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
