/** Pages of a folder, as the list reads them one after the other. */

import type { InfiniteData, QueryClient } from "@tanstack/react-query";
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

/** The most pages that are read again by themselves: each is a request. */
const mostPages = 10;

/** Whether a list is short enough to be read again without being asked for. */
export function isShort({ state }: { readonly state: { readonly data: unknown } }): boolean {
  return ((state.data as InfiniteData<Page> | undefined)?.pages.length ?? 0) <= mostPages;
}

/**
 * Shows that something in a bucket has changed.
 *
 * @param gone Keys, and prefixes of folders, that are there no more.
 */
export async function showChanges(
  queries: QueryClient,
  bucket: string,
  gone: readonly string[] = [],
): Promise<void> {
  const names = new Set(gone);
  const queryKey = ["objects", bucket];
  queries.setQueriesData<InfiniteData<Page>>({ queryKey }, (data) =>
    data === undefined || names.size === 0
      ? data
      : {
          ...data,
          pages: data.pages.map((page) => ({
            ...page,
            folders: page.folders.filter((folder) => !names.has(folder)),
            objects: page.objects.filter(({ key }) => !names.has(key)),
          })),
        },
  );
  await queries.invalidateQueries({ queryKey, predicate: isShort });
}
