/** Headers that a presigned URL carries as query parameters. */

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
 * @returns Values as bytes (latin1), by lower-case name.
 */
export function hoistedHeaders(query: string): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  if (!/x-amz-/i.test(query)) return headers;
  for (const [name, value] of queryPairs(query)) {
    const lower = name.toLowerCase();
    if (lower.startsWith("x-amz-") && !signatureParameters.has(lower)) headers[lower] ??= value;
  }
  return headers;
}
