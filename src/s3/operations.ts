/**
 * The operations of S3, a row each. The server routes by these rows, authorization reads what each needs, and
 * metrics and the access log are labelled with their names.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */

import type { Permission } from "./acl.ts";

/** What a request addresses: the service, one bucket, or one object. */
export type Resource = "service" | "bucket" | "object";

/** One operation of S3. */
export interface Operation {
  readonly name: string;
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE" | "OPTIONS";
  readonly resource: Resource;
  /** Query parameters that must be there; `list-type=2` names a value too. More of them make a row more specific. */
  readonly query: readonly string[];
  /** A header that must be there. */
  readonly header?: string;
  /** The action that a bucket policy names. */
  readonly action: string;
  /**
   * Who may, when no policy decides: whoever an ACL of the bucket or object grants the permission, only the bucket's
   * owner, or every authenticated user.
   */
  readonly allowed: { readonly of: "bucket" | "object"; readonly permission: Permission } | "owner" | "user";
}

type Row = readonly [
  name: string,
  method: Operation["method"],
  resource: Resource,
  query: string,
  /** `=`: of the operation's name. */
  action: string,
  allowed: `${"bucket" | "object"} ${Permission}` | "owner" | "user",
  header?: string,
];

const rows: readonly Row[] = [
  ["ListBuckets", "GET", "service", "", "s3:ListAllMyBuckets", "user"],

  ["CreateBucket", "PUT", "bucket", "", "=", "user"],
  ["DeleteBucket", "DELETE", "bucket", "", "=", "owner"],
  ["HeadBucket", "HEAD", "bucket", "", "s3:ListBucket", "bucket READ"],
  ["ListObjects", "GET", "bucket", "", "s3:ListBucket", "bucket READ"],
  ["ListObjectsV2", "GET", "bucket", "list-type=2", "s3:ListBucket", "bucket READ"],
  ["GetBucketLocation", "GET", "bucket", "location", "=", "owner"],
  ["GetBucketAcl", "GET", "bucket", "acl", "=", "bucket READ_ACP"],
  ["PutBucketAcl", "PUT", "bucket", "acl", "=", "bucket WRITE_ACP"],
  ["GetBucketCors", "GET", "bucket", "cors", "s3:GetBucketCORS", "owner"],
  ["PutBucketCors", "PUT", "bucket", "cors", "s3:PutBucketCORS", "owner"],
  ["DeleteBucketCors", "DELETE", "bucket", "cors", "s3:PutBucketCORS", "owner"],
  ["GetBucketTagging", "GET", "bucket", "tagging", "=", "owner"],
  ["PutBucketTagging", "PUT", "bucket", "tagging", "=", "owner"],
  ["DeleteBucketTagging", "DELETE", "bucket", "tagging", "s3:PutBucketTagging", "owner"],
  ["GetBucketLifecycleConfiguration", "GET", "bucket", "lifecycle", "s3:GetLifecycleConfiguration", "owner"],
  ["PutBucketLifecycleConfiguration", "PUT", "bucket", "lifecycle", "s3:PutLifecycleConfiguration", "owner"],
  [
    "GetBucketNotificationConfiguration",
    "GET",
    "bucket",
    "notification",
    "s3:GetBucketNotification",
    "owner",
  ],
  [
    "PutBucketNotificationConfiguration",
    "PUT",
    "bucket",
    "notification",
    "s3:PutBucketNotification",
    "owner",
  ],
  ["GetBucketLogging", "GET", "bucket", "logging", "=", "owner"],
  ["PutBucketLogging", "PUT", "bucket", "logging", "=", "owner"],
  ["DeleteBucketLifecycle", "DELETE", "bucket", "lifecycle", "s3:PutLifecycleConfiguration", "owner"],
  ["GetBucketPolicy", "GET", "bucket", "policy", "=", "owner"],
  ["PutBucketPolicy", "PUT", "bucket", "policy", "=", "owner"],
  ["DeleteBucketPolicy", "DELETE", "bucket", "policy", "=", "owner"],
  ["GetBucketPolicyStatus", "GET", "bucket", "policyStatus", "=", "owner"],
  ["GetPublicAccessBlock", "GET", "bucket", "publicAccessBlock", "s3:GetBucketPublicAccessBlock", "owner"],
  ["PutPublicAccessBlock", "PUT", "bucket", "publicAccessBlock", "s3:PutBucketPublicAccessBlock", "owner"],
  [
    "DeletePublicAccessBlock",
    "DELETE",
    "bucket",
    "publicAccessBlock",
    "s3:PutBucketPublicAccessBlock",
    "owner",
  ],
  ["GetBucketOwnershipControls", "GET", "bucket", "ownershipControls", "=", "owner"],
  ["PutBucketOwnershipControls", "PUT", "bucket", "ownershipControls", "=", "owner"],
  [
    "DeleteBucketOwnershipControls",
    "DELETE",
    "bucket",
    "ownershipControls",
    "s3:PutBucketOwnershipControls",
    "owner",
  ],
  ["GetBucketWebsite", "GET", "bucket", "website", "=", "owner"],
  ["PutBucketWebsite", "PUT", "bucket", "website", "=", "owner"],
  ["DeleteBucketWebsite", "DELETE", "bucket", "website", "=", "owner"],
  ["GetBucketRequestPayment", "GET", "bucket", "requestPayment", "=", "owner"],
  ["PutBucketRequestPayment", "PUT", "bucket", "requestPayment", "=", "owner"],
  [
    "GetBucketAccelerateConfiguration",
    "GET",
    "bucket",
    "accelerate",
    "s3:GetAccelerateConfiguration",
    "owner",
  ],
  [
    "PutBucketAccelerateConfiguration",
    "PUT",
    "bucket",
    "accelerate",
    "s3:PutAccelerateConfiguration",
    "owner",
  ],
  ["GetBucketReplication", "GET", "bucket", "replication", "s3:GetReplicationConfiguration", "owner"],
  ["PutBucketReplication", "PUT", "bucket", "replication", "s3:PutReplicationConfiguration", "owner"],
  ["DeleteBucketReplication", "DELETE", "bucket", "replication", "s3:PutReplicationConfiguration", "owner"],
  ...namedConfigurations("Inventory", "inventory"),
  ...namedConfigurations("Analytics", "analytics"),
  ...namedConfigurations("Metrics", "metrics"),
  ...namedConfigurations("IntelligentTiering", "intelligent-tiering"),
  ["GetBucketAbac", "GET", "bucket", "abac", "=", "owner"],
  ["PutBucketAbac", "PUT", "bucket", "abac", "=", "owner"],
  [
    "GetBucketMetadataConfiguration",
    "GET",
    "bucket",
    "metadataConfiguration",
    "s3:GetBucketMetadataTableConfiguration",
    "owner",
  ],
  ["GetBucketMetadataTableConfiguration", "GET", "bucket", "metadataTable", "=", "owner"],
  // A browser's preflight: never signed, decided by the bucket's CORS rules alone.
  ["PreflightBucket", "OPTIONS", "bucket", "", "", "owner"],
  ["PreflightObject", "OPTIONS", "object", "", "", "owner"],

  ["GetBucketEncryption", "GET", "bucket", "encryption", "s3:GetEncryptionConfiguration", "owner"],
  ["PutBucketEncryption", "PUT", "bucket", "encryption", "s3:PutEncryptionConfiguration", "owner"],
  ["DeleteBucketEncryption", "DELETE", "bucket", "encryption", "s3:PutEncryptionConfiguration", "owner"],
  ["GetBucketVersioning", "GET", "bucket", "versioning", "=", "owner"],
  ["PutBucketVersioning", "PUT", "bucket", "versioning", "=", "owner"],
  ["ListObjectVersions", "GET", "bucket", "versions", "s3:ListBucketVersions", "bucket READ"],
  [
    "GetObjectLockConfiguration",
    "GET",
    "bucket",
    "object-lock",
    "s3:GetBucketObjectLockConfiguration",
    "owner",
  ],
  [
    "PutObjectLockConfiguration",
    "PUT",
    "bucket",
    "object-lock",
    "s3:PutBucketObjectLockConfiguration",
    "owner",
  ],
  ["ListMultipartUploads", "GET", "bucket", "uploads", "s3:ListBucketMultipartUploads", "bucket READ"],
  // Every key of the body is authorized for s3:DeleteObject by itself; the ACL is one for all of them.
  ["DeleteObjects", "POST", "bucket", "delete", "s3:DeleteObject", "bucket WRITE"],
  // The identity stands in the form, so the operation authorizes when it has read the fields.
  ["PostObject", "POST", "bucket", "", "s3:PutObject", "bucket WRITE"],

  ["GetObject", "GET", "object", "", "=", "object READ"],
  ["HeadObject", "HEAD", "object", "", "s3:GetObject", "object READ"],
  ["PutObject", "PUT", "object", "", "=", "bucket WRITE"],
  ["CopyObject", "PUT", "object", "", "s3:PutObject", "bucket WRITE", "x-amz-copy-source"],
  ["DeleteObject", "DELETE", "object", "", "=", "bucket WRITE"],
  ["RenameObject", "PUT", "object", "renameObject", "s3:PutObject", "bucket WRITE"],
  ["RestoreObject", "POST", "object", "restore", "=", "object FULL_CONTROL"],
  ["GetObjectAttributes", "GET", "object", "attributes", "=", "object READ"],
  ["GetObjectAcl", "GET", "object", "acl", "=", "object READ_ACP"],
  // No permission of an ACL speaks of tags: whom it gives everything may set them, others need a policy.
  ["GetObjectTagging", "GET", "object", "tagging", "=", "object FULL_CONTROL"],
  ["PutObjectTagging", "PUT", "object", "tagging", "=", "object FULL_CONTROL"],
  ["DeleteObjectTagging", "DELETE", "object", "tagging", "=", "object FULL_CONTROL"],
  // No permission of an ACL speaks of locks either: they are the bucket owner's.
  ["GetObjectRetention", "GET", "object", "retention", "=", "owner"],
  ["PutObjectRetention", "PUT", "object", "retention", "=", "owner"],
  ["GetObjectLegalHold", "GET", "object", "legal-hold", "=", "owner"],
  ["PutObjectLegalHold", "PUT", "object", "legal-hold", "=", "owner"],
  ["PutObjectAcl", "PUT", "object", "acl", "=", "object WRITE_ACP"],

  ["CreateMultipartUpload", "POST", "object", "uploads", "s3:PutObject", "bucket WRITE"],
  ["UploadPart", "PUT", "object", "partNumber uploadId", "s3:PutObject", "bucket WRITE"],
  [
    "UploadPartCopy",
    "PUT",
    "object",
    "partNumber uploadId",
    "s3:PutObject",
    "bucket WRITE",
    "x-amz-copy-source",
  ],
  ["ListParts", "GET", "object", "uploadId", "s3:ListMultipartUploadParts", "bucket WRITE"],
  ["CompleteMultipartUpload", "POST", "object", "uploadId", "s3:PutObject", "bucket WRITE"],
  ["AbortMultipartUpload", "DELETE", "object", "uploadId", "=", "bucket WRITE"],
];

/** Of what a bucket has several configurations of, each with an id. */
function namedConfigurations(name: string, query: string): Row[] {
  const [get, put] = [`s3:Get${name}Configuration`, `s3:Put${name}Configuration`];
  return [
    [`ListBucket${name}Configurations`, "GET", "bucket", query, get, "owner"],
    [`GetBucket${name}Configuration`, "GET", "bucket", `${query} id`, get, "owner"],
    [`PutBucket${name}Configuration`, "PUT", "bucket", `${query} id`, put, "owner"],
    [`DeleteBucket${name}Configuration`, "DELETE", "bucket", `${query} id`, put, "owner"],
  ];
}

/** Every operation, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  rows.map(([name, method, resource, query, action, allowed, header]) => [
    name,
    {
      name,
      method,
      resource,
      query: query === "" ? [] : query.split(" "),
      action: action === "=" ? `s3:${name}` : action,
      allowed: parseAllowed(allowed),
      ...(header === undefined ? {} : { header }),
    },
  ]),
);

function parseAllowed(rule: Row[5]): Operation["allowed"] {
  if (rule === "owner" || rule === "user") return rule;
  const [of, permission] = rule.split(" ") as ["bucket" | "object", Permission];
  return { of, permission };
}
