/** ListObjects, both versions: one page of a bucket's keys in the order of their UTF-8 bytes. */

import { listObjects } from "../../engine/list-objects.ts";
import { parseEncodingType } from "../../s3/documents/encoding-type.ts";
import { listObjectsV1Xml, listObjectsV2Xml } from "../../s3/documents/list-objects.ts";
import { S3Error } from "../../s3/errors.ts";
import { withOwners } from "../authorize.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { integerParam } from "../params.ts";
import { readToken, writeToken } from "./continuation-token.ts";
import { xmlResponse } from "../xml-response.ts";

/** The most keys and common prefixes in one page. */
const maxKeysLimit = 1000;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export async function listObjectsV1({ site, request, bucket }: BucketContext): Promise<S3Response> {
  const { params } = request;
  refuseUnknownVersion(params.get("list-type"));
  const prefix = params.get("prefix") ?? "";
  const delimiter = params.get("delimiter") ?? "";
  const marker = params.get("marker") ?? "";
  const encodingType = parseEncodingType(params.get("encoding-type"));
  const maxKeys = readMaxKeys(params);
  const page = await listObjects(site.engine, bucket, { prefix, delimiter, after: marker, limit: maxKeys });
  return xmlResponse(
    listObjectsV1Xml({
      name: bucket.name,
      prefix,
      delimiter,
      marker,
      maxKeys,
      encodingType,
      isTruncated: page.isTruncated,
      // "This element is returned only if you have the delimiter request parameter specified."
      ...(page.isTruncated && delimiter !== "" && page.last !== null ? { nextMarker: page.last } : {}),
      objects: withOwners(bucket, page.objects),
      commonPrefixes: page.commonPrefixes,
    }),
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export async function listObjectsV2({ site, request, bucket }: BucketContext): Promise<S3Response> {
  const { params } = request;
  const prefix = params.get("prefix") ?? "";
  const delimiter = params.get("delimiter") ?? "";
  const startAfter = params.get("start-after");
  const token = params.get("continuation-token");
  const encodingType = parseEncodingType(params.get("encoding-type"));
  const maxKeys = readMaxKeys(params);
  // An empty token is what a client sends that passes on a token it did not get.
  const after = token === undefined || token === "" ? (startAfter ?? "") : readToken(token);
  const page = await listObjects(site.engine, bucket, { prefix, delimiter, after, limit: maxKeys });
  return xmlResponse(
    listObjectsV2Xml({
      name: bucket.name,
      prefix,
      delimiter,
      maxKeys,
      encodingType,
      isTruncated: page.isTruncated,
      keyCount: page.objects.length + page.commonPrefixes.length,
      fetchOwner: params.get("fetch-owner") === "true",
      ...(startAfter === undefined ? {} : { startAfter }),
      ...(token === undefined ? {} : { continuationToken: token }),
      ...(page.isTruncated && page.last !== null ? { nextContinuationToken: writeToken(page.last) } : {}),
      objects: withOwners(bucket, page.objects),
      commonPrefixes: page.commonPrefixes,
    }),
  );
}

/** Version 2 is another operation, and others there are not. */
function refuseUnknownVersion(listType: string | undefined): void {
  if (listType === undefined || listType === "" || listType === "1") return;
  throw new S3Error("InvalidArgument", {
    message: "Invalid List Type specified in Query",
    details: { ArgumentName: "list-type", ArgumentValue: listType },
  });
}

/** @throws {S3Error} `InvalidArgument` */
export function readMaxKeys(params: ReadonlyMap<string, string>): number {
  return integerParam(params, "max-keys", { min: 0, max: 2 ** 31 - 1, cap: maxKeysLimit }) ?? maxKeysLimit;
}
