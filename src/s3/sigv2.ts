/**
 * Signature Version 2: in the Authorization header and in the query (presigned). boto 2 signs so whenever the host is
 * not one of Amazon's.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */

import type { Credentials } from "./credentials.ts";
import { queryPairs, uriEncode } from "./encoding.ts";
import { S3Error } from "./errors.ts";
import { hmacSha1, timingSafeEqual } from "./hash.ts";
import { checkSkew, expiredError, requestTime } from "./request-time.ts";
import type { SigningRequest } from "./signing-request.ts";

/**
 * The query parameters that are signed: every other one may be changed by whoever holds the request, so everything that
 * selects an operation must stand here. Amazon's list, with those that came after it as boto 2, botocore, minio-go and
 * Ceph's RGW have them.
 */
const signedParameters: ReadonlySet<string> = new Set([
  "accelerate",
  "acl",
  "analytics",
  "attributes",
  "cors",
  "delete",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "location",
  "logging",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "partNumber",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "renameObject",
  "replication",
  "requestPayment",
  "response-cache-control",
  "response-content-disposition",
  "response-content-encoding",
  "response-content-language",
  "response-content-type",
  "response-expires",
  "restore",
  "retention",
  "select",
  "select-type",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versionId",
  "versioning",
  "versions",
  "website",
]);

export interface SignV2Options {
  readonly credentials: Credentials;
  /** The bucket where the host names it and the path does not. */
  readonly bucket?: string;
  readonly date: Date;
}

/**
 * Signs a request.
 *
 * @returns Headers to add: authorization, date (unless the request has it or x-amz-date) and, with a session token,
 *   x-amz-security-token.
 * @example
 * const headers = signV2(request, { credentials, date: new Date() });
 */
export function signV2(
  request: SigningRequest,
  { credentials, bucket, date }: SignV2Options,
): Record<string, string> {
  const added: Record<string, string> = {};
  if (request.headers["date"] === undefined && request.headers["x-amz-date"] === undefined) {
    added["date"] = date.toUTCString();
  }
  if (credentials.sessionToken !== undefined) added["x-amz-security-token"] = credentials.sessionToken;
  const headers = { ...request.headers, ...added };
  const text = stringToSign({ ...request, headers }, dateLine(headers), bucket);
  added["authorization"] = `AWS ${credentials.accessKeyId}:${signatureOf(text, credentials.secretAccessKey)}`;
  return added;
}

export interface PresignV2Options {
  readonly credentials: Credentials;
  /** The bucket where the host names it and the path does not. */
  readonly bucket?: string;
  /** When the URL ends, in whole seconds since the epoch. */
  readonly expires: number;
}

/**
 * Signs a URL.
 *
 * @returns The whole query without `?`: the request's own parameters and the signature's.
 * @throws {RangeError} When `expires` is no whole number of seconds.
 */
export function presignV2(
  request: SigningRequest,
  { credentials, bucket, expires }: PresignV2Options,
): string {
  if (!Number.isSafeInteger(expires) || expires < 0) {
    throw new RangeError(`Cannot presign until ${expires}: it must be whole seconds since the epoch.`);
  }
  let query = request.query === "" ? "" : `${request.query}&`;
  if (credentials.sessionToken !== undefined) {
    query += `x-amz-security-token=${uriEncode(credentials.sessionToken)}&`;
  }
  const text = stringToSign({ ...request, query }, String(expires), bucket, true);
  const signature = signatureOf(text, credentials.secretAccessKey);
  return `${query}AWSAccessKeyId=${uriEncode(credentials.accessKeyId)}&Expires=${expires}&Signature=${uriEncode(signature)}`;
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
  const date = presigned ? String(expires) : dateLine(request.headers);
  const text = stringToSign(request, date, bucket, presigned);
  if (timingSafeEqual(signatureOf(text, secretAccessKey), signature)) return;
  // botocore sends `/bucket` and signs `/bucket/`, which is the same bucket.
  if (bucket === undefined && /^\/[^/]+$/.test(request.path)) {
    const slashed = stringToSign({ ...request, path: `${request.path}/` }, date, bucket, presigned);
    if (timingSafeEqual(signatureOf(slashed, secretAccessKey), signature)) return;
  }
  throw new S3Error("SignatureDoesNotMatch", {
    details: { AWSAccessKeyId: accessKeyId, StringToSign: text, SignatureProvided: signature },
  });
}

/** Blank where x-amz-date, which is signed among the headers, has taken its place. */
function dateLine(headers: SigningRequest["headers"]): string {
  return headers["x-amz-date"] === undefined ? (headers["date"] ?? "") : "";
}

function stringToSign(
  request: SigningRequest,
  date: string,
  bucket: string | undefined,
  presigned = false,
): string {
  const params = request.query === "" ? [] : queryPairs(request.query);
  const headers = presigned ? withQueryHeaders(request.headers, params) : request.headers;
  const lines = [request.method, headers["content-md5"] ?? "", headers["content-type"] ?? "", date];
  const amzNames = Object.keys(headers).filter((name) => name.startsWith("x-amz-"));
  for (const name of amzNames.sort()) lines.push(`${name}:${trimSpaces(headers[name] ?? "")}`);
  return `${lines.join("\n")}\n${bucket === undefined ? "" : `/${bucket}`}${request.path}${subresources(params)}`;
}

/**
 * A presigned URL may carry headers as parameters: boto and botocore put those that they signed there. A header that
 * did come is signed in their place.
 */
function withQueryHeaders(
  headers: SigningRequest["headers"],
  params: readonly [name: string, value: string][],
): SigningRequest["headers"] {
  const merged: Record<string, string> = {};
  for (const [name, value] of params) {
    const lower = name.toLowerCase();
    const isHeader = lower.startsWith("x-amz-") || lower === "content-type" || lower === "content-md5";
    if (isHeader && !Object.hasOwn(merged, lower)) merged[lower] = value;
  }
  return { ...merged, ...headers };
}

/** Sorted by name, values decoded, without a `=` where there is no value. */
function subresources(params: readonly [name: string, value: string][]): string {
  const signed = params.filter(([name]) => signedParameters.has(name));
  if (signed.length === 0) return "";
  signed.sort(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1));
  return `?${signed.map(([name, value]) => (value === "" ? name : `${name}=${value}`)).join("&")}`;
}

/** Not `trim()`, which takes the byte 0xa0 for a space, and that may be a part of a UTF-8 character. */
function trimSpaces(value: string): string {
  return value.replaceAll(/^[ \t]+|[ \t]+$/g, "");
}

function signatureOf(text: string, secretAccessKey: string): string {
  return hmacSha1(new TextEncoder().encode(secretAccessKey), text).toString("base64");
}
