/**
 * Signature Version 2, the signing side: in the Authorization header and in the query (presigned). boto 2 signs so
 * whenever the host is not one of Amazon's. Verifying is verify-v2.ts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */

import type { Credentials } from "./credentials.ts";
import { queryPairs, uriEncode } from "./encoding.ts";
import { hmacSha1Base64 } from "#hash";
import type { SigningRequest } from "./signing-request.ts";

/**
 * The query parameters that are signed: every other one may be changed by whoever holds the request, so everything that
 * selects an operation must stand here. Amazon's list, with those that came after it as boto 2, botocore, minio-go and
 * Ceph's RGW have them.
 */
const signedParameters: ReadonlySet<string> = new Set([
  "abac",
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
  "metadataConfiguration",
  "metadataTable",
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
  const text = stringToSignV2({ ...request, headers }, dateLineV2(headers), bucket);
  added["authorization"] = `AWS ${credentials.accessKeyId}:${signatureV2(text, credentials.secretAccessKey)}`;
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
  const text = stringToSignV2({ ...request, query }, String(expires), bucket, true);
  const signature = signatureV2(text, credentials.secretAccessKey);
  return `${query}AWSAccessKeyId=${uriEncode(credentials.accessKeyId)}&Expires=${expires}&Signature=${uriEncode(signature)}`;
}

/** Blank where x-amz-date, which is signed among the headers, has taken its place. */
export function dateLineV2(headers: SigningRequest["headers"]): string {
  return headers["x-amz-date"] === undefined ? (headers["date"] ?? "") : "";
}

/** What is signed. `date` is the line of the date, or of when a presigned URL ends. */
export function stringToSignV2(
  request: SigningRequest,
  date: string,
  bucket: string | undefined,
  presigned = false,
): string {
  const params = request.query === "" ? [] : queryPairs(request.query);
  const headers = presigned ? { ...queryHeadersV2(params), ...request.headers } : request.headers;
  const lines = [request.method, headers["content-md5"] ?? "", headers["content-type"] ?? "", date];
  const amzNames = Object.keys(headers).filter((name) => name.startsWith("x-amz-"));
  for (const name of amzNames.sort()) lines.push(`${name}:${trimSpaces(headers[name] ?? "")}`);
  return `${lines.join("\n")}\n${bucket === undefined ? "" : `/${bucket}`}${request.path}${subresources(params)}`;
}

/**
 * The headers that a presigned URL carries as parameters: boto and botocore put those that they signed there. A header
 * that did come is signed in their place, and counts in their place.
 *
 * @returns Values as bytes (latin1), by lower-case name.
 */
export function queryHeadersV2(
  params: readonly (readonly [name: string, value: string])[],
): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  for (const [name, value] of params) {
    const lower = name.toLowerCase();
    const isHeader = lower.startsWith("x-amz-") || lower === "content-type" || lower === "content-md5";
    if (isHeader) headers[lower] ??= value;
  }
  return headers;
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

/** The signature of a text, in base64. */
export function signatureV2(text: string, secretAccessKey: string): string {
  return hmacSha1Base64(new TextEncoder().encode(secretAccessKey), text);
}
