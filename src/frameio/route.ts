import type { Part } from "../parts/plan.ts";

/** A part with the secret that permits one PUT of it. */
export interface PresignedPart {
  readonly part: Part;
  readonly url: string;
}

/** What an asset is created from. */
export interface NewAsset {
  readonly name: string;
  /** MIME type; it is part of every PUT's signature. */
  readonly filetype: string;
  /** Size of the whole file in bytes; null while it grows. */
  readonly sizeBytes: number | null;
  /** Seconds since the recording began, 0 or more. */
  readonly ageSeconds: number;
}

/** A created asset. */
export interface CreatedAsset {
  readonly id: string;
  /** As the service calls it. */
  readonly name: string;
  /** What PUTs must carry as Content-Type: not always what was asked for. */
  readonly filetype: string;
  /** URLs and sizes of all parts, in the order of the file; null where parts are asked for one by one. */
  readonly parts: readonly { readonly sizeBytes: number; readonly url: string }[] | null;
  /** Where a person sees it, as the service says; absent where it does not. */
  readonly viewUrl?: string;
}

/** What the service says of an asset. */
export interface AssetStatus {
  /** True once the service has put the file together. */
  readonly complete: boolean;
}

/** A way into Frame.io: how assets are created, and their parts declared. */
export interface AssetRoute {
  /** `growing`: parts are declared while the recording grows. `finished`: whole files only. */
  readonly takes: "growing" | "finished";
  /** Creates an asset. A `growing` route is given no size, a `finished` one always. */
  createAsset(asset: NewAsset, signal: AbortSignal): Promise<CreatedAsset>;
  /**
   * Declares parts and gets a URL for each, in the order given. Declaring a part again with the same
   * number, size and flag asks for a fresh URL.
   *
   * @param totalBytes Size of the whole file; required when one of the parts is the final one.
   * @throws Rejected on a `finished` route: its URLs come with the asset, and only then.
   */
  registerParts(
    assetId: string,
    parts: readonly Part[],
    totalBytes: number | null,
    signal: AbortSignal,
  ): Promise<PresignedPart[]>;
  readAsset(assetId: string, signal: AbortSignal): Promise<AssetStatus>;
}
