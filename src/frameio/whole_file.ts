import { Limit, Rejected, UploadFailed } from "../errors.ts";
import { isWebUrl } from "./answer.ts";
import type { CreatedAsset, NewAsset } from "./route.ts";

/**
 * The size of a file that is about to be created whole.
 *
 * @param most What the service takes, in bytes, and the same in words: `5 TB`.
 * @throws Limit for an empty file and for one above `most`.
 */
export function wholeSize(
  { name, sizeBytes }: NewAsset,
  most: { readonly bytes: number; readonly words: string },
): number {
  if (sizeBytes === null) throw new RangeError(`${name} is created whole, but still grows`);
  if (sizeBytes === 0) throw new Limit(`Cannot upload ${name}: the file is empty`);
  if (sizeBytes > most.bytes) {
    throw new Limit(
      `Cannot upload ${name}: it has ${sizeBytes} bytes, Frame.io takes at most ${most.words}`,
    );
  }
  return sizeBytes;
}

/**
 * The URLs and sizes of a whole file, checked: together they must hold every byte of it, or what is
 * put together would be another file.
 *
 * @throws Rejected if they do not.
 */
export function wholeParts(
  parts: readonly { readonly sizeBytes: unknown; readonly url: unknown }[],
  sizeBytes: number,
  doing: string,
): NonNullable<CreatedAsset["parts"]> {
  if (parts.length === 0) throw brokenAsset(doing, "no upload URLs");
  let sumBytes = 0;
  const checked = parts.map(({ sizeBytes, url }) => {
    if (!isWebUrl(url)) throw brokenAsset(doing, "something else than upload URLs");
    if (!Number.isSafeInteger(sizeBytes) || (sizeBytes as number) < 1) {
      throw brokenAsset(doing, "an upload URL for no bytes");
    }
    sumBytes += sizeBytes as number;
    return { sizeBytes: sizeBytes as number, url };
  });
  if (sumBytes !== sizeBytes) {
    throw brokenAsset(doing, `upload URLs for ${sumBytes} bytes, and the file has ${sizeBytes}`);
  }
  return checked;
}

/** The asset is there by now: to ask again would make another one each time. */
export function brokenAsset(doing: string, what: string): Rejected {
  return new Rejected(`Cannot ${doing}: Frame.io's answer holds ${what}. Delete it there`, 0);
}

/** There is no other URL for a part of a file that was created whole. */
export function noFurtherUrl(assetId: string): Promise<never> {
  return Promise.reject(
    new Rejected(
      `Cannot get another upload URL for asset ${assetId}: its upload URLs came with the asset; ` +
        "this route gives no others, so the file is uploaded as a new asset",
      0,
    ),
  );
}

/** The service gave an upload up. */
export function uploadFailed(assetId: string): UploadFailed {
  return new UploadFailed(
    `Cannot complete asset ${assetId}: Frame.io marked its upload as failed. Delete it there and ` +
      "upload the file again",
    0,
  );
}
