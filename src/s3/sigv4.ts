/**
 * Signature Version 4: in the Authorization header, in the query (presigned), and as the seed of a chunked body.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */

import type { Credentials } from "./credentials.ts";
import type { SigningRequest } from "./signing-request.ts";

export interface SignV4Options {
  readonly credentials: Credentials;
  readonly region: string;
  /** Default: `s3`. */
  readonly service?: string;
  /** SHA-256 of the body in hexadecimal, `UNSIGNED-PAYLOAD` or a `STREAMING-…` value. */
  readonly payloadHash: string;
  readonly date: Date;
}

/** What the chunks of a signed chunked body are signed with. */
export interface V4Seed {
  readonly signingKey: Uint8Array;
  /** `yyyymmdd/region/service/aws4_request` */
  readonly scope: string;
  /** `yyyymmddThhmmssZ` */
  readonly amzDate: string;
}

/** Headers to add to the request: authorization, x-amz-date, x-amz-content-sha256, x-amz-security-token. */
export function signV4(request: SigningRequest, options: SignV4Options): Record<string, string> {
  return signV4WithSeed(request, options).headers;
}

/** As {@link signV4}, with what the chunks of the body are signed with. */
export function signV4WithSeed(
  request: SigningRequest,
  options: SignV4Options,
): V4Seed & { readonly headers: Record<string, string>; readonly signature: string } {
  throw new Error(`not yet ${request.method} ${options.region}`);
}

export interface PresignV4Options {
  readonly credentials: Credentials;
  readonly region: string;
  /** Default: `s3`. */
  readonly service?: string;
  readonly date: Date;
  /** 1 to 604,800. */
  readonly expiresSeconds: number;
  /** Lower-case names of the request's headers that are signed. Default: all of them. */
  readonly signedHeaders?: readonly string[];
  /** Default: `UNSIGNED-PAYLOAD`. */
  readonly payloadHash?: string;
}

/** The whole query of a presigned URL, without `?`: the request's own parameters and the signature's. */
export function presignV4(request: SigningRequest, options: PresignV4Options): string {
  throw new Error(`not yet ${request.method} ${options.region}`);
}

/** What a request says of its own signature. Nothing of it is verified. */
export interface V4Authorization {
  readonly accessKeyId: string;
  /** The date of the scope, yyyymmdd. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** Lower-case, in the order sent. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly presigned: boolean;
  /** When it was signed, in milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Of a presigned request. */
  readonly expiresSeconds?: number;
  readonly sessionToken?: string;
}

/**
 * Reads the signature of a request, or returns null if it carries none of version 4. Throws
 * AuthorizationHeaderMalformed, AuthorizationQueryParametersError, AccessDenied (no date).
 */
export function parseV4(request: SigningRequest): V4Authorization | null {
  throw new Error(`not yet ${request.method}`);
}

export interface VerifyV4Options {
  readonly secretAccessKey: string;
  /** The region that the scope must name; absent: any. */
  readonly region?: string;
  /** Default: `s3`. */
  readonly service?: string;
  readonly nowMs: number;
  /** Default: what the request says, see {@link payloadHashOf}. */
  readonly payloadHash?: string;
}

/** Verifies a request's signature; throws SignatureDoesNotMatch, RequestTimeTooSkewed, AccessDenied. */
export function verifyV4(
  request: SigningRequest,
  authorization: V4Authorization,
  options: VerifyV4Options,
): V4Seed {
  throw new Error(`not yet ${request.method} ${authorization.date} ${options.region}`);
}

/**
 * What the request says of its body: `x-amz-content-sha256`, of a presigned one also from the query, there
 * `UNSIGNED-PAYLOAD` by default. Throws InvalidRequest where it is missing.
 */
export function payloadHashOf(request: SigningRequest, authorization: V4Authorization): string {
  throw new Error(`not yet ${request.method} ${authorization.date}`);
}

/** The key that signs for one day, region and service. Cached. */
export function signingKey(
  secretAccessKey: string,
  date: string,
  region: string,
  service: string,
): Uint8Array {
  throw new Error(`not yet ${secretAccessKey.length} ${date} ${region} ${service}`);
}
