import { ApiRefusal } from "./api_refusal.ts";
import { show } from "./bounds.ts";

/** A placeholder to create, as the create call asks for it. */
export interface NewAsset {
  /** The name given, or `[new file]` with the extension where none was. */
  readonly name: string;
  /** True while the name is the default one, which `asset_name` of a parts call may replace once. */
  readonly hasDefaultName: boolean;
  /** MIME type; it becomes the signed Content-Type of every PUT. */
  readonly filetype: string;
}

/**
 * Reads the JSON of a create call for a real-time upload and checks its rules (V2 API, create asset).
 *
 * @throws ApiRefusal 400, with the field and its value.
 */
export function readNewAsset(json: unknown): NewAsset {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new ApiRefusal(400, "The body must be a JSON object");
  }
  const body = json as Record<string, unknown>;
  if (body.type !== "file") {
    throw new ApiRefusal(400, `type must be "file" for a real-time upload: ${show(body.type)}`);
  }
  if (body.is_realtime_upload !== true) {
    throw new ApiRefusal(
      400,
      `is_realtime_upload must be true for a real-time upload: ${show(body.is_realtime_upload)}`,
    );
  }
  if ((body.filesize ?? null) !== null) {
    throw new ApiRefusal(
      400,
      `filesize must be absent or null for a real-time upload: ${show(body.filesize)}`,
    );
  }
  const filetype = body.filetype;
  if (!isMimeType(filetype)) {
    throw new ApiRefusal(400, `filetype must be a MIME type: ${show(filetype)}`);
  }
  return { ...readName(body.name ?? null, body.extension ?? null), filetype };
}

function readName(name: unknown, extension: unknown): Pick<NewAsset, "name" | "hasDefaultName"> {
  if (extension !== null && (typeof extension !== "string" || !/^\..+$/.test(extension))) {
    throw new ApiRefusal(400, `extension must begin with its dot: ${show(extension)}`);
  }
  if (name === null) {
    if (extension === null) throw new ApiRefusal(400, "name or extension is required");
    return { name: `[new file]${extension}`, hasDefaultName: true };
  }
  if (typeof name !== "string" || !/\.[^./\\]+$/.test(name)) {
    throw new ApiRefusal(400, `name must end with an extension: ${show(name)}`);
  }
  if (extension !== null && !name.toLowerCase().endsWith(extension.toLowerCase())) {
    throw new ApiRefusal(400, `extension ${extension} disagrees with name ${name}`);
  }
  return { name, hasDefaultName: false };
}

/** Whether a field is a MIME type that can stand in a header. */
export function isMimeType(value: unknown): value is string {
  return typeof value === "string" && /^[!-~]+\/[!-~][ -~]*$/.test(value);
}
