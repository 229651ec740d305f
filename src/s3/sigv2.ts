/**
 * Signature Version 2: in the Authorization header and in the query (presigned). boto 2 signs so by default.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */

import type { Credentials } from "./credentials.ts";
import type { SigningRequest } from "./signing-request.ts";

export interface SignV2Options {
  readonly credentials: Credentials;
  /** The bucket where the host names it and the path does not. */
  readonly bucket?: string;
  readonly date: Date;
}

/** Headers to add to the request: authorization, and date unless the request has one or x-amz-date. */
export function signV2(request: SigningRequest, options: SignV2Options): Record<string, string> {
  throw new Error(`not yet ${request.method} ${options.bucket}`);
}

export interface PresignV2Options {
  readonly credentials: Credentials;
  readonly bucket?: string;
  /** When the URL ends, in whole seconds since the epoch. */
  readonly expires: number;
}

/** The whole query of a presigned URL, without `?`. */
export function presignV2(request: SigningRequest, options: PresignV2Options): string {
  throw new Error(`not yet ${request.method} ${options.bucket}`);
}

/** What a request says of its own signature. Nothing of it is verified. */
export interface V2Authorization {
  readonly accessKeyId: string;
  /** Base64. */
  readonly signature: string;
  readonly presigned: boolean;
  /** `Expires` of a presigned request, in seconds since the epoch. */
  readonly expires?: number;
  readonly sessionToken?: string;
}

/** Reads the signature of a request, or returns null if it carries none of version 2. Throws InvalidArgument, AccessDenied. */
export function parseV2(request: SigningRequest): V2Authorization | null {
  throw new Error(`not yet ${request.method}`);
}

export interface VerifyV2Options {
  readonly secretAccessKey: string;
  /** The bucket where the host names it and the path does not. */
  readonly bucket?: string;
  readonly nowMs: number;
}

/** Verifies a request's signature; throws SignatureDoesNotMatch, RequestTimeTooSkewed, AccessDenied. */
export function verifyV2(
  request: SigningRequest,
  authorization: V2Authorization,
  options: VerifyV2Options,
): void {
  throw new Error(`not yet ${request.method} ${authorization.signature} ${options.bucket}`);
}
