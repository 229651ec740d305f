/** The versions of a bucket's keys, as boto lists them. */

import type { Bucket } from "./bucket.ts";
import { DeleteMarker, Prefix, ResultSet } from "./listed.ts";
import { Key } from "./key.ts";
import { Listing } from "./listing.ts";
import type { RequestOptions } from "./send.ts";

/** What a listing of versions shows. */
export type VersionEntry = Key | DeleteMarker | Prefix;

export interface ListVersionsOptions extends RequestOptions {
  readonly prefix?: string | undefined;
  /** Keys that have it after the prefix are shown as one {@link Prefix}. */
  readonly delimiter?: string | undefined;
  /** The listing begins after this key. */
  readonly keyMarker?: string | undefined;
  /** With `keyMarker`: the listing begins after this version of it. */
  readonly versionIdMarker?: string | undefined;
  /** Versions of one page, 1 to 1,000. Default: 1,000. */
  readonly maxKeys?: number | undefined;
}

/** As `bucket.listVersions`. */
export function listVersions(
  bucket: Bucket,
  options: ListVersionsOptions,
): Listing<ResultSet<VersionEntry>, VersionEntry> {
  return new Listing(async (next) => {
    // Two markers say where the next page begins: they travel as one text.
    const [keyMarker, versionIdMarker] =
      next === undefined
        ? [options.keyMarker, options.versionIdMarker]
        : (JSON.parse(next) as [string, string | undefined]);
    const page = await getAllVersions(bucket, { ...options, keyMarker, versionIdMarker });
    const { isTruncated, nextMarker, nextVersionIdMarker } = page;
    const more = nextMarker === "" ? "" : JSON.stringify([nextMarker, nextVersionIdMarker]);
    return { page, entries: page, next: isTruncated ? more : undefined };
  });
}

/** As `bucket.getAllVersions`. */
export async function getAllVersions(
  bucket: Bucket,
  { signal, ...options }: ListVersionsOptions = {},
): Promise<ResultSet<VersionEntry>> {
  const { client } = bucket.connection;
  const page = await client.listObjectVersions({ ...options, bucket: bucket.name }, { signal });
  const versions = page.versions.map((version) => {
    if (version.deleteMarker === true) return new DeleteMarker(bucket, version);
    const key = Key.listed(bucket, version);
    key.versionId = version.versionId;
    key.isLatest = version.isLatest;
    return key;
  });
  const prefixes = page.commonPrefixes.map((prefix) => new Prefix(bucket, prefix));
  const { nextKeyMarker: nextMarker = "", nextVersionIdMarker } = page;
  return new ResultSet<VersionEntry>(
    [...versions, ...prefixes],
    page.isTruncated ? { nextMarker, nextVersionIdMarker } : {},
  );
}
