/**
 * The canonical request of Signature Version 4: the text whose hash is signed.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */

import { sha256Hex } from "#hash";
import { canonicalPath, canonicalQuery, queryPairs } from "./encoding.ts";
import type { SigningRequest } from "./signing-request.ts";

/**
 * The canonical request. Its path follows S3's rule, whatever the service: encoded once and never normalised.
 *
 * @param signedHeaders Lower-case names in the order in which they are signed.
 * @param presigned Whether the signature stands in the query, and therefore is no part of it. The values of signed
 *   headers that did not come may then stand in the query too: AWS's older JavaScript SDK moves them there.
 */
export function canonicalRequest(
  request: SigningRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
  presigned: boolean,
): string {
  const { headers } = request;
  const path = canonicalPath(request.path);
  const query = canonicalQuery(request.query, presigned ? "X-Amz-Signature" : undefined);
  let text = `${request.method}\n${path}\n${query}\n`;
  for (const name of signedHeaders) {
    // A client may sign an empty header that its HTTP library then does not send.
    const value = headers[name] ?? (presigned ? queryValue(request.query, name) : "");
    text += `${name}:${canonicalValue(value)}\n`;
  }
  return `${text}\n${signedHeaders.join(";")}\n${payloadHash}`;
}

/** The algorithm of version 4, the only one that Stowage signs with and takes. */
export const v4Algorithm = "AWS4-HMAC-SHA256";

/** What is signed: when, for what, and the hash of the canonical request. */
export function stringToSignV4(amzDate: string, scope: string, canonical: string): string {
  return `${v4Algorithm}\n${amzDate}\n${scope}\n${sha256Hex(canonical)}`;
}

/** Without spaces at the ends, and one space for several; within quotes too. */
export function canonicalValue(value: string): string {
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(value.length - 1);
  if (first !== 0x20 && last !== 0x20 && !value.includes("  ") && !value.includes("\t")) return value;
  return value.replaceAll(/[ \t]+/g, " ").replaceAll(/^ | $/g, "");
}

function queryValue(query: string, headerName: string): string {
  return queryPairs(query).find(([name]) => name.toLowerCase() === headerName)?.[1] ?? "";
}
