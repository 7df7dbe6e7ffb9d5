/** S3 error codes that the sandbox answers, with their HTTP status (Amazon S3, error responses). */
const STATUS = {
  AccessDenied: 403,
  AuthorizationQueryParametersError: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidArgument: 400,
  MissingContentLength: 411,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  SignatureDoesNotMatch: 403,
} as const;

/** An S3 error code that the sandbox knows. */
export type S3Code = keyof typeof STATUS;

/** Why S3 refuses a request: the code, its sentence and the elements that go with that code. */
export interface S3Refusal {
  readonly code: S3Code;
  readonly message: string;
  /** Further elements of the error, by name. */
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * The refusal as S3 words it: `<Error><Code>…</Code><Message>…</Message>…</Error>`, with the ids of the
 * request in body and headers.
 */
export function s3ErrorResponse({ code, message, details = {} }: S3Refusal): Response {
  const requestId = crypto.randomUUID();
  const elements = {
    Code: code,
    Message: message,
    ...details,
    RequestId: requestId,
    HostId: "sandbox",
  };
  const body = Object.entries(elements).map(([name, text]) => `<${name}>${escape(text)}</${name}>`);
  return new Response(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${body.join("")}</Error>`,
    {
      status: STATUS[code],
      headers: {
        "content-type": "application/xml",
        "x-amz-request-id": requestId,
        "x-amz-id-2": "sandbox",
      },
    },
  );
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
