import type { ApiRefusal } from "./api_refusal.ts";

/** Titles of the errors that have one; the others come with a detail alone (V4 API, error schemas). */
const TITLES: Readonly<Record<number, string>> = { 422: "Invalid value" };

/** The refusal in the V4 API's error shape: `{"errors":[{"detail","title"?,"source"?}]}`. */
export function v4ErrorResponse({ status, message, pointer }: ApiRefusal): Response {
  const title = TITLES[status];
  const error = {
    detail: message,
    ...(title === undefined ? {} : { title }),
    ...(pointer === undefined ? {} : { source: { pointer } }),
  };
  return Response.json({ errors: [error] }, { status });
}
