/**
 * When a request had no clear answer and its repetition finds the work done already, the error may be the client's own
 * success. Here that is told apart from somebody else's.
 */

import { createMd5, md5Hex } from "#hash";
import type { CompletedUpload } from "../s3/documents/multipart.ts";
import { S3ResponseError } from "./errors.ts";
import type { CompleteMultipartUploadInput, PutObjectInput } from "./inputs.ts";
import type { ObjectInfo, Written } from "./outputs.ts";
import type { Payload } from "./payload.ts";

/** Asks for the object at a place. */
export type HeadObject = (object: { readonly bucket: string; readonly key: string }) => Promise<ObjectInfo>;

/** Does something whose repetition fails with `code` if the first attempt was successful after all. */
export async function wasOwn(code: string, attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof S3ResponseError && error.maybeDone && error.code === code)) throw error;
  }
}

/** A conditional PUT that fails when repeated: it was ours if the object there has the ETag of our bytes. */
export async function ownPut(
  headObject: HeadObject,
  { bucket, key }: PutObjectInput,
  { bytes }: Payload,
  attempt: () => Promise<Written>,
): Promise<Written> {
  try {
    return await attempt();
  } catch (error) {
    if (!isDoubtful(error, "PreconditionFailed") || bytes === undefined) throw error;
    return await objectIs(headObject, { bucket, key }, md5Hex(bytes), error);
  }
}

/** A completion that fails when repeated: it was ours if the object there has the ETag that our parts come to. */
export async function ownComplete(
  headObject: HeadObject,
  { bucket, key, parts }: CompleteMultipartUploadInput,
  attempt: () => Promise<CompletedUpload & { readonly versionId: string | undefined }>,
): Promise<CompletedUpload & { readonly versionId: string | undefined }> {
  try {
    return await attempt();
  } catch (error) {
    if (!isDoubtful(error, "NoSuchUpload") && !isDoubtful(error, "PreconditionFailed")) throw error;
    const etag = etagOfParts(parts.map((part) => part.etag));
    if (etag === null) throw error;
    return { location: "", bucket, key, ...(await objectIs(headObject, { bucket, key }, etag, error)) };
  }
}

function isDoubtful(error: unknown, code: string): boolean {
  return error instanceof S3ResponseError && error.maybeDone && error.code === code;
}

async function objectIs(
  headObject: HeadObject,
  object: { readonly bucket: string; readonly key: string },
  etag: string,
  error: unknown,
): Promise<Written> {
  const found = await headObject(object).catch(() => null);
  if (found?.etag !== etag) throw error;
  return { etag, versionId: found.versionId, checksum: found.checksum };
}

/** The ETag of an object of parts, or null where the parts' ETags are no MD5s, as encryption makes them. */
export function etagOfParts(etags: readonly string[]): string | null {
  const md5 = createMd5();
  for (const etag of etags) {
    if (!/^[0-9a-f]{32}$/i.test(etag)) return null;
    md5.update(Uint8Array.from(etag.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16)));
  }
  return `${md5.digest("hex")}-${etags.length}`;
}
