/** MXF partitions, built by hand from SMPTE ST 377-1. */
import { join, media, u32 } from "./bytes.ts";
import { hex, u64be } from "./chunk_bytes.ts";

const KINDS = { header: "02", body: "03", footer: "04" };

/** A key, a length in nine bytes (so that nothing moves when it changes), and a value. */
export function klv(key: string, value: Uint8Array, length = value.length): Uint8Array {
  return join(hex(key), hex("88"), u64be(length), value);
}

/** What a partition pack states; see ST 377-1 §7.1. */
export interface Pack {
  readonly kind: keyof typeof KINDS;
  /** 1 open and incomplete to 4 closed and complete. */
  readonly status: number;
  readonly footerOffset?: number | bigint;
  readonly headerBytes?: number | bigint;
  readonly indexBytes?: number | bigint;
  /** The registry's version, which does not matter. */
  readonly version?: string;
}

/** Bytes of a pack that {@linkcode pack} makes. */
export const PACK_BYTES = 25 + 88;

/** A partition pack. */
export function pack(stated: Pack): Uint8Array {
  const { kind, status, footerOffset = 0, headerBytes = 0, indexBytes = 0 } = stated;
  const key = `060e2b34020501${stated.version ?? "01"}0d01020101${KINDS[kind]}0${status}00`;
  const offsets = [0, 0, footerOffset, headerBytes, indexBytes].map(u64be);
  return klv(key, join(new Uint8Array(8), ...offsets, media(40)));
}

/** Space without meaning. */
export const fill = (lengthBytes: number) =>
  klv("060e2b34010101020301021001000000", new Uint8Array(lengthBytes));

/** A metadata set, an index table segment, an item of essence. */
export const metadata = (lengthBytes: number) =>
  klv("060e2b34025301010d01010101013000", media(lengthBytes));
export const indexTable = (lengthBytes: number) =>
  klv("060e2b34025301010d01020101100100", media(lengthBytes));
export const essence = (lengthBytes: number, length = lengthBytes) =>
  klv("060e2b34010201010d01030115010500", media(lengthBytes), length);

/** The random index of partitions at these offsets; `stated` replaces its length at the end. */
export function randomIndex(offsets: readonly (number | bigint)[], stated?: number): Uint8Array {
  const entries = offsets.map((offset) => join(u32(1), u64be(offset)));
  const lengthBytes = 25 + 12 * offsets.length + 4;
  return klv(
    "060e2b34020501010d01020101110100",
    join(...entries, u32(stated ?? lengthBytes)),
  );
}

/** How {@linkcode mxfFile} is to be. */
export interface MxfShape {
  readonly status?: number;
  /** Whether footer partition and random index have been appended. Default: true. */
  readonly isEnded?: boolean;
  /** What the header states of the footer. Default: where it is. */
  readonly footerOffset?: number | bigint;
  readonly runInBytes?: number;
  readonly bodies?: number;
}

/** A file as ffmpeg makes it: header, body partitions with essence, footer, random index. */
export function mxfFile(shape: MxfShape = {}): Uint8Array<ArrayBuffer> {
  const { status = 4, isEnded = true, runInBytes = 0, bodies = 2 } = shape;
  const sets = join(metadata(200), fill(60));
  const headerBytes = PACK_BYTES + 25 + 30 + sets.length;
  const body = join(pack({ kind: "body", status: 4 }), fill(10), essence(500), essence(700));
  const offsets = Array.from({ length: bodies }, (_, index) => headerBytes + index * body.length);
  const footerOffset = headerBytes + bodies * body.length;
  const header = pack({
    ...{ kind: "header", status, headerBytes: sets.length } as const,
    footerOffset: shape.footerOffset ?? (isEnded ? footerOffset : 0),
  });
  const footer = join(
    pack({ kind: "footer", status: 4, footerOffset, indexBytes: 125 }),
    indexTable(100),
  );
  return join(
    ...[new Uint8Array(runInBytes), header, fill(30), sets, ...offsets.map(() => body)],
    ...(isEnded ? [footer, randomIndex([0, ...offsets, footerOffset])] : []),
  );
}
