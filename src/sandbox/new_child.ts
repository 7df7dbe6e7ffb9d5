import { ApiRefusal } from "./api_refusal.ts";
import { isWholeNumber, MOST_FILE_BYTES, show } from "./bounds.ts";
import { mediaTypeOf } from "./media_type.ts";
import { isMimeType, type NewAsset, readNewAsset } from "./new_asset.ts";
import { isWebUrl } from "./web_url.ts";

/** What a V2 create call asks for. */
export type NewChild =
  | { readonly is: "folder"; readonly name: string }
  | { readonly is: "realtime"; readonly asset: NewAsset }
  | {
    readonly is: "ordinary";
    readonly name: string;
    readonly filetype: string;
    readonly sizeBytes: number;
  }
  | {
    readonly is: "remote";
    readonly name: string;
    readonly filetype: string;
    readonly sourceUrl: string;
  };

/**
 * Reads the JSON of a create call and checks its rules (V2 API, create asset). `filetype` may be absent but for
 * real-time uploads; it then follows from the name.
 *
 * @throws ApiRefusal 400, with the field and its value.
 */
export function readNewChild(json: unknown): NewChild {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new ApiRefusal(400, "The body must be a JSON object");
  }
  const body = json as Record<string, unknown>;
  if (body.type === "folder") {
    if (body.is_realtime_upload === true) {
      throw new ApiRefusal(400, "is_realtime_upload must be false for a folder");
    }
    return { is: "folder", name: readName(body.name) };
  }
  if (body.is_realtime_upload === true) return { is: "realtime", asset: readNewAsset(body) };
  if (body.type !== "file") {
    throw new ApiRefusal(400, `type must be "file" or "folder": ${show(body.type)}`);
  }
  return readFile(body);
}

function readFile(body: Record<string, unknown>): NewChild {
  const name = readName(body.name);
  const filetype = body.filetype ?? mediaTypeOf(name);
  if (!isMimeType(filetype)) {
    throw new ApiRefusal(400, `filetype must be a MIME type: ${show(filetype)}`);
  }
  if ((body.source ?? null) !== null) {
    const sourceUrl = (body.source as Record<string, unknown>).url;
    if (!isWebUrl(sourceUrl)) throw new ApiRefusal(400, "source.url must be a web address");
    return { is: "remote", name, filetype, sourceUrl };
  }
  const sizeBytes = body.filesize;
  if (!isWholeNumber(sizeBytes, 1, MOST_FILE_BYTES)) {
    throw new ApiRefusal(
      400,
      `filesize must be 1 to ${MOST_FILE_BYTES} bytes where it is no real-time upload: ${
        show(sizeBytes)
      }`,
    );
  }
  return { is: "ordinary", name, filetype, sizeBytes };
}

function readName(name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw new ApiRefusal(400, `name is required: ${show(name)}`);
}
