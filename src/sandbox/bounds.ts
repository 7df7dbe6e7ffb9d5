import { ApiRefusal } from "./api_refusal.ts";

// These numbers are written here a second time on purpose: a stand-in that shared them with the
// program would share its mistakes.

/**
 * Smallest part that is not the final one, in bytes: 5 MiB (V2 API, create realtime upload parts,
 * `parts[].size`).
 */
export const LEAST_PART_BYTES = 5_242_880;
/**
 * Largest part, in bytes: 5 GiB, as for one S3 PUT (V2 API, create realtime upload parts,
 * `parts[].size`).
 */
export const MOST_PART_BYTES = 5_368_709_120;
/**
 * Highest part number; the lowest is 1 (V2 API, create realtime upload parts, `parts[].number`).
 */
export const HIGHEST_PART_NUMBER = 10_000;
/** Largest file, in bytes: 5 TiB (V2 API, create realtime upload parts, `asset_filesize`). */
export const MOST_FILE_BYTES = 5_497_558_138_880;

/** A part as the parts call declares it. */
export interface DeclaredPart {
  /** 1..10,000; the file is the parts in the order of their numbers. */
  readonly number: number;
  readonly sizeBytes: number;
  /** True for the part that holds the end of the file. */
  readonly isFinal: boolean;
}

/** The parts call's body, read. */
export interface PartsCall {
  /** At least one. */
  readonly parts: readonly DeclaredPart[];
  /** Size of the whole file, in bytes, where the call gave it. */
  readonly totalBytes: number | null;
  /** A name for an asset that was created without one. */
  readonly assetName: string | null;
}

/** What is registered of an asset so far, as far as the rules ask. */
export interface Registered {
  find(number: number): DeclaredPart | null;
  /** Sum of all sizes. */
  readonly sumBytes: number;
  /** Highest registered number, 0 before the first. */
  readonly highestNumber: number;
  /** Total given with the final part, null before. */
  readonly totalBytes: number | null;
}

/**
 * Reads the JSON of a parts call and checks what each field alone must keep (V2 API, create
 * realtime upload parts).
 *
 * @throws ApiRefusal 400, with the field's path and value.
 */
export function readPartsCall(json: unknown): PartsCall {
  const body = asObject(json, "The body");
  if (!Array.isArray(body.parts) || body.parts.length === 0) {
    throw new ApiRefusal(400, "parts must be an array with at least one part");
  }
  const total = body.asset_filesize ?? null;
  if (total !== null && !isWholeNumber(total, 1, MOST_FILE_BYTES)) {
    throw new ApiRefusal(
      400,
      `asset_filesize must be 1 to ${MOST_FILE_BYTES} bytes: ${show(total)}`,
    );
  }
  const name = body.asset_name ?? null;
  if (name !== null && (typeof name !== "string" || !/\..+/.test(name))) {
    throw new ApiRefusal(400, `asset_name must contain an extension: ${show(name)}`);
  }
  return { parts: body.parts.map(readPart), totalBytes: total, assetName: name };
}

function readPart(json: unknown, index: number): DeclaredPart {
  const at = `parts[${index}]`;
  const { number, size, is_final: isFinal } = asObject(json, at);
  if (!isWholeNumber(number, 1, HIGHEST_PART_NUMBER)) {
    throw new ApiRefusal(400, `${at}.number must be 1 to ${HIGHEST_PART_NUMBER}: ${show(number)}`);
  }
  if (typeof isFinal !== "boolean") {
    throw new ApiRefusal(400, `${at}.is_final must be true or false: ${show(isFinal)}`);
  }
  const least = isFinal ? 1 : LEAST_PART_BYTES;
  if (!isWholeNumber(size, least, MOST_PART_BYTES)) {
    throw new ApiRefusal(
      400,
      `${at}.size must be ${least} to ${MOST_PART_BYTES} bytes with is_final ${isFinal}: ${
        show(size)
      }`,
    );
  }
  return { number, sizeBytes: size, isFinal };
}

/**
 * Checks a call against what is registered: numbers declared again keep size and flag, one final
 * part,
 * no number above it, and with it the sum of all sizes equals the total (V2 API, create realtime
 * upload parts; the equal
 * sum and the answer to a repeated number are our reading of G.1 and G.2).
 *
 * @param refuseAgain Whether a number that is registered already is refused even when nothing
 * changed.
 * @returns The parts that are new, to be registered together.
 * @throws ApiRefusal 400; then nothing of the call may be registered.
 */
export function newParts(
  registered: Registered,
  call: PartsCall,
  refuseAgain: boolean,
): DeclaredPart[] {
  const fresh = new Map<number, DeclaredPart>();
  const seen = new Set<number>();
  for (const part of call.parts) {
    if (seen.has(part.number)) {
      throw new ApiRefusal(400, `Part ${part.number} is in this call twice`);
    }
    seen.add(part.number);
    if (part.isFinal && call.totalBytes === null) {
      throw new ApiRefusal(400, `asset_filesize is required with the final part ${part.number}`);
    }
    const known = registered.find(part.number);
    if (known === null) fresh.set(part.number, part);
    else checkAgain(known, part, refuseAgain);
  }
  checkTotals(registered, call, [...fresh.values()]);
  return [...fresh.values()];
}

function checkAgain(known: DeclaredPart, part: DeclaredPart, refuseAgain: boolean): void {
  if (refuseAgain) {
    throw new ApiRefusal(400, `Part ${part.number} is already registered`);
  }
  if (known.sizeBytes !== part.sizeBytes || known.isFinal !== part.isFinal) {
    throw new ApiRefusal(
      400,
      `Part ${part.number} is already registered with size ${known.sizeBytes} and is_final ` +
        `${known.isFinal}, not ${part.sizeBytes} and ${part.isFinal}`,
    );
  }
}

function checkTotals(registered: Registered, call: PartsCall, fresh: DeclaredPart[]): void {
  const sumBytes = fresh.reduce((sum, part) => sum + part.sizeBytes, registered.sumBytes);
  const highest = fresh.reduce((top, part) => Math.max(top, part.number), registered.highestNumber);
  const finals = fresh.filter((part) => part.isFinal);
  const final = finals[0];

  if (registered.totalBytes !== null) {
    const declared = call.parts.some((part) => part.isFinal);
    if (declared && call.totalBytes !== registered.totalBytes) {
      throw new ApiRefusal(
        400,
        `asset_filesize is already ${registered.totalBytes}, not ${call.totalBytes}`,
      );
    }
    // With the final part the sum was complete: whatever comes now is one too many.
    if (final !== undefined) throw new ApiRefusal(400, "The asset already has a final part");
    if (highest > registered.highestNumber) {
      throw new ApiRefusal(
        400,
        `Part ${highest} is above the final part ${registered.highestNumber}`,
      );
    }
    checkSum(sumBytes, registered.totalBytes);
    return;
  }
  if (sumBytes > MOST_FILE_BYTES) {
    throw new ApiRefusal(400, `The parts hold ${sumBytes} bytes, above ${MOST_FILE_BYTES}`);
  }
  if (final === undefined) return;
  if (finals.length > 1) {
    throw new ApiRefusal(400, `The call has ${finals.length} final parts; a file has one end`);
  }
  if (final.number !== highest) {
    throw new ApiRefusal(400, `The final part ${final.number} is below part ${highest}`);
  }
  checkSum(sumBytes, call.totalBytes);
}

function checkSum(sumBytes: number, totalBytes: number | null): void {
  if (sumBytes === totalBytes) return;
  throw new ApiRefusal(
    400,
    `The registered parts hold ${sumBytes} bytes, but asset_filesize is ${totalBytes}`,
  );
}

function asObject(json: unknown, what: string): Record<string, unknown> {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) {
    return json as Record<string, unknown>;
  }
  throw new ApiRefusal(400, `${what} must be a JSON object: ${show(json)}`);
}

/** Whether a field is a whole number in these bounds. */
export function isWholeNumber(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** A field's value as a refusal shows it, cut short. */
export function show(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 80);
}
