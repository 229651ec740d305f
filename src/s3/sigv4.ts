/**
 * Signature Version 4: in the Authorization header, in the query (presigned), and as the seed of a chunked body.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */

import { canonicalRequest } from "./canonical-request.ts";
import { checkScope, scopeOf, signingKey } from "./credential-scope.ts";
import type { Credentials } from "./credentials.ts";
import { canonicalQuery, queryPairs, uriEncode } from "./encoding.ts";
import { S3Error } from "./errors.ts";
import { hmacSha256Hex, sha256Hex, timingSafeEqual } from "./hash.ts";
import { checkSkew, expiredError, formatAmzDate, maxSkewMs } from "./request-time.ts";
import type { SigningRequest } from "./signing-request.ts";
import { maxExpiresSeconds, scopeFaultOf, v4Algorithm, type V4Authorization } from "./v4-authorization.ts";

export { parseV4, type V4Authorization } from "./v4-authorization.ts";

const unsignedPayload = "UNSIGNED-PAYLOAD";

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
  const signature = hmacSha256Hex(key, stringToSign(amzDate, scope, canonical));
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
  return `${query}&X-Amz-Signature=${hmacSha256Hex(key, stringToSign(amzDate, scope, canonical))}`;
}

export interface VerifyV4Options {
  readonly secretAccessKey: string;
  /** The region that the scope must name; absent: any. */
  readonly region?: string | undefined;
  /** Default: `s3`. */
  readonly service?: string;
  readonly nowMs: number;
  /** Default: what the request says, see {@link payloadHashOf}. */
  readonly payloadHash?: string;
}

/**
 * Verifies a request's signature.
 *
 * @param authorization What {@link parseV4} read from the same request.
 * @returns What the chunks of a signed chunked body are verified with.
 * @throws {S3Error} `SignatureDoesNotMatch`; `RequestTimeTooSkewed` more than 15 minutes off; `AccessDenied` for a
 *   presigned request out of its time and for an `x-amz-*` header that is not signed; `AuthorizationHeaderMalformed` or
 *   `AuthorizationQueryParametersError` for another region or service, with the detail `Region`.
 */
export function verifyV4(
  request: SigningRequest,
  authorization: V4Authorization,
  options: VerifyV4Options,
): V4Seed {
  const { date, region, service, signature, signedHeaders, presigned, amzDate } = authorization;
  const { secretAccessKey, nowMs } = options;
  checkScope(
    authorization,
    { region: options.region, service: options.service ?? "s3" },
    scopeFaultOf(authorization),
  );
  checkTime(authorization, nowMs);
  const payloadHash = options.payloadHash ?? payloadHashOf(request, authorization);
  checkHeadersSigned(request, signedHeaders, payloadHash);

  const scope = scopeOf(date, region, service);
  const key = signingKey(secretAccessKey, date, region, service);
  const canonical = canonicalRequest(request, signedHeaders, payloadHash, presigned);
  const signed = stringToSign(amzDate, scope, canonical);
  if (!timingSafeEqual(hmacSha256Hex(key, signed), signature)) {
    // As AWS does: it tells the client's author what to compare, and it tells nobody more than they sent.
    throw new S3Error("SignatureDoesNotMatch", {
      details: {
        AWSAccessKeyId: authorization.accessKeyId,
        StringToSign: signed,
        SignatureProvided: signature,
        CanonicalRequest: canonical,
      },
    });
  }
  return { signingKey: key, scope, amzDate };
}

/**
 * What the request says of its body: `x-amz-content-sha256`, of a presigned one also from the query, and there
 * `UNSIGNED-PAYLOAD` by default.
 *
 * @throws {S3Error} `InvalidRequest` where it is missing.
 */
export function payloadHashOf(request: SigningRequest, { presigned }: V4Authorization): string {
  const header = request.headers["x-amz-content-sha256"];
  if (presigned) {
    const named = request.query.includes("X-Amz-Content-Sha256")
      ? queryPairs(request.query).find(([name]) => name === "X-Amz-Content-Sha256")
      : undefined;
    return named?.[1] ?? header ?? unsignedPayload;
  }
  if (header !== undefined) return header;
  throw new S3Error("InvalidRequest", {
    message: "Missing required header for this request: x-amz-content-sha256",
  });
}

function checkTime({ presigned, timestampMs, expiresSeconds = 0 }: V4Authorization, nowMs: number): void {
  if (!presigned) {
    checkSkew(timestampMs, nowMs);
    return;
  }
  if (timestampMs - nowMs > maxSkewMs) {
    throw new S3Error("AccessDenied", { message: "Request is not valid yet" });
  }
  const expiresAtMs = timestampMs + expiresSeconds * 1000;
  if (nowMs >= expiresAtMs || expiresSeconds === 0) {
    throw expiredError(expiresAtMs, nowMs, { "X-Amz-Expires": String(expiresSeconds) });
  }
}

/**
 * An `x-amz-*` header can change what a request means, so whoever holds a signed request must not be able to add one.
 * The payload's hash is the exception: its value is the last line of what is signed.
 */
function checkHeadersSigned(
  { headers }: SigningRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
): void {
  const missing = signedHeaders.includes("host") ? [] : ["host"];
  for (const name in headers) {
    if (!name.startsWith("x-amz-") || signedHeaders.includes(name)) continue;
    if (name !== "x-amz-content-sha256" || headers[name] !== payloadHash) missing.push(name);
  }
  if (missing.length === 0) return;
  throw new S3Error("AccessDenied", {
    message: "There were headers present in the request which were not signed",
    details: { HeadersNotSigned: missing.join(", ") },
  });
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

function stringToSign(amzDate: string, scope: string, canonical: string): string {
  return `${v4Algorithm}\n${amzDate}\n${scope}\n${sha256Hex(canonical)}`;
}
