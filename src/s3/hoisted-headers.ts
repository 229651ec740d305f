/** Headers that a presigned URL carries as query parameters. */

import { checksumAlgorithmOf } from "./checksums.ts";
import { queryPairs } from "./encoding.ts";

/** Parameters that belong to the signature itself, or to the way in which the body is sent. */
const signatureParameters: ReadonlySet<string> = new Set([
  "x-amz-algorithm",
  "x-amz-content-sha256",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
]);

/**
 * The `x-amz-*` headers in a presigned query, such as `x-amz-acl=public-read`: the AWS SDKs move them there, so that
 * whoever uses the URL need not send them. They count as headers where no header of that name came. Only of a request
 * whose signature was verified: it covers them.
 *
 * A checksum is none of them: presigned URLs "don't support" any for uploads, AWS says. Its SDK for JavaScript signs the
 * CRC-32 of no bytes into every URL for an upload, whatever will be uploaded by it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
 * @returns Values as bytes (latin1), by lower-case name.
 */
export function hoistedHeaders(query: string): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  if (!/x-amz-/i.test(query)) return headers;
  for (const [name, value] of queryPairs(query)) {
    const lower = name.toLowerCase();
    if (!lower.startsWith("x-amz-") || signatureParameters.has(lower)) continue;
    if (checksumAlgorithmOf(lower) === undefined) headers[lower] ??= value;
  }
  return headers;
}
