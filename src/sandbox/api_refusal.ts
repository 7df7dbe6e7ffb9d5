/** Titles of the statuses that the API side answers (V2 API, errors). */
const TITLES = {
  400: "Bad Request",
  401: "Not Authorized",
  404: "Not Found",
  409: "Conflict",
  413: "Payload Too Large",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
} as const;

/** The API says no: answered as a JSON error body with this status. */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";
  /** @param message Goes into the body's `detail`: what is wrong, with the value at hand. */
  constructor(readonly status: keyof typeof TITLES, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The refusal in the V2 API's detailed error shape (V2 API, errors). */
export function apiErrorResponse({ status, message }: ApiRefusal): Response {
  const title = TITLES[status];
  return Response.json({
    code: status,
    errors: [{ code: status, detail: message, status, title }],
    message: title,
  }, { status });
}
