/**
 * What goes into the operations: the inputs' types, and the table that says which field of an input is which header or
 * query parameter. The names are S3's own in camelCase, so that AWS's reference is the reference here.
 */

import type { CannedAcl } from "../s3/acl.ts";
import type { Checksum, ChecksumAlgorithm } from "../s3/checksums.ts";
import type { ObjectOwnership } from "../s3/documents/ownership-controls.ts";
import type { CompletedPart } from "../s3/documents/multipart.ts";
import type { ObjectAttribute } from "../s3/documents/object-attributes.ts";
import { checksumHeader } from "../s3/checksums.ts";
import { uriEncode } from "../s3/encoding.ts";
import { writeMetadata } from "../s3/metadata.ts";
import {
  customerKeyHeaders,
  encryptionHeader,
  kmsKeyHeader,
  type RequestedEncryption,
} from "../s3/server-side-encryption.ts";
import { type Tags, taggingHeader } from "../s3/tags.ts";
import type { Body } from "./bodies.ts";

export interface BucketInput {
  readonly bucket: string;
  /** Further headers, by lower-case name: the way to what has no field here. They are signed. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface ObjectInput extends BucketInput {
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** The customer's own key of an object: 32 bytes, or those in base64. S3 wants it by TLS, and keeps nothing of it. */
export interface CustomerKeyInput {
  readonly customerKey?: Uint8Array | string | undefined;
}

/** How what is written is encrypted on the server's disk. Default: as the bucket says. */
export interface EncryptionInput extends CustomerKeyInput {
  readonly encryption?: RequestedEncryption | undefined;
}

/** What is stored beside an object's bytes. */
export interface ObjectProperties {
  readonly cacheControl?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  /** Default: the Blob's own type, else `application/octet-stream`. */
  readonly contentType?: string | undefined;
  readonly expires?: Date | string | undefined;
  /** Any Unicode text; at most 2 KB in all. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly storageClass?: string | undefined;
  /** Values by key, or as a query: `name=value&other=value`. */
  readonly tagging?: string | Tags | undefined;
  readonly websiteRedirectLocation?: string | undefined;
}

/** Who gets rights with the request: a canned ACL, or grants such as `id="…"`, `emailAddress="…"`, `uri="…"`. */
export interface AclInput {
  readonly acl?: CannedAcl | undefined;
  readonly grantFullControl?: string | undefined;
  readonly grantRead?: string | undefined;
  readonly grantReadAcp?: string | undefined;
  readonly grantWrite?: string | undefined;
  readonly grantWriteAcp?: string | undefined;
}

/** What must hold of an object before it is read. ETags without quotes, or `*`. */
export interface ReadConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: Date | undefined;
  readonly ifUnmodifiedSince?: Date | undefined;
}

/** What must hold of an object before it is replaced: its ETag, or `*` with ifNoneMatch that there is none. */
export interface WriteConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: "*" | undefined;
}

/** Headers that the answer is to have instead of the object's own. */
export interface ResponseOverrides {
  readonly responseCacheControl?: string | undefined;
  readonly responseContentDisposition?: string | undefined;
  readonly responseContentEncoding?: string | undefined;
  readonly responseContentLanguage?: string | undefined;
  readonly responseContentType?: string | undefined;
  readonly responseExpires?: Date | string | undefined;
}

/** A checksum of the body: an algorithm to compute it by, or the checksum itself. */
export interface ChecksumInput {
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  readonly checksum?: Pick<Checksum, "algorithm" | "value"> | undefined;
  /** Base64. */
  readonly contentMd5?: string | undefined;
}

export interface CreateBucketInput extends BucketInput, AclInput {
  /** The region for the bucket. Default: the client's, which on AWS's us-east-1 is not spelled out. */
  readonly locationConstraint?: string | undefined;
  /** Who owns what others write into the bucket, and whether its ACLs count. Default: the server's. */
  readonly objectOwnership?: ObjectOwnership | undefined;
}

export interface PutBucketPolicyInput extends BucketInput {
  /** JSON, or an object that becomes it. */
  readonly policy: string | object;
  /** That the policy may take from whoever puts it the right to change it again. */
  readonly confirmRemoveSelfBucketAccess?: boolean | undefined;
}

export interface ListBucketsInput {
  readonly prefix?: string | undefined;
  readonly maxBuckets?: number | undefined;
  /** Only buckets of this region. */
  readonly bucketRegion?: string | undefined;
  readonly continuationToken?: string | undefined;
}

interface ListInput extends BucketInput {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  /** 1 to 1,000. */
  readonly maxKeys?: number | undefined;
}

export interface ListObjectsInput extends ListInput {
  /** The page begins after this key. */
  readonly marker?: string | undefined;
}

export interface ListObjectsV2Input extends ListInput {
  readonly continuationToken?: string | undefined;
  /** The first page begins after this key. */
  readonly startAfter?: string | undefined;
  /** Whether the objects' owners are told. */
  readonly fetchOwner?: boolean | undefined;
}

export interface PutObjectInput
  extends BucketInput, ObjectProperties, AclInput, WriteConditions, ChecksumInput, EncryptionInput {
  readonly key: string;
  readonly body: Body;
  /** The length of a stream, in bytes. A stream of unknown length is for upload(). */
  readonly contentLength?: number | undefined;
}

export interface GetObjectInput extends ObjectInput, ReadConditions, ResponseOverrides, CustomerKeyInput {
  /** `bytes=0-99`, `bytes=100-` or `bytes=-100`. */
  readonly range?: string | undefined;
  /** One part of an object that was uploaded in parts. */
  readonly partNumber?: number | undefined;
}

export interface HeadObjectInput extends GetObjectInput {
  /** Whether to tell the checksum. Default: as the client's responseChecksums. */
  readonly checksumMode?: "ENABLED" | undefined;
}

export interface GetObjectAttributesInput extends ObjectInput, CustomerKeyInput {
  readonly attributes: readonly ObjectAttribute[];
  /** Parts of one page, at most 1,000. */
  readonly objectMaxParts?: number | undefined;
  /** The page of parts begins after this one. */
  readonly objectPartNumberMarker?: number | undefined;
}

export interface DeleteObjectInput extends ObjectInput {
  /** Delete only an object with this ETag. */
  readonly ifMatch?: string | undefined;
  /** Delete only an object of this time. AWS knows it of directory buckets alone. */
  readonly ifMatchLastModifiedTime?: Date | undefined;
  /** Delete only an object of this size, in bytes. AWS knows it of directory buckets alone. */
  readonly ifMatchSize?: number | undefined;
}

export interface DeleteObjectsInput extends BucketInput {
  /** At most 1,000. */
  readonly objects: readonly { readonly key: string; readonly versionId?: string | undefined }[];
  /** Whether the answer leaves out what was deleted. */
  readonly quiet?: boolean | undefined;
}

/** What is copied. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

interface CopyConditions {
  readonly copySource: CopySource;
  readonly copySourceIfMatch?: string | undefined;
  readonly copySourceIfNoneMatch?: string | undefined;
  readonly copySourceIfModifiedSince?: Date | undefined;
  readonly copySourceIfUnmodifiedSince?: Date | undefined;
  /** The customer's key that the source is encrypted with. */
  readonly copySourceCustomerKey?: Uint8Array | string | undefined;
}

export interface CopyObjectInput
  extends BucketInput, ObjectProperties, AclInput, CopyConditions, WriteConditions, EncryptionInput {
  readonly key: string;
  /** Whether metadata and content headers are the source's or those given here. Default: COPY. */
  readonly metadataDirective?: "COPY" | "REPLACE" | undefined;
  readonly taggingDirective?: "COPY" | "REPLACE" | undefined;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
}

export interface CreateMultipartUploadInput extends BucketInput, ObjectProperties, AclInput, EncryptionInput {
  readonly key: string;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  readonly checksumType?: "FULL_OBJECT" | "COMPOSITE" | undefined;
}

interface UploadInput extends BucketInput {
  readonly key: string;
  readonly uploadId: string;
}

export interface UploadPartInput extends UploadInput, ChecksumInput, CustomerKeyInput {
  /** 1 to 10,000. */
  readonly partNumber: number;
  readonly body: Body;
  readonly contentLength?: number | undefined;
}

export interface UploadPartCopyInput extends UploadInput, CopyConditions, CustomerKeyInput {
  readonly partNumber: number;
  /** `bytes=0-99`: both ends, inclusive. */
  readonly copySourceRange?: string | undefined;
}

export interface ListPartsInput extends UploadInput {
  readonly maxParts?: number | undefined;
  readonly partNumberMarker?: number | undefined;
}

export interface ListMultipartUploadsInput extends BucketInput {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly keyMarker?: string | undefined;
  readonly uploadIdMarker?: string | undefined;
  readonly maxUploads?: number | undefined;
}

export interface CompleteMultipartUploadInput extends UploadInput, WriteConditions, CustomerKeyInput {
  readonly parts: readonly CompletedPart[];
  /** Of the whole object, where the upload was begun with the type FULL_OBJECT. */
  readonly checksum?: Checksum | undefined;
  /** The size that the object is to have, in bytes. */
  readonly mpuObjectSize?: number | undefined;
}

export type AbortMultipartUploadInput = UploadInput;

/** The fields that are headers. */
const headerNames: Readonly<Record<string, string>> = {
  acl: "x-amz-acl",
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
  mpuObjectSize: "x-amz-mp-object-size",
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
    field === "tagging" && typeof value === "object" ? taggingHeader(value as Tags) : plainText(value);
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
