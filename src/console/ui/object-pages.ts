/** Pages of a folder, as the list reads them one after the other. */

import type { ListedObject, S3Client } from "stowage/client";

/** Where a page begins: behind a token, or behind a version of a key. */
export interface PageStart {
  readonly continuationToken?: string | undefined;
  readonly keyMarker?: string | undefined;
  readonly versionIdMarker?: string | undefined;
}

export interface Page {
  readonly folders: readonly string[];
  readonly objects: readonly ListedObject[];
  readonly next: PageStart | undefined;
}

interface PageInput {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
}

/** A page of a folder: folders in it, and objects. */
export async function listPage(
  client: S3Client,
  input: PageInput,
  start: PageStart | undefined,
  signal: AbortSignal,
): Promise<Page> {
  const list = await client.listObjectsV2({ ...input, ...start }, { signal });
  return {
    folders: list.commonPrefixes,
    objects: list.objects,
    next: list.isTruncated ? { continuationToken: list.nextContinuationToken } : undefined,
  };
}

/** Objects whose newest version says that they were deleted. */
export async function listDeletedPage(
  client: S3Client,
  input: PageInput,
  start: PageStart | undefined,
  signal: AbortSignal,
): Promise<Page> {
  const list = await client.listObjectVersions({ ...input, ...start }, { signal });
  return {
    folders: list.commonPrefixes,
    objects: list.versions.filter(({ deleteMarker, isLatest }) => deleteMarker === true && isLatest),
    next: list.isTruncated
      ? { keyMarker: list.nextKeyMarker, versionIdMarker: list.nextVersionIdMarker }
      : undefined,
  };
}
