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
  query?: string,
  /** Absent: the bucket's owner. */
  allowed?: `${"bucket" | "object"} ${Permission}` | "owner" | "user",
  /** Absent: `s3:` and the operation's name. */
  action?: string,
  header?: string,
];

const rows: Readonly<Record<Resource, readonly Row[]>> = {
  service: [["ListBuckets", "GET", "", "user", "s3:ListAllMyBuckets"]],
  bucket: [
    ["CreateBucket", "PUT", "", "user"],
    ["DeleteBucket", "DELETE"],
    ["HeadBucket", "HEAD", "", "bucket READ", "s3:ListBucket"],
    ["ListObjects", "GET", "", "bucket READ", "s3:ListBucket"],
    ["ListObjectsV2", "GET", "list-type=2", "bucket READ", "s3:ListBucket"],
    ["GetBucketLocation", "GET", "location"],
    ["GetBucketAcl", "GET", "acl", "bucket READ_ACP"],
    ["PutBucketAcl", "PUT", "acl", "bucket WRITE_ACP"],
    ["GetBucketCors", "GET", "cors", "owner", "s3:GetBucketCORS"],
    ["PutBucketCors", "PUT", "cors", "owner", "s3:PutBucketCORS"],
    ["DeleteBucketCors", "DELETE", "cors", "owner", "s3:PutBucketCORS"],
    ["GetBucketTagging", "GET", "tagging"],
    ["PutBucketTagging", "PUT", "tagging"],
    ["DeleteBucketTagging", "DELETE", "tagging", "owner", "s3:PutBucketTagging"],
    ["GetBucketLifecycleConfiguration", "GET", "lifecycle", "owner", "s3:GetLifecycleConfiguration"],
    ["PutBucketLifecycleConfiguration", "PUT", "lifecycle", "owner", "s3:PutLifecycleConfiguration"],
    ["GetBucketNotificationConfiguration", "GET", "notification", "owner", "s3:GetBucketNotification"],
    ["PutBucketNotificationConfiguration", "PUT", "notification", "owner", "s3:PutBucketNotification"],
    ["GetBucketLogging", "GET", "logging"],
    ["PutBucketLogging", "PUT", "logging"],
    ["DeleteBucketLifecycle", "DELETE", "lifecycle", "owner", "s3:PutLifecycleConfiguration"],
    ["GetBucketPolicy", "GET", "policy"],
    ["PutBucketPolicy", "PUT", "policy"],
    ["DeleteBucketPolicy", "DELETE", "policy"],
    ["GetBucketPolicyStatus", "GET", "policyStatus"],
    ["GetPublicAccessBlock", "GET", "publicAccessBlock", "owner", "s3:GetBucketPublicAccessBlock"],
    ["PutPublicAccessBlock", "PUT", "publicAccessBlock", "owner", "s3:PutBucketPublicAccessBlock"],
    ["DeletePublicAccessBlock", "DELETE", "publicAccessBlock", "owner", "s3:PutBucketPublicAccessBlock"],
    ["GetBucketOwnershipControls", "GET", "ownershipControls"],
    ["PutBucketOwnershipControls", "PUT", "ownershipControls"],
    [
      "DeleteBucketOwnershipControls",
      "DELETE",
      "ownershipControls",
      "owner",
      "s3:PutBucketOwnershipControls",
    ],
    ["GetBucketWebsite", "GET", "website"],
    ["PutBucketWebsite", "PUT", "website"],
    ["DeleteBucketWebsite", "DELETE", "website"],
    ["GetBucketRequestPayment", "GET", "requestPayment"],
    ["PutBucketRequestPayment", "PUT", "requestPayment"],
    ["GetBucketAccelerateConfiguration", "GET", "accelerate", "owner", "s3:GetAccelerateConfiguration"],
    ["PutBucketAccelerateConfiguration", "PUT", "accelerate", "owner", "s3:PutAccelerateConfiguration"],
    ["GetBucketReplication", "GET", "replication", "owner", "s3:GetReplicationConfiguration"],
    ["PutBucketReplication", "PUT", "replication", "owner", "s3:PutReplicationConfiguration"],
    ["DeleteBucketReplication", "DELETE", "replication", "owner", "s3:PutReplicationConfiguration"],
    ...namedConfigurations("Inventory", "inventory"),
    ...namedConfigurations("Analytics", "analytics"),
    ...namedConfigurations("Metrics", "metrics"),
    ...namedConfigurations("IntelligentTiering", "intelligent-tiering"),
    ["GetBucketAbac", "GET", "abac"],
    ["PutBucketAbac", "PUT", "abac"],
    [
      "GetBucketMetadataConfiguration",
      "GET",
      "metadataConfiguration",
      "owner",
      "s3:GetBucketMetadataTableConfiguration",
    ],
    ["GetBucketMetadataTableConfiguration", "GET", "metadataTable"],
    // A browser's preflight: never signed, decided by the bucket's CORS rules alone.
    ["PreflightBucket", "OPTIONS", "", "owner", ""],
    ["GetBucketEncryption", "GET", "encryption", "owner", "s3:GetEncryptionConfiguration"],
    ["PutBucketEncryption", "PUT", "encryption", "owner", "s3:PutEncryptionConfiguration"],
    ["DeleteBucketEncryption", "DELETE", "encryption", "owner", "s3:PutEncryptionConfiguration"],
    ["GetBucketVersioning", "GET", "versioning"],
    ["PutBucketVersioning", "PUT", "versioning"],
    ["ListObjectVersions", "GET", "versions", "bucket READ", "s3:ListBucketVersions"],
    ["GetObjectLockConfiguration", "GET", "object-lock", "owner", "s3:GetBucketObjectLockConfiguration"],
    ["PutObjectLockConfiguration", "PUT", "object-lock", "owner", "s3:PutBucketObjectLockConfiguration"],
    ["ListMultipartUploads", "GET", "uploads", "bucket READ", "s3:ListBucketMultipartUploads"],
    // Every key of the body is authorized for s3:DeleteObject by itself; the ACL is one for all of them.
    ["DeleteObjects", "POST", "delete", "bucket WRITE", "s3:DeleteObject"],
    // The identity stands in the form, so the operation authorizes when it has read the fields.
    ["PostObject", "POST", "", "bucket WRITE", "s3:PutObject"],
  ],
  object: [
    ["PreflightObject", "OPTIONS", "", "owner", ""],
    ["GetObject", "GET", "", "object READ"],
    ["HeadObject", "HEAD", "", "object READ", "s3:GetObject"],
    ["PutObject", "PUT", "", "bucket WRITE"],
    ["CopyObject", "PUT", "", "bucket WRITE", "s3:PutObject", "x-amz-copy-source"],
    ["DeleteObject", "DELETE", "", "bucket WRITE"],
    ["RenameObject", "PUT", "renameObject", "bucket WRITE", "s3:PutObject"],
    ["RestoreObject", "POST", "restore", "object FULL_CONTROL"],
    ["GetObjectAttributes", "GET", "attributes", "object READ"],
    ["GetObjectAcl", "GET", "acl", "object READ_ACP"],
    // No permission of an ACL speaks of tags: whom it gives everything may set them, others need a policy.
    ["GetObjectTagging", "GET", "tagging", "object FULL_CONTROL"],
    ["PutObjectTagging", "PUT", "tagging", "object FULL_CONTROL"],
    ["DeleteObjectTagging", "DELETE", "tagging", "object FULL_CONTROL"],
    // No permission of an ACL speaks of locks either: they are the bucket owner's.
    ["GetObjectRetention", "GET", "retention"],
    ["PutObjectRetention", "PUT", "retention"],
    ["GetObjectLegalHold", "GET", "legal-hold"],
    ["PutObjectLegalHold", "PUT", "legal-hold"],
    ["PutObjectAcl", "PUT", "acl", "object WRITE_ACP"],
    ["CreateMultipartUpload", "POST", "uploads", "bucket WRITE", "s3:PutObject"],
    ["UploadPart", "PUT", "partNumber uploadId", "bucket WRITE", "s3:PutObject"],
    ["UploadPartCopy", "PUT", "partNumber uploadId", "bucket WRITE", "s3:PutObject", "x-amz-copy-source"],
    ["ListParts", "GET", "uploadId", "bucket WRITE", "s3:ListMultipartUploadParts"],
    ["CompleteMultipartUpload", "POST", "uploadId", "bucket WRITE", "s3:PutObject"],
    ["AbortMultipartUpload", "DELETE", "uploadId", "bucket WRITE"],
  ],
};

/** Of what a bucket has several configurations of, each with an id. */
function namedConfigurations(name: string, query: string): Row[] {
  const [get, put] = [`s3:Get${name}Configuration`, `s3:Put${name}Configuration`];
  return [
    [`ListBucket${name}Configurations`, "GET", query, "owner", get],
    [`GetBucket${name}Configuration`, "GET", `${query} id`, "owner", get],
    [`PutBucket${name}Configuration`, "PUT", `${query} id`, "owner", put],
    [`DeleteBucket${name}Configuration`, "DELETE", `${query} id`, "owner", put],
  ];
}

/** Every operation, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  (["service", "bucket", "object"] as const).flatMap((resource) =>
    rows[resource].map(([name, method, query = "", allowed = "owner", action = `s3:${name}`, header]) => [
      name,
      {
        name,
        method,
        resource,
        query: query === "" ? [] : query.split(" "),
        action,
        allowed: parseAllowed(allowed),
        ...(header === undefined ? {} : { header }),
      },
    ]),
  ),
);

function parseAllowed(rule: NonNullable<Row[3]>): Operation["allowed"] {
  if (rule === "owner" || rule === "user") return rule;
  const [of, permission] = rule.split(" ") as ["bucket" | "object", Permission];
  return { of, permission };
}
