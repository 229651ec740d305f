import { S3Error } from "../s3/errors.ts";
import { readDocument } from "./body.ts";
import type { BucketContext } from "./context.ts";

/** AWS says of CORS rules: "The document is limited to 64 KB in size." */
const settingsLimitBytes = 64 * 1024;

/**
 * The document that sets something of a bucket or an object.
 *
 * AWS demands a Content-MD5 or a checksum of some of these documents; here one is verified where it is given.
 *
 * @param limitBytes For documents that may be longer.
 * @throws {S3Error} `MissingRequestBodyError` for an empty body; `MaxMessageLengthExceeded`, `BadDigest`.
 */
export async function readSettings(
  { body, request }: BucketContext,
  limitBytes: number = settingsLimitBytes,
): Promise<string> {
  const document = await readDocument(body, request.headers, limitBytes);
  if (document.trim() === "") throw new S3Error("MissingRequestBodyError");
  return document;
}

/** 50 tags of 128 and 256 characters, each at most a reference such as `&#x10FFFF;`, with their elements. */
const taggingLimitBytes = 256 * 1024;

/**
 * The document that sets tags.
 *
 * @throws {S3Error} As {@link readSettings}.
 */
export function readTaggingDocument(context: BucketContext): Promise<string> {
  return readSettings(context, taggingLimitBytes);
}
