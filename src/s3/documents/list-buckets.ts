/** ListAllMyBucketsResult: the buckets of a user. */

import type { Owner } from "../acl.ts";
import { isoDate } from "../write-dates.ts";
import { childOf, childrenOf, element, requiredText, textOf, xmlDocument } from "../xml.ts";
import { parseResult } from "./error.ts";
import { ownerXml, readDate, readOwner } from "./elements.ts";

/** A bucket in a list. */
export interface ListedBucket {
  readonly name: string;
  readonly createdAtMs: number;
  readonly region?: string | undefined;
}

/** One page of a user's buckets. */
export interface BucketList {
  readonly owner: Owner;
  readonly buckets: readonly ListedBucket[];
  /** What the list was limited to. */
  readonly prefix?: string | undefined;
  /** Where the next page begins; absent on the last. */
  readonly continuationToken?: string | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export function listBucketsXml({ owner, buckets, prefix, continuationToken }: BucketList): string {
  const list = buckets.map(
    ({ name, createdAtMs, region }) =>
      `<Bucket>${element("Name", name)}<CreationDate>${isoDate(createdAtMs)}</CreationDate>${element("BucketRegion", region)}</Bucket>`,
  );
  return xmlDocument(
    "ListAllMyBucketsResult",
    `${ownerXml("Owner", owner)}<Buckets>${list.join("")}</Buckets>${element("Prefix", prefix)}${element("ContinuationToken", continuationToken)}`,
  );
}

/**
 * Reads a list of buckets.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseListBuckets(xml: string | Uint8Array): BucketList {
  const root = parseResult(xml, "ListAllMyBucketsResult");
  const buckets = childOf(root, "Buckets");
  return {
    owner: readOwner(root, "Owner") ?? { id: "", displayName: "" },
    buckets: (buckets === undefined ? [] : childrenOf(buckets, "Bucket")).map((bucket) => ({
      name: requiredText(bucket, "Name"),
      createdAtMs: readDate(bucket, "CreationDate"),
      region: textOf(bucket, "BucketRegion"),
    })),
    prefix: textOf(root, "Prefix"),
    continuationToken: textOf(root, "ContinuationToken") || undefined,
  };
}
