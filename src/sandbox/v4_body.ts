import { ApiRefusal } from "./api_refusal.ts";
import { isWholeNumber, show } from "./bounds.ts";
import { readJsonBody } from "./json_body.ts";
import { isWebUrl } from "./web_url.ts";

/** Largest file of V4, in bytes: 5 TB, decimal (V4 API, local upload). */
const MOST_V4_FILE_BYTES = 5_000_000_000_000;
/** Longest name, in characters (V4 API, create schemas). */
const MOST_NAME_CHARACTERS = 255;

/** The fields of a V4 create body, read one by one; a wrong one is a 422 with a pointer to it. */
export interface V4Data {
  /** 1 to 255 characters. */
  name(): string;
  /** `file_size`, in bytes. */
  fileSize(): number;
  /** `source_url`. */
  sourceUrl(): string;
}

/**
 * Reads a V4 body: `{"data": {…}}` with these fields, all required, and no others (V4 API, create schemas).
 *
 * @throws ApiRefusal 422 for what the schema refuses; what {@linkcode readJsonBody} throws.
 */
export async function readV4Data(request: Request, fields: readonly string[]): Promise<V4Data> {
  const body = asObject(await readJsonBody(request), "", ["data"]);
  const data = asObject(body.data, "/data", fields);
  return {
    name() {
      const { name } = data;
      if (typeof name !== "string") throw wrong("/data/name", `Invalid string: ${show(name)}`);
      const length = [...name].length;
      if (length >= 1 && length <= MOST_NAME_CHARACTERS) return name;
      throw wrong(
        "/data/name",
        `name must have 1 to ${MOST_NAME_CHARACTERS} characters: ${length}`,
      );
    },
    fileSize() {
      const size = data.file_size;
      if (isWholeNumber(size, 1, MOST_V4_FILE_BYTES)) return size;
      throw wrong(
        "/data/file_size",
        `file_size must be 1 to ${MOST_V4_FILE_BYTES} bytes: ${show(size)}`,
      );
    },
    sourceUrl() {
      const url = data.source_url;
      if (isWebUrl(url)) return url;
      throw wrong("/data/source_url", "source_url must be a web address");
    },
  };
}

function asObject(
  json: unknown,
  pointer: string,
  fields: readonly string[],
): Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw wrong(pointer, `Invalid object: ${show(json)}`);
  }
  for (const field of Object.keys(json)) {
    if (fields.includes(field)) continue;
    throw wrong(`${pointer}/${field.slice(0, 80)}`, `Unexpected field: ${field.slice(0, 80)}`);
  }
  for (const field of fields) {
    if (!Object.hasOwn(json, field)) throw wrong(`${pointer}/${field}`, `Missing field: ${field}`);
  }
  return json as Record<string, unknown>;
}

function wrong(pointer: string, detail: string): ApiRefusal {
  return new ApiRefusal(422, detail, { pointer });
}
