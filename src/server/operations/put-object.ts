/** PutObject. */

import { putObject } from "../../engine/put-object.ts";
import { checksumHeader } from "../../s3/checksums.ts";
import { S3Error } from "../../s3/errors.ts";
import { contentMd5, type RequestBody } from "../body.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { encryptionHeaders, readEncryption } from "../encryption.ts";
import { expirationHeader } from "../expiration-header.ts";
import { checkLockedBody, readLock } from "../object-lock.ts";
import { originOf } from "../origin.ts";
import { readObjectAccess } from "../object-access.ts";
import { madeVersionHeaders } from "../version-headers.ts";
import { readWriteConditions } from "../write-conditions.ts";
import { readDescription, readStorageClass, readTags, refuseUnsupported } from "./object-input.ts";

/** "The largest object that can be uploaded in a single PUT is 5 GB." */
export const maxPutBytes: number = 5 * 1024 ** 3;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObjectOperation(context: BucketContext): Promise<S3Response> {
  const { site, request, bucket, key, body, signal } = context;
  const { headers } = request;
  refuseUnsupported(headers);
  checkLockedBody(headers, bucket);
  const access = await readObjectAccess(context, headers, bucket);
  const storageClass = readStorageClass(headers);
  const description = readDescription(headers);
  const { tags } = readTags(headers);
  const { retention, legalHold } = readLock(context, headers, bucket, key);
  const { ifMatch, ifNoneMatch } = await readWriteConditions(context, bucket, key);
  const { contentMd5: md5, checksum } = bodyInput(body, headers);
  const { encryption } = readEncryption(context, bucket, headers);
  const bytes = await bodyOf(body, site.engine.limits.inlineBytes);
  const info = await putObject(
    site.engine,
    // Member by member: spread out of so many parts it would be a dictionary, slow for everyone who reads it.
    {
      bucket,
      key,
      body: bytes,
      size: body.size,
      origin: originOf(context),
      owner: access.owner,
      grants: access.grants,
      headers: description.headers,
      metadata: description.metadata,
      storageClass,
      tags,
      retention,
      legalHold,
      contentMd5: md5,
      checksum,
      encryption,
      ifMatch,
      ifNoneMatch,
    },
    bytes instanceof Uint8Array ? {} : { signal: signal() },
  );
  const answered: Record<string, string> = { etag: `"${info.etag}"` };
  if (body.checksum !== undefined) Object.assign(answered, checksumHeaders(body));
  if (info.versionId !== undefined) Object.assign(answered, madeVersionHeaders(info));
  if (bucket.lifecycle !== undefined) Object.assign(answered, expirationHeader(bucket, info));
  if (info.encryption !== undefined) Object.assign(answered, encryptionHeaders(context, info.encryption));
  return { status: 200, headers: answered };
}

/** What the engine verifies or records of a body, for whole objects and for parts. */
export function bodyInput(
  body: RequestBody,
  headers: Readonly<Record<string, string>>,
): { contentMd5?: string; checksum: () => RequestBody["checksum"] } {
  const { "content-length": length, "transfer-encoding": coding } = headers;
  if (length === undefined && coding === undefined) throw new S3Error("MissingContentLength");
  if (body.size !== undefined && body.size > maxPutBytes) {
    throw tooLarge(body.size);
  }
  const md5 = contentMd5(headers);
  return { ...(md5 === undefined ? {} : { contentMd5: md5 }), checksum: () => body.checksum };
}

/** A small body is read whole, a large one flows, as does one whose size nobody knows. */
export function bodyOf(
  body: RequestBody,
  inlineLimitBytes: number,
): Promise<Uint8Array> | AsyncIterable<Uint8Array> {
  if (body.size !== undefined && body.size <= inlineLimitBytes) return body.bytes(inlineLimitBytes);
  const pieces = body.stream({ freesPieces: true });
  return body.size === undefined ? limited(pieces) : pieces;
}

/** AWS refuses `Transfer-Encoding: chunked` without aws-chunked; taking it costs nothing but this count. */
async function* limited(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxPutBytes) throw tooLarge(size);
    yield chunk;
  }
}

/** The error for a body of more bytes than may be. */
export function tooLarge(size: number, maxBytes: number = maxPutBytes): S3Error {
  return new S3Error("EntityTooLarge", {
    details: { ProposedSize: String(size), MaxSizeAllowed: String(maxBytes) },
  });
}

/** The checksum that was verified goes back to who gave it. */
export function checksumHeaders({ checksum }: Pick<RequestBody, "checksum">): Record<string, string> {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}
