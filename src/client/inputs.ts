/** What goes into the operations. The names are S3's own in camelCase, so that AWS's reference is the reference here. */

import type { CannedAcl } from "../s3/acl.ts";
import type { Checksum, ChecksumAlgorithm, ClientChecksumAlgorithm } from "../s3/checksums.ts";
import type { ObjectOwnership } from "../s3/documents/ownership-controls.ts";
import type { CompletedPart } from "../s3/documents/multipart.ts";
import type { ObjectAttribute } from "../s3/documents/object-attributes.ts";
import type { LegalHold, RetentionMode } from "../s3/object-lock.ts";
import type { RequestedEncryption } from "../s3/server-side-encryption.ts";
import type { Tags } from "../s3/tags.ts";
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

/** What keeps the version that is written from being deleted. The bucket must have object lock. */
export interface LockInput {
  /** With {@link LockInput.objectLockRetainUntilDate}. */
  readonly objectLockMode?: RetentionMode | undefined;
  readonly objectLockRetainUntilDate?: Date | undefined;
  readonly objectLockLegalHoldStatus?: LegalHold | undefined;
}

export interface BypassInput {
  /** To act on what is retained in the mode GOVERNANCE all the same, which few may. */
  readonly bypassGovernanceRetention?: boolean | undefined;
}

/** A checksum of the body: an algorithm to compute it by, or the checksum itself. */
export interface ChecksumInput {
  readonly checksumAlgorithm?: ClientChecksumAlgorithm | undefined;
  readonly checksum?: Pick<Checksum, "algorithm" | "value"> | undefined;
  /** Base64. */
  readonly contentMd5?: string | undefined;
}

export interface CreateBucketInput extends BucketInput, AclInput {
  /** The region for the bucket. Default: the client's, which on AWS's us-east-1 is not spelled out. */
  readonly locationConstraint?: string | undefined;
  readonly tags?: Tags | undefined;
  /** Object lock from the beginning, for good, and with it versions. */
  readonly objectLockEnabledForBucket?: boolean | undefined;
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

export interface ListObjectVersionsInput extends ListInput {
  /** The page begins after this key. */
  readonly keyMarker?: string | undefined;
  /** With `keyMarker`: the page begins after this version of it. */
  readonly versionIdMarker?: string | undefined;
}

export interface ListObjectsV2Input extends ListInput {
  readonly continuationToken?: string | undefined;
  /** The first page begins after this key. */
  readonly startAfter?: string | undefined;
  /** Whether the objects' owners are told. */
  readonly fetchOwner?: boolean | undefined;
}

export interface PutObjectInput
  extends
    BucketInput,
    ObjectProperties,
    AclInput,
    WriteConditions,
    ChecksumInput,
    EncryptionInput,
    LockInput {
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

export interface DeleteObjectInput extends ObjectInput, BypassInput {
  /** Delete only an object with this ETag. */
  readonly ifMatch?: string | undefined;
  /** Delete only an object of this time. AWS knows it of directory buckets alone. */
  readonly ifMatchLastModifiedTime?: Date | undefined;
  /** Delete only an object of this size, in bytes. AWS knows it of directory buckets alone. */
  readonly ifMatchSize?: number | undefined;
}

export interface DeleteObjectsInput extends BucketInput, BypassInput {
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
  extends
    BucketInput,
    ObjectProperties,
    AclInput,
    CopyConditions,
    WriteConditions,
    EncryptionInput,
    LockInput {
  readonly key: string;
  /** Whether metadata and content headers are the source's or those given here. Default: COPY. */
  readonly metadataDirective?: "COPY" | "REPLACE" | undefined;
  readonly taggingDirective?: "COPY" | "REPLACE" | undefined;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
}

export interface CreateMultipartUploadInput
  extends BucketInput, ObjectProperties, AclInput, EncryptionInput, LockInput {
  readonly key: string;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  readonly checksumType?: "FULL_OBJECT" | "COMPOSITE" | undefined;
}

interface UploadInput extends BucketInput {
  readonly key: string;
  readonly uploadId: string;
}

/** The checksum of a part is of the algorithm that the upload was begun with. Default: none. */
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
