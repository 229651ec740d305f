/** The table that says which field of an input is which header or query parameter, and how it is written. */

import { type Checksum, checksumHeader } from "../s3/checksums.ts";
import { uriEncode } from "../s3/encoding.ts";
import { writeMetadata } from "../s3/metadata.ts";
import {
  customerKeyHeaders,
  encryptionHeader,
  kmsKeyHeader,
  type RequestedEncryption,
} from "../s3/server-side-encryption.ts";
import { type Tags, taggingHeader } from "../s3/tags.ts";
import type { CopySource } from "./inputs.ts";

/** The fields that are headers. */
const headerNames: Readonly<Record<string, string>> = {
  acl: "x-amz-acl",
  bypassGovernanceRetention: "x-amz-bypass-governance-retention",
  cacheControl: "cache-control",
  checksumMode: "x-amz-checksum-mode",
  checksumType: "x-amz-checksum-type",
  confirmRemoveSelfBucketAccess: "x-amz-confirm-remove-self-bucket-access",
  contentDisposition: "content-disposition",
  contentEncoding: "content-encoding",
  contentLanguage: "content-language",
  contentMd5: "content-md5",
  contentType: "content-type",
  copySourceIfMatch: "x-amz-copy-source-if-match",
  copySourceIfModifiedSince: "x-amz-copy-source-if-modified-since",
  copySourceIfNoneMatch: "x-amz-copy-source-if-none-match",
  copySourceIfUnmodifiedSince: "x-amz-copy-source-if-unmodified-since",
  copySourceRange: "x-amz-copy-source-range",
  expires: "expires",
  grantFullControl: "x-amz-grant-full-control",
  grantRead: "x-amz-grant-read",
  grantReadAcp: "x-amz-grant-read-acp",
  grantWrite: "x-amz-grant-write",
  grantWriteAcp: "x-amz-grant-write-acp",
  ifMatch: "if-match",
  ifMatchLastModifiedTime: "x-amz-if-match-last-modified-time",
  ifMatchSize: "x-amz-if-match-size",
  ifModifiedSince: "if-modified-since",
  ifNoneMatch: "if-none-match",
  ifUnmodifiedSince: "if-unmodified-since",
  metadataDirective: "x-amz-metadata-directive",
  mfa: "x-amz-mfa",
  mpuObjectSize: "x-amz-mp-object-size",
  objectLockEnabledForBucket: "x-amz-bucket-object-lock-enabled",
  objectLockLegalHoldStatus: "x-amz-object-lock-legal-hold",
  objectLockMode: "x-amz-object-lock-mode",
  objectLockRetainUntilDate: "x-amz-object-lock-retain-until-date",
  objectMaxParts: "x-amz-max-parts",
  objectOwnership: "x-amz-object-ownership",
  objectPartNumberMarker: "x-amz-part-number-marker",
  range: "range",
  storageClass: "x-amz-storage-class",
  tagging: "x-amz-tagging",
  taggingDirective: "x-amz-tagging-directive",
  websiteRedirectLocation: "x-amz-website-redirect-location",
};

/** The headers whose value is an ETag, and stands in quotes. */
const etagFields = new Set(["ifMatch", "ifNoneMatch", "copySourceIfMatch", "copySourceIfNoneMatch"]);

/** The fields that are query parameters. */
const queryNames: Readonly<Record<string, string>> = {
  bucketRegion: "bucket-region",
  continuationToken: "continuation-token",
  delimiter: "delimiter",
  fetchOwner: "fetch-owner",
  keyMarker: "key-marker",
  marker: "marker",
  maxBuckets: "max-buckets",
  maxKeys: "max-keys",
  maxParts: "max-parts",
  maxUploads: "max-uploads",
  partNumber: "partNumber",
  partNumberMarker: "part-number-marker",
  prefix: "prefix",
  responseCacheControl: "response-cache-control",
  responseContentDisposition: "response-content-disposition",
  responseContentEncoding: "response-content-encoding",
  responseContentLanguage: "response-content-language",
  responseContentType: "response-content-type",
  responseExpires: "response-expires",
  startAfter: "start-after",
  uploadId: "uploadId",
  uploadIdMarker: "upload-id-marker",
  versionId: "versionId",
  versionIdMarker: "version-id-marker",
};

/** The headers of an input, and its query parameters, in no order. */
export function readInput(input: object): { headers: Record<string, string>; query: [string, string][] } {
  const headers: Record<string, string> = {};
  const query: [string, string][] = [];
  for (const [field, value] of Object.entries(input) as [string, unknown][]) {
    if (value === undefined) continue;
    const header = headerNames[field];
    if (header !== undefined) headers[header] = headerValue(field, value);
    const parameter = queryNames[field];
    if (parameter !== undefined) query.push([parameter, plainText(value)]);
  }
  const {
    metadata,
    copySource,
    checksum,
    encryption,
    customerKey,
    copySourceCustomerKey,
    headers: further,
  } = input as {
    metadata?: Record<string, string>;
    copySource?: CopySource;
    checksum?: Checksum;
    encryption?: RequestedEncryption;
    customerKey?: Uint8Array | string;
    copySourceCustomerKey?: Uint8Array | string;
    headers?: Record<string, string>;
  };
  if (metadata !== undefined) Object.assign(headers, writeMetadata(metadata));
  if (encryption !== undefined) {
    headers[encryptionHeader] = encryption.algorithm;
    if (encryption.kmsKeyId !== undefined) headers[kmsKeyHeader] = encryption.kmsKeyId;
  }
  if (customerKey !== undefined) Object.assign(headers, customerKeyHeaders(customerKey));
  if (copySourceCustomerKey !== undefined) {
    Object.assign(headers, customerKeyHeaders(copySourceCustomerKey, "source"));
  }
  if (copySource !== undefined) headers["x-amz-copy-source"] = copySourceHeader(copySource);
  if (checksum !== undefined) headers[checksumHeader(checksum.algorithm)] = checksum.value;
  for (const [name, value] of Object.entries(further ?? {})) headers[name.toLowerCase()] = value;
  return { headers, query };
}

/**
 * A query, percent-encoded. `fixed` holds parameters such as `list-type=2` and `acl`, which has no value.
 *
 * @example
 * writeQuery(["list-type=2"], [["prefix", "a b"]]); // "list-type=2&prefix=a%20b"
 */
export function writeQuery(fixed: readonly string[], pairs: readonly (readonly [string, string])[]): string {
  return [...fixed, ...pairs.map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)].join("&");
}

function headerValue(field: string, value: unknown): string {
  const text =
    field === "tagging" && typeof value === "object"
      ? taggingHeader(value as Tags)
      : field === "objectLockRetainUntilDate" && value instanceof Date
        ? value.toISOString()
        : plainText(value);
  if (etagFields.has(field)) return quoted(text);
  // A header carries ASCII; a file's name in another script is written as RFC 6266 and 8187 say.
  if (/[^\t\x20-\x7e]/.test(text)) {
    const way = field === "contentDisposition" ? ` as filename*=UTF-8''${uriEncode("naïve.txt")} does` : "";
    throw new TypeError(`${field} is ${JSON.stringify(text)}: it must be ASCII. Percent-encode it${way}.`);
  }
  return text;
}

/** Several ETags may stand in one condition, each in its own quotes already. */
function quoted(etag: string): string {
  return etag === "*" || etag.includes('"') ? etag : `"${etag}"`;
}

function plainText(value: unknown): string {
  return value instanceof Date ? value.toUTCString() : String(value);
}

/** Encoded, without a slash before it: AWS takes one, others take it for part of the name. */
function copySourceHeader({ bucket, key, versionId }: CopySource): string {
  const path = `${uriEncode(bucket)}/${uriEncode(key, { slash: false })}`;
  return versionId === undefined ? path : `${path}?versionId=${uriEncode(versionId)}`;
}
