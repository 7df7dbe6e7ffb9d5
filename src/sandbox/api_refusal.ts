/** Titles of the statuses that the API side answers (V2 API, error codes). */
const TITLES = {
  400: "Bad Request",
  401: "Not Authorized",
  402: "Usage exceeded",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Payload Too Large",
  415: "Unsupported Media Type",
  422: "Invalid arguments",
  429: "Too Many Requests",
  500: "Internal Server Error",
} as const;

/** The API says no: answered as a JSON error body with this status. */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";
  /**
   * @param message Goes into the body's `detail`: what is wrong, with the value at hand.
   * @param options `pointer`: where in the request it is wrong, e.g. `/data/name`; V4 tells it.
   * `title`: in the place of the status's own.
   */
  constructor(
    readonly status: keyof typeof TITLES,
    message: string,
    options: ErrorOptions & { readonly pointer?: string; readonly title?: string } = {},
  ) {
    super(message, options);
    this.pointer = options.pointer;
    this.title = options.title ?? TITLES[status];
  }
  /** Heads the error body in V2. */
  readonly title: string;
  /** Where in the request it is wrong, as a JSON pointer; undefined where that says nothing. */
  readonly pointer: string | undefined;
}

/** What to answer where something was thrown: a 500 for what is no refusal. */
export function asRefusal(error: Error): ApiRefusal {
  return error instanceof ApiRefusal ? error : new ApiRefusal(500, error.message, { cause: error });
}

/** The refusal in the V2 API's detailed error shape (V2 API, errors). */
export function apiErrorResponse({ status, message, title }: ApiRefusal): Response {
  return Response.json({
    code: status,
    errors: [{ code: status, detail: message, status, title }],
    message: title,
  }, { status });
}
