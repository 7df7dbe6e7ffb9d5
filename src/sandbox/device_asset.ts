import { ApiRefusal } from "./api_refusal.ts";
import { HIGHEST_PART_NUMBER, MOST_FILE_BYTES } from "./bounds.ts";
import { readForm } from "./form_body.ts";
import { readJsonBody } from "./json_body.ts";
import { type NewAsset, readNewAsset } from "./new_asset.ts";

/** An asset that a device creates. */
export interface DeviceAsset extends NewAsset {
  /** How many whole seconds ago the media was created. */
  readonly offsetSeconds: number;
  /** Null for a real-time upload. */
  readonly ordinary: {
    readonly sizeBytes: number;
    /** How many URLs are wanted; undefined for as many as usual. */
    readonly partCount: number | undefined;
  } | null;
}

/**
 * Reads a device's create call: JSON, or a form for an ordinary upload (Camera to Cloud: How to upload,
 * basic and real time).
 *
 * @throws ApiRefusal 415 for another content type, 400 with the field and its value.
 */
export async function readDeviceAsset(request: Request): Promise<DeviceAsset> {
  const form = await readForm(request);
  return form === null
    ? readFields(await readJsonBody(request), false)
    : readFields(ofForm(form), true);
}

/** Fields that are numbers; a form has them as text. */
const NUMBERS = ["filesize", "offset", "channel", "parts"];

function ofForm(form: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries([...form].map(([name, text]) => {
    return [name, NUMBERS.includes(name) && /^-?\d+$/.test(text) ? Number(text) : text];
  }));
}

function readFields(json: unknown, isForm: boolean): DeviceAsset {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new ApiRefusal(400, "The body must be a JSON object");
  }
  const fields = json as Record<string, unknown>;
  const offsetSeconds = wholeNumber(fields, "offset", 0, Number.MAX_SAFE_INTEGER) ?? 0;
  wholeNumber(fields, "channel", 0, Number.MAX_SAFE_INTEGER);
  const versionId = fields.auto_version_id ?? null;
  if (versionId !== null && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(`${versionId}`)) {
    throw new ApiRefusal(400, `auto_version_id must be a UUID: ${show(versionId)}`);
  }
  if (isForm && (fields.is_realtime_upload ?? "false") !== "false") {
    throw new ApiRefusal(400, "A real-time upload takes a JSON body");
  }
  // A device's call has no type; the other rules are those of every real-time upload.
  if (fields.is_realtime_upload === true) {
    return { ...readNewAsset({ type: "file", ...fields }), offsetSeconds, ordinary: null };
  }
  const sizeBytes = wholeNumber(fields, "filesize", 1, MOST_FILE_BYTES);
  if (sizeBytes === undefined) {
    throw new ApiRefusal(400, "filesize is required where is_realtime_upload is not true");
  }
  const partCount = wholeNumber(fields, "parts", 1, HIGHEST_PART_NUMBER);
  const { name, filetype } = fields;
  if (typeof name !== "string" || name === "") {
    throw new ApiRefusal(
      400,
      `name is required where is_realtime_upload is not true: ${show(name)}`,
    );
  }
  if (typeof filetype !== "string" || !/^[!-~]+\/[!-~][ -~]*$/.test(filetype)) {
    throw new ApiRefusal(400, `filetype must be a MIME type: ${show(filetype)}`);
  }
  const ordinary = { sizeBytes, partCount };
  return { name, filetype, hasDefaultName: false, offsetSeconds, ordinary };
}

function wholeNumber(
  fields: Record<string, unknown>,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const value = fields[name] ?? null;
  if (value === null) return undefined;
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) {
    throw new ApiRefusal(
      400,
      `${name} must be a whole number from ${least} to ${most}: ${show(value)}`,
    );
  }
  return value as number;
}

function show(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 80);
}
