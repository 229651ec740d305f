/** The table that says which field of an input is which header or query parameter, and how it is written. */

import { checkNames, type KnownNames, requireField } from "../s3/known-names.ts";
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
  ...dashedNames("", [
    "cacheControl",
    "contentDisposition",
    "contentEncoding",
    "contentLanguage",
    "contentMd5",
    "contentType",
    "expires",
    "ifMatch",
    "ifModifiedSince",
    "ifNoneMatch",
    "ifUnmodifiedSince",
    "range",
  ]),
  ...dashedNames("x-amz-", [
    "acl",
    "bypassGovernanceRetention",
    "checksumMode",
    "checksumType",
    "confirmRemoveSelfBucketAccess",
    "copySourceIfMatch",
    "copySourceIfModifiedSince",
    "copySourceIfNoneMatch",
    "copySourceIfUnmodifiedSince",
    "copySourceRange",
    "grantFullControl",
    "grantRead",
    "grantReadAcp",
    "grantWrite",
    "grantWriteAcp",
    "ifMatchLastModifiedTime",
    "ifMatchSize",
    "metadataDirective",
    "mfa",
    "objectLockMode",
    "objectLockRetainUntilDate",
    "objectOwnership",
    "storageClass",
    "tagging",
    "taggingDirective",
    "websiteRedirectLocation",
  ]),
  mpuObjectSize: "x-amz-mp-object-size",
  objectLockEnabledForBucket: "x-amz-bucket-object-lock-enabled",
  objectLockLegalHoldStatus: "x-amz-object-lock-legal-hold",
  objectMaxParts: "x-amz-max-parts",
  objectPartNumberMarker: "x-amz-part-number-marker",
};

/** The headers whose value is an ETag, and stands in quotes. */
const etagFields = new Set(["ifMatch", "ifNoneMatch", "copySourceIfMatch", "copySourceIfNoneMatch"]);

/** The fields that are query parameters. */
const queryNames: Readonly<Record<string, string>> = {
  ...dashedNames("", [
    "bucketRegion",
    "continuationToken",
    "delimiter",
    "fetchOwner",
    "keyMarker",
    "marker",
    "maxBuckets",
    "maxKeys",
    "maxParts",
    "maxUploads",
    "partNumberMarker",
    "prefix",
    "responseCacheControl",
    "responseContentDisposition",
    "responseContentEncoding",
    "responseContentLanguage",
    "responseContentType",
    "responseExpires",
    "startAfter",
    "uploadIdMarker",
    "versionIdMarker",
  ]),
  partNumber: "partNumber",
  uploadId: "uploadId",
  versionId: "versionId",
};

/** Every field that an operation may have. */
export const inputNames: KnownNames = {
  ...headerNames,
  ...queryNames,
  // Of these it makes something else: a place, a body, several headers.
  attributes: 1,
  body: 1,
  bucket: 1,
  checksum: 1,
  checksumAlgorithm: 1,
  contentLength: 1,
  copySource: 1,
  copySourceCustomerKey: 1,
  customerKey: 1,
  days: 1,
  defaultRetention: { mode: 1, days: 1, years: 1 },
  encryption: { algorithm: 1, kmsKeyId: 1 },
  headers: 1,
  key: 1,
  legalHold: 1,
  locationConstraint: 1,
  metadata: 1,
  mfaDelete: 1,
  objects: 1,
  parts: 1,
  payer: 1,
  policy: 1,
  quiet: 1,
  retention: { mode: 1, untilMs: 1 },
  rules: 1,
  status: 1,
  tags: 1,
  website: 1,
  // What entries of listings have beside: they may be spread into an input.
  deleteMarker: 1,
  etag: 1,
  initiatedAtMs: 1,
  initiator: 1,
  isLatest: 1,
  lastModifiedMs: 1,
  owner: 1,
  size: 1,
};

/**
 * The headers of an input, and its query parameters, in no order.
 *
 * @param what Whose input it is.
 * @throws TypeError for a field that there is not, and for a value that cannot be sent.
 */
export function readInput(
  what: string,
  input: object,
  names: KnownNames = inputNames,
): { headers: Record<string, string>; query: [string, string][] } {
  checkNames(what, input, names);
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

function dashedNames(prefix: string, fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, prefix + dashed(field)]));
}

/** `contentType` as `content-type`. */
export function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
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
function copySourceHeader(source: CopySource): string {
  checkNames("copySource", source, inputNames);
  const { bucket, key, versionId } = source;
  requireField("copySource", "bucket", bucket);
  requireField("copySource", "key", key);
  const path = `${uriEncode(bucket)}/${uriEncode(key, { slash: false })}`;
  return versionId === undefined ? path : `${path}?versionId=${uriEncode(versionId)}`;
}
