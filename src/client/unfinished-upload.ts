/** Uploads in parts that were left unfinished: what of them can serve again. Loaded when it is asked for. */

import type { ListedPart, ListedUpload } from "../s3/documents/multipart.ts";
import { md5Hex } from "#hash";
import type { ClientCore } from "./core.ts";
import type { BucketInput } from "./inputs.ts";
import { listMultipartUploads, listParts } from "./multipart-operations.ts";
import type { RequestOptions } from "./send.ts";

/** The newest unfinished upload of a key, and its parts by number. */
export interface UnfinishedUpload {
  readonly uploadId: string;
  readonly parts: ReadonlyMap<number, ListedPart>;
}

/** Null where there is none. */
export async function findUnfinished(
  core: ClientCore,
  { bucket, key }: BucketInput & { readonly key: string },
  options: RequestOptions,
): Promise<UnfinishedUpload | null> {
  let newest: ListedUpload | null = null;
  let page = await listMultipartUploads(core, { bucket, prefix: key }, options);
  for (;;) {
    for (const upload of page.uploads) {
      if (upload.key === key && (newest === null || upload.initiatedAtMs >= newest.initiatedAtMs))
        newest = upload;
    }
    // Uploads come in the order of their keys, and those of the key itself before those that it begins.
    if (!page.isTruncated || page.nextKeyMarker !== key) break;
    const { nextKeyMarker: keyMarker, nextUploadIdMarker: uploadIdMarker } = page;
    page = await listMultipartUploads(core, { bucket, prefix: key, keyMarker, uploadIdMarker }, options);
  }
  if (newest === null) return null;
  const { uploadId } = newest;
  const parts = new Map<number, ListedPart>();
  let partNumberMarker: number | undefined;
  do {
    const list = await listParts(core, { bucket, key, uploadId, partNumberMarker }, options);
    for (const part of list.parts) parts.set(part.partNumber, part);
    partNumberMarker = list.isTruncated ? list.nextPartNumberMarker : undefined;
  } while (partNumberMarker !== undefined);
  return { uploadId, parts };
}

/** Whether a part is there already with just these bytes. Where its ETag is no MD5, as of encrypted ones, it is not known. */
export function hasBytes(part: ListedPart | undefined, bytes: Uint8Array): boolean {
  return part !== undefined && part.size === bytes.length && part.etag === md5Hex(bytes);
}
