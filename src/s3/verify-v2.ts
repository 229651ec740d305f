/** Signature Version 2, the verifying side: what sigv2.ts signs, read and verified. */

import { queryPairs } from "./encoding.ts";
import { S3Error } from "./errors.ts";
import { timingSafeEqual } from "#hash";
import { checkSkew, expiredError, requestTime } from "./request-time.ts";
import type { SigningRequest } from "./signing-request.ts";
import { dateLineV2, signatureV2, stringToSignV2 } from "./sigv2.ts";

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

/**
 * Reads the signature of a request from its Authorization header or its query.
 *
 * @returns null if it carries none of version 2.
 * @throws {S3Error} `InvalidArgument` for a malformed header, `AccessDenied` for an incomplete query.
 */
export function parseV2(request: SigningRequest): V2Authorization | null {
  const header = request.headers["authorization"];
  if (header?.startsWith("AWS ") === true) {
    const colon = header.lastIndexOf(":");
    const accessKeyId = header.slice(4, colon).trim();
    const signature = header.slice(colon + 1).trim();
    if (colon === -1 || accessKeyId === "" || signature === "") {
      throw new S3Error("InvalidArgument", {
        message: "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature",
        details: { ArgumentName: "Authorization", ArgumentValue: header },
      });
    }
    const sessionToken = request.headers["x-amz-security-token"];
    return {
      accessKeyId,
      signature,
      presigned: false,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    };
  }
  if (!request.query.includes("Signature=") && !request.query.includes("AWSAccessKeyId=")) return null;
  return parseV2Query(new Map(queryPairs(request.query).toReversed()));
}

function parseV2Query(params: ReadonlyMap<string, string>): V2Authorization | null {
  const [accessKeyId, signature, expires] = ["AWSAccessKeyId", "Signature", "Expires"].map((name) =>
    params.get(name),
  );
  if (accessKeyId === undefined && signature === undefined) return null;
  if (!accessKeyId || !signature || !expires) {
    throw new S3Error("AccessDenied", {
      message: "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
    });
  }
  if (!/^\d{1,12}$/.test(expires)) {
    throw new S3Error("AccessDenied", {
      message: `Invalid date (should be seconds since epoch): ${expires}`,
    });
  }
  const sessionToken = params.get("x-amz-security-token");
  return {
    accessKeyId,
    signature,
    presigned: true,
    expires: Number(expires),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
}

export interface VerifyV2Options {
  readonly secretAccessKey: string;
  /** The bucket where the host names it and the path does not. */
  readonly bucket?: string;
  readonly nowMs: number;
}

/**
 * Verifies a request's signature.
 *
 * @param authorization What {@link parseV2} read from the same request.
 * @throws {S3Error} `SignatureDoesNotMatch`; `RequestTimeTooSkewed` more than 15 minutes off; `AccessDenied` for a
 *   presigned request after its time and for one without a date.
 */
export function verifyV2(
  request: SigningRequest,
  { accessKeyId, signature, presigned, expires = 0 }: V2Authorization,
  { secretAccessKey, bucket, nowMs }: VerifyV2Options,
): void {
  if (!presigned) checkSkew(requestTime(request).timestampMs, nowMs);
  else if (nowMs >= expires * 1000) throw expiredError(expires * 1000, nowMs);
  const date = presigned ? String(expires) : dateLineV2(request.headers);
  const text = stringToSignV2(request, date, bucket, presigned);
  if (timingSafeEqual(signatureV2(text, secretAccessKey), signature)) return;
  // botocore sends `/bucket` and signs `/bucket/`, which is the same bucket.
  if (bucket === undefined && /^\/[^/]+$/.test(request.path)) {
    const slashed = stringToSignV2({ ...request, path: `${request.path}/` }, date, bucket, presigned);
    if (timingSafeEqual(signatureV2(slashed, secretAccessKey), signature)) return;
  }
  throw new S3Error("SignatureDoesNotMatch", {
    details: { AWSAccessKeyId: accessKeyId, StringToSign: text, SignatureProvided: signature },
  });
}
