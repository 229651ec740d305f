/** The client: `import { connectS3 } from "stowage/client"`. Export lists only. */

export { ACL, CannedACL, Grant, Policy } from "./client/acl.ts";
export { Bucket } from "./client/bucket.ts";
export {
  connectS3,
  OrdinaryCallingFormat,
  ProtocolIndependentOrdinaryCallingFormat,
  S3Connection,
  SubdomainCallingFormat,
  VHostCallingFormat,
} from "./client/connection.ts";
export { BucketLogging } from "./client/bucket-logging.ts";
export { Expiration, Lifecycle, Transition } from "./client/lifecycle.ts";
export { CORSConfiguration } from "./client/cors.ts";
export {
  CredentialsError,
  S3ConnectionError,
  S3CopyError,
  S3CreateError,
  S3DataError,
  S3PermissionsError,
  S3ResponseError,
} from "./client/errors.ts";
export { DeleteMarker, Prefix, ResultSet } from "./client/listed.ts";
export { Key } from "./client/key.ts";
export { Listing } from "./client/listing.ts";
export { MultiPartUpload } from "./client/multipart-upload.ts";
export { ObjectBody } from "./client/object-body.ts";
export { S3Client } from "./client/s3-client.ts";
export { Tag, Tags, TagSet } from "./client/tags.ts";
export { User } from "./client/user.ts";
export { RoutingRule, RoutingRules, WebsiteConfiguration } from "./client/website.ts";
export { S3Error } from "./s3/errors.ts";

export type { GrantOptions } from "./client/acl.ts";
export type { Body, FileHandleLike } from "./client/bodies.ts";
export type { ListVersionsOptions, VersionEntry } from "./client/bucket-versions.ts";
export type { GetKeyOptions, ListOptions, RecursiveOptions } from "./client/bucket.ts";
export type {
  CreateBucketOptions,
  GenerateUrlOptions,
  GetBucketOptions,
  Method,
  PostForm,
  PostFormOptions,
} from "./client/connection.ts";
export type { ChangedMetadata, ChangeMetadataOptions, MetadataChange } from "./client/change-metadata.ts";
export type { Copied, CopyOptions } from "./client/copy.ts";
export type {
  CredentialsProvider,
  MfaCodeProvider,
  TemporaryCredentials,
} from "./client/credentials/credentials.ts";
export type { DeleteTarget } from "./client/delete-many.ts";
export type { Addressing } from "./client/endpoint.ts";
export type { HttpBody, HttpRequest, HttpResponse, Transport } from "./client/http.ts";
export type {
  AbortMultipartUploadInput,
  AclInput,
  BucketInput,
  ChecksumInput,
  CompleteMultipartUploadInput,
  CopyObjectInput,
  CopySource,
  CreateBucketInput,
  CreateMultipartUploadInput,
  DeleteObjectInput,
  DeleteObjectsInput,
  CustomerKeyInput,
  EncryptionInput,
  GetObjectAttributesInput,
  GetObjectInput,
  HeadObjectInput,
  ListBucketsInput,
  ListMultipartUploadsInput,
  BypassInput,
  ListObjectVersionsInput,
  ListObjectsInput,
  ListObjectsV2Input,
  ListPartsInput,
  LockInput,
  ObjectInput,
  PutBucketPolicyInput,
  ObjectProperties,
  PutObjectInput,
  ReadConditions,
  ResponseOverrides,
  UploadPartCopyInput,
  UploadPartInput,
  WriteConditions,
} from "./client/inputs.ts";
export type {
  CopyKeyOptions,
  GetFileOptions,
  GetOptions,
  ProgressOptions,
  PutOptions,
} from "./client/key-options.ts";
export type { CopyPartOptions, UploadPartOptions } from "./client/multipart-upload.ts";
export type { FileDownloadOptions } from "./client/node-files.ts";
export type { ObjectInfo, Versioned, Written } from "./client/outputs.ts";
export type { PresignInput } from "./client/presign.ts";
export type { BotoCallback, Progress, ProgressListener } from "./client/progress.ts";
export type { ObjectVersion } from "./client/restore-version.ts";
export type { RawAnswer, RawRequest } from "./client/request.ts";
export type { RetryOptions } from "./client/retry.ts";
export type { RequestOptions } from "./client/send.ts";
export type { ChecksumMode, S3ClientOptions, Timeouts } from "./client/settings.ts";
export type { PlanUndoOptions, Undoing, UndoScope } from "./client/undo-changes.ts";
export type { Uploaded, UploadInput, UploadOptions } from "./client/upload.ts";
export type { WriteTarget } from "./client/write-target.ts";
export type { AccessControlPolicy, CannedAcl, Grantee, Group, Owner, Permission } from "./s3/acl.ts";
export type { Checksum, ChecksumAlgorithm, ChecksumType, ClientChecksumAlgorithm } from "./s3/checksums.ts";
export type { Payer } from "./client/bucket-settings.ts";
export type { Redirect, RedirectTarget, RoutingCondition } from "./s3/website.ts";
export type { RuleOptions, TimeOptions } from "./client/lifecycle.ts";
export type { CorsMethod, CorsRule } from "./s3/cors.ts";
export type {
  LifecycleConfiguration,
  LifecycleExpiration,
  LifecycleFilter,
  LifecycleRule,
  LifecycleTag,
  LifecycleTime,
  LifecycleTransition,
  NoncurrentVersionExpiration,
  NoncurrentVersionTransition,
  TransitionMinimum,
} from "./s3/lifecycle.ts";
export type { BucketLogging as PlainBucketLogging, LogKeyFormat } from "./s3/logging.ts";
export type { Notification, NotificationKind } from "./s3/notification.ts";
export type { Credentials } from "./s3/credentials.ts";
export type { CopyResult } from "./s3/documents/copy-result.ts";
export type { DeletedObject, DeleteFailure, DeleteResult } from "./s3/documents/delete.ts";
export type { BucketList, ListedBucket } from "./s3/documents/list-buckets.ts";
export type { ListedObject, ObjectListV1, ObjectListV2 } from "./s3/documents/list-objects.ts";
export type { ListedVersion, ObjectVersionList } from "./s3/documents/list-versions.ts";
export type { VersioningConfiguration } from "./s3/documents/versioning.ts";
export type { DefaultRetention, LegalHold, ObjectLock, Retention, RetentionMode } from "./s3/object-lock.ts";
export type {
  CompletedPart,
  CompletedUpload,
  InitiatedUpload,
  ListedPart,
  ListedUpload,
  PartList,
  UploadList,
} from "./s3/documents/multipart.ts";
export type {
  AttributePart,
  AttributeParts,
  ObjectAttribute,
  ObjectAttributesResult,
} from "./s3/documents/object-attributes.ts";
export type { ObjectOwnership } from "./s3/documents/ownership-controls.ts";
export type { PublicAccessBlock } from "./s3/documents/public-access-block.ts";
export type { BucketEncryption, RequestedEncryption } from "./s3/server-side-encryption.ts";
export type { PostCondition } from "./s3/build-post-policy.ts";
