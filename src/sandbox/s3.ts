import { IncompleteBody } from "./blocks.ts";
import type { Assembler } from "./assemble.ts";
import type { PartFiles } from "./parts_on_disk.ts";
import { checkPresigned, presign, type PresignFault, type SigningKey } from "./sigv4.ts";
import type { Store } from "./store.ts";
import { s3ErrorResponse, type S3Refusal } from "./xml.ts";

/** Everything one PUT needs. */
export interface S3Deps {
  readonly store: Store;
  readonly parts: PartFiles;
  readonly assembler: Assembler;
  readonly key: SigningKey;
  now(): Date;
}

/**
 * The secret that permits PUTs of one part: path style, signed over `content-type;host;x-amz-acl`
 * (V2 guide, uploading assets; Amazon S3, presigned URLs).
 *
 * @param filetype The asset's; a PUT must repeat it as its Content-Type.
 * @param lifeSeconds Frame.io gives 86,400 (V2 guide, uploading assets).
 */
export function partUrl(
  baseUrl: string,
  target: { readonly assetId: string; readonly number: number; readonly filetype: string },
  { lifeSeconds, signedAt }: { readonly lifeSeconds: number; readonly signedAt: Date },
  key: SigningKey,
): string {
  return presign({
    method: "PUT",
    url: `${baseUrl}/s3/parts/${target.assetId}/part_${target.number}`,
    headers: { "content-type": target.filetype, "x-amz-acl": "private" },
    signedAt,
    lifeSeconds,
  }, key);
}

/**
 * Answers a request to the storage: stores the body of a presigned PUT, or refuses in S3's words
 * (Amazon S3, error responses). Whatever can be refused is refused before the body is read; Deno
 * then sends the
 * answer at once with `connection: close`, throws away what a client still sends, and closes.
 */
export async function answerS3(request: Request, deps: S3Deps): Promise<Response> {
  const target = targetOf(request.url);
  if (target === null) return s3ErrorResponse(NO_SUCH_KEY);
  const refusal = refuseHeaders(request.headers) ?? refuseSignature(request, deps.key, deps.now());
  if (refusal !== null) return s3ErrorResponse(refusal);
  const part = deps.store.part(target.assetId, target.number);
  if (part === null) return s3ErrorResponse(NO_SUCH_KEY);
  if (deps.store.isSealed(target.assetId)) return s3ErrorResponse(ALREADY_ASSEMBLED);
  const lengthRefusal = refuseLength(request.headers.get("content-length"), part.sizeBytes);
  if (lengthRefusal !== null) return s3ErrorResponse(lengthRefusal);

  try {
    const { assetId, number } = target;
    const written = await deps.parts.write(assetId, number, request.body!, part.sizeBytes);
    // From here to the seal nothing waits, so no other PUT and no assembly can come in between.
    if (deps.store.isSealed(assetId)) {
      written.discard();
      return s3ErrorResponse(ALREADY_ASSEMBLED);
    }
    written.keep();
    deps.store.recordPut(assetId, number, deps.now().toISOString());
    if (deps.store.isSealed(assetId)) deps.assembler.begin(assetId);
    return new Response(null, { headers: { etag: `"${written.digest}"` } });
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof IncompleteBody) {
      return s3ErrorResponse({ code: "IncompleteBody", message });
    }
    return s3ErrorResponse({ code: "InternalError", message });
  }
}

const NO_SUCH_KEY: S3Refusal = {
  code: "NoSuchKey",
  message: "The specified key does not exist.",
};

/** What Frame.io does is not documented (so it is assumed to be too late); these are S3's words for
 * a multipart upload that was completed. */
const ALREADY_ASSEMBLED: S3Refusal = {
  code: "NoSuchUpload",
  message: "The specified upload does not exist: it may have been aborted or completed.",
};

function refuseHeaders(headers: Headers): S3Refusal | null {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    return {
      code: "InvalidArgument",
      message: "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, " +
        "Signature query string parameter or the Authorization header should be specified",
      details: { ArgumentName: "Authorization" },
    };
  }
  if (headers.has("transfer-encoding")) {
    return {
      code: "NotImplemented",
      message: "A header you provided implies functionality that is not implemented",
      details: { Header: "Transfer-Encoding" },
    };
  }
  return null;
}

function refuseSignature(request: Request, key: SigningKey, now: Date): S3Refusal | null {
  const fault = checkPresigned(request, key, now);
  return fault === null ? null : refusalOf(fault, now);
}

function refusalOf(fault: PresignFault, now: Date): S3Refusal {
  switch (fault.kind) {
    case "unsigned":
      return { code: "AccessDenied", message: "Access Denied" };
    case "malformed":
      return {
        code: "AuthorizationQueryParametersError",
        message: `Query-string authentication needs a valid ${fault.parameter} parameter`,
      };
    case "expired":
      return {
        code: "AccessDenied",
        message: "Request has expired",
        details: {
          "X-Amz-Expires": String(fault.lifeSeconds),
          Expires: seconds(fault.expiredAt),
          ServerTime: seconds(now),
        },
      };
    case "headers":
      return {
        code: "AccessDenied",
        message: "There were headers present in the request which were not signed",
        details: { HeadersNotSigned: fault.names.join(", ") },
      };
    case "mismatch":
      return {
        code: "SignatureDoesNotMatch",
        message: "The request signature we calculated does not match the signature you provided. " +
          "Check your key and signing method.",
      };
  }
}

function refuseLength(length: string | null, registeredBytes: number): S3Refusal | null {
  if (length === null) {
    return {
      code: "MissingContentLength",
      message: "You must provide the Content-Length HTTP header.",
    };
  }
  const lengthBytes = Number(length);
  if (lengthBytes === registeredBytes) return null;
  // Real S3 cannot check this, since the length is not signed (Amazon S3, presigned URLs). The sandbox does,
  // to catch a client that declares one size and sends another.
  return {
    code: lengthBytes < registeredBytes ? "EntityTooSmall" : "EntityTooLarge",
    message: `The body has ${length} bytes, but the part was registered with ${registeredBytes}`,
  };
}

function targetOf(url: string): { assetId: string; number: number } | null {
  const match = /^\/s3\/parts\/([^/]+)\/part_(\d{1,5})$/.exec(new URL(url).pathname);
  return match === null ? null : { assetId: match[1]!, number: Number(match[2]) };
}

/** As S3 prints times: without milliseconds. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d{3}/, "");
}
