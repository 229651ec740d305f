/**
 * Signature Version 4, the signing side: in the Authorization header, in the query (presigned), and as the seed of a
 * chunked body. Verifying is verify-v4.ts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */

import { canonicalRequest, stringToSignV4, v4Algorithm } from "./canonical-request.ts";
import { scopeOf, signingKey } from "./credential-scope.ts";
import type { Credentials } from "./credentials.ts";
import { canonicalQuery, uriEncode } from "./encoding.ts";
import { hmacSha256Hex } from "#hash";
import { formatAmzDate } from "./dates.ts";
import type { SigningRequest } from "./signing-request.ts";

/** Stands for the hash of a body that is not signed. */
export const unsignedPayload = "UNSIGNED-PAYLOAD";

/** The longest life of a presigned URL: a week. */
export const maxExpiresSeconds = 604_800;

/** Headers that proxies and HTTP libraries set or change after signing. */
const unsignableHeaders: ReadonlySet<string> = new Set([
  "accept-encoding",
  "authorization",
  "connection",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "x-amzn-trace-id",
]);

export interface SignV4Options {
  readonly credentials: Credentials;
  readonly region: string;
  /** Default: `s3`. The path is signed by S3's rule for any service. */
  readonly service?: string;
  /** SHA-256 of the body in hexadecimal, `UNSIGNED-PAYLOAD` or a `STREAMING-…` value. */
  readonly payloadHash: string;
  readonly date: Date;
}

/** What the chunks of a signed chunked body are signed with, beside the signature of the headers. */
export interface V4Seed {
  readonly signingKey: Uint8Array;
  /** `yyyymmdd/region/service/aws4_request` */
  readonly scope: string;
  /** `yyyymmddThhmmssZ` */
  readonly amzDate: string;
}

/**
 * Signs a request.
 *
 * @returns Headers to add: authorization, x-amz-date, x-amz-content-sha256 (for S3) and, with a session token,
 *   x-amz-security-token. Every header of the request is signed but those that change on the way.
 * @throws {TypeError} When the request has no `host`, or bytes that should be percent-encoded.
 * @example
 * const request = { method: "GET", path: "/bucket/key", query: "", headers: { host: "127.0.0.1:9000" } };
 * const headers = signV4(request, { credentials, region: "us-east-1", payloadHash: sha256Hex(""), date: new Date() });
 */
export function signV4(request: SigningRequest, options: SignV4Options): Record<string, string> {
  return signV4WithSeed(request, options).headers;
}

/** As {@link signV4}, with what the chunks of the body are signed with. */
export function signV4WithSeed(
  request: SigningRequest,
  { credentials, region, service = "s3", payloadHash, date }: SignV4Options,
): V4Seed & { readonly headers: Record<string, string>; readonly signature: string } {
  const amzDate = formatAmzDate(date.getTime());
  const added: Record<string, string> = { "x-amz-date": amzDate };
  if (service === "s3") added["x-amz-content-sha256"] = payloadHash;
  if (credentials.sessionToken !== undefined) added["x-amz-security-token"] = credentials.sessionToken;

  const headers = { ...request.headers, ...added };
  const signedHeaders = signableHeaders(headers);
  const canonical = canonicalRequest({ ...request, headers }, signedHeaders, payloadHash, false);
  const day = amzDate.slice(0, 8);
  const scope = scopeOf(day, region, service);
  const key = signingKey(credentials.secretAccessKey, day, region, service);
  const signature = hmacSha256Hex(key, stringToSignV4(amzDate, scope, canonical));
  added["authorization"] =
    `${v4Algorithm} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`;
  return { headers: added, signature, signingKey: key, scope, amzDate };
}

export interface PresignV4Options {
  readonly credentials: Credentials;
  readonly region: string;
  /** Default: `s3`. The path is signed by S3's rule for any service. */
  readonly service?: string;
  readonly date: Date;
  /** 1 to 604,800. */
  readonly expiresSeconds: number;
  /** Lower-case names of the request's headers that are signed. Default: all of them. */
  readonly signedHeaders?: readonly string[];
  /** Default: `UNSIGNED-PAYLOAD`. */
  readonly payloadHash?: string;
}

/**
 * Signs a URL.
 *
 * @returns The whole query without `?`: the request's own parameters and the signature's.
 * @throws {RangeError} When `expiresSeconds` is no whole number of 1 to 604,800.
 * @throws {TypeError} When the request has no `host`, or bytes that should be percent-encoded.
 * @example
 * const query = presignV4(request, { credentials, region: "us-east-1", date: new Date(), expiresSeconds: 3600 });
 * const url = `http://127.0.0.1:9000${request.path}?${query}`;
 */
export function presignV4(request: SigningRequest, options: PresignV4Options): string {
  const { credentials, region, service = "s3", expiresSeconds, payloadHash = unsignedPayload } = options;
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > maxExpiresSeconds) {
    throw new RangeError(
      `Cannot presign for ${expiresSeconds} seconds: the limits are 1 and ${maxExpiresSeconds} (a week).`,
    );
  }
  const amzDate = formatAmzDate(options.date.getTime());
  const day = amzDate.slice(0, 8);
  const scope = scopeOf(day, region, service);
  const signedHeaders = signableHeaders(request.headers, options.signedHeaders);

  // In the order of the canonical query.
  let query = `X-Amz-Algorithm=${v4Algorithm}`;
  if (service === "s3" && payloadHash !== unsignedPayload) query += `&X-Amz-Content-Sha256=${payloadHash}`;
  query += `&X-Amz-Credential=${uriEncode(`${credentials.accessKeyId}/${scope}`)}`;
  query += `&X-Amz-Date=${amzDate}&X-Amz-Expires=${expiresSeconds}`;
  if (credentials.sessionToken !== undefined) {
    query += `&X-Amz-Security-Token=${uriEncode(credentials.sessionToken)}`;
  }
  query += `&X-Amz-SignedHeaders=${signedHeaders.join("%3B")}`;
  if (request.query !== "") query = canonicalQuery(`${request.query}&${query}`);

  const canonical = canonicalRequest({ ...request, query }, signedHeaders, payloadHash, false);
  const key = signingKey(credentials.secretAccessKey, day, region, service);
  return `${query}&X-Amz-Signature=${hmacSha256Hex(key, stringToSignV4(amzDate, scope, canonical))}`;
}

function signableHeaders(
  headers: Readonly<Record<string, string>>,
  chosen: readonly string[] = Object.keys(headers),
): string[] {
  if (headers["host"] === undefined || !chosen.includes("host")) {
    throw new TypeError("Cannot sign a request without the header host.");
  }
  return chosen.filter((name) => !unsignableHeaders.has(name)).sort();
}
