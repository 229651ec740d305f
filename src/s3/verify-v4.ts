/** Signature Version 4, the verifying side: what sigv4.ts signs. What a request says of its signature is v4-authorization.ts. */

import { canonicalRequest, stringToSignV4 } from "./canonical-request.ts";
import { checkScope, scopeOf, signingKey } from "./credential-scope.ts";
import { queryPairs } from "./encoding.ts";
import { S3Error } from "./errors.ts";
import { hmacSha256Hex, timingSafeEqual } from "#hash";
import { checkSkew, expiredError, maxSkewMs } from "./request-time.ts";
import { unsignedPayload, type V4Seed } from "./sigv4.ts";
import type { SigningRequest } from "./signing-request.ts";
import { scopeFaultOf, type V4Authorization } from "./v4-authorization.ts";

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
 * @param authorization What parseV4() read from the same request.
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
  const signed = stringToSignV4(amzDate, scope, canonical);
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
