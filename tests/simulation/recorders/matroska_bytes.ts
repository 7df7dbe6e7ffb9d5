/** Elements that the simulated Matroska recorders write. */
import { join, media } from "../../containers/bytes.ts";
import { ebml, element, id, segment, size, unknownSize } from "../../containers/ebml_bytes.ts";

/** EBML header and the head of a Segment of unknown size. */
export const opening = join(ebml(), segment());

/** Offset of the Segment's size, 8 bytes; its data begin behind. */
export const SEGMENT_SIZE_AT = opening.length - 8;

/**
 * SeekHead, Void, Info, Tracks: what lies in front of the Clusters, of the same length with any `fill`,
 * which changes at the stop.
 */
export function front(fill: number): Uint8Array {
  return join(
    element("114D9B74", media(65).fill(fill)),
    element("EC", new Uint8Array(82), 8),
    element("1549A966", media(75).fill(fill)),
    element("1654AE6B", media(143)),
  );
}

/** Where the first Cluster begins. */
export const CLUSTERS_AT = opening.length + front(0).length;

/** How a Cluster states its size: as short as can be, 8 bytes wide, or 8 bytes of "unknown". */
export type SizeField = "short" | "wide" | "unknown";

/** A Cluster's header, Timestamp and the header of the one block that its media are in here. */
export function clusterHeader(mediaBytes: number, field: SizeField): Uint8Array {
  const timestamp = element("E7", Uint8Array.of(7));
  const inside = join(timestamp, id("A3"), size(mediaBytes));
  const dataBytes = inside.length + mediaBytes;
  const stated = field === "unknown"
    ? unknownSize()
    : size(dataBytes, field === "wide" ? 8 : undefined);
  return join(id("1F43B675"), stated, inside);
}

/** Cues for that many Clusters, at most 20,000 bytes of them. */
export function cuesFor(clusters: number): Uint8Array {
  return element("1C53BB6B", media(Math.min(20_000, 20 + 20 * clusters)));
}

/** The header of a Void that is `sizeBytes` long with it: zeros, or what is there already, follow. */
export const voidHeader = (sizeBytes: number) => join(id("EC"), size(sizeBytes - 9, 8));
