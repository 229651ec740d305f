/**
 * Why a test of the suite may fail. The first row whose pattern matches the whole name of a test gives its reason; a
 * test that fails and has none is a fault of ours. Rows are about tests, not about outcomes: one that passes counts.
 */

/** Kinds of reasons. `ours` counts as portable: AWS does it, and Stowage does not. */
export type Kind = "ceph" | "aws" | "suite" | "ours";

/** One row. */
export interface Reason {
  readonly kind: Kind;
  readonly pattern: RegExp;
  readonly why: string;
}

export const kinds: Readonly<Record<Kind, string>> = {
  ceph: "what Ceph has beyond S3",
  aws: "contrary to what AWS documents",
  suite: "a fault of the suite, or of its settings",
  ours: "what AWS does and Stowage does not",
};

/** Files of the suite that are not run, and why. */
export const filesLeftOut: readonly (readonly [file: string, why: string])[] = [
  [
    "test_iam.py",
    "AWS IAM, another service's API: users, groups and roles. Stowage's users are managed by `stowage user`.",
  ],
  ["test_sts.py", "AWS STS, another service's API: temporary credentials for roles."],
  ["test_sns.py", "AWS SNS, another service's API: topics. Stowage's events go to webhooks."],
  ["test_s3select.py", "SelectObjectContent, which AWS no longer offers to new customers."],
  ["test_utils.py", "It tests the suite itself, and talks to no server."],
];

/** A row for tests whose whole names are these. */
function row(kind: Kind, why: string, ...names: string[]): Reason {
  return { kind, why, pattern: new RegExp(`^(?:${names.join("|")})(?:\\[|$)`) };
}

const docs = "https://docs.aws.amazon.com/AmazonS3/latest";

export const reasons: readonly Reason[] = [
  row(
    "ceph",
    "Tenants: Ceph's users can belong to one, and its bucket names can begin with one.",
    "test_.*_tenant.*",
    "test_bucket_policy_different_tenant",
    "test_bucket_policy_tenanted_bucket",
  ),
  row(
    "ceph",
    "allow-unordered, a parameter of Ceph's for listings in any order.",
    "test_bucket_list_unordered",
    "test_bucket_listv2_unordered",
  ),
  row(
    "ceph",
    "Ceph's usage of an account or a bucket, by a parameter and headers of its own.",
    "test_account_usage",
    "test_head_bucket_usage",
    "test_bucket_head_extended",
  ),
  row(
    "aws",
    `An anonymous request has no buckets that could be listed (fails_on_aws): ${docs}/API/API_ListBuckets.html`,
    "test_list_buckets_anonymous",
  ),
  row(
    "aws",
    `x-amz-delete-marker does not appear where there is no delete marker: ${docs}/API/API_HeadObject.html`,
    "test_delete_marker_nonversioned",
  ),
  row("aws", "AWS ended BitTorrent in 2022; the operation is not implemented.", "test_get_object_torrent"),
  row(
    "aws",
    `The policy allows the log service to write the one key "log/"; Ceph asks that of the prefix, AWS of each log's key, which begins with it (fails_on_aws): ${docs}/userguide/enable-server-access-logging.html`,
    "test_bucket_logging_(?:bucket|object)_acl_required",
    "test_bucket_logging_bucket_auth_type",
    "test_bucket_logging_(?:copy|delete|get|head|put)_objects(?:_bucket)?(?:_versioned)?",
    "test_bucket_logging_mpu(?:_copy|_s|_versioned|_copy_versioned|_versioned_s)",
    "test_bucket_logging_multi_delete(?:_versioned)?",
    "test_bucket_logging_(?:multiple_prefixes|single_prefix)",
    "test_bucket_logging_permission_change_s",
    "test_bucket_logging_put_concurrency",
    "test_bucket_logging_(?:simple|partitioned)_key",
  ),
  row("ceph", "Ceph answers with a TargetObjectKeyFormat that nobody set.", "test_put_bucket_logging"),
  row(
    "ceph",
    "Ceph's headers about logging on the answer to HeadBucket, and what it says of a log's flush.",
    "test_bucket_logging_mtime",
    "test_bucket_logging_request_id",
  ),
  row(
    "aws",
    `Source and target of logs have one owner, and every other target is InvalidTargetBucketForLogging (fails_on_aws): ${docs}/API/API_PutBucketLogging.html`,
    "test_put_bucket_logging_(?:account_s|errors|permissions|policy_wildcard|policy_wildcard_objects)",
  ),
  row(
    "aws",
    `A statement of a policy without a Resource is refused (fails_on_aws): ${docs}/userguide/s3-bucket-user-policy-specifying-principal-intro.html`,
    "test_bucket_logging_owner",
  ),
  row(
    "aws",
    `The answer for a key that is not there has x-amz-delete-marker only where there is a marker: ${docs}/API/API_GetObject.html`,
    "test_delete_marker_(?:nonversioned|expiration)",
  ),
  row(
    "aws",
    `"If the ETag matches or if the object doesn't exist, the operation will return a 204" (fails_on_aws): ${docs}/API/API_DeleteObject.html`,
    "test_delete_objects?_current_if_match(?:_last_modified_time|_size)?",
  ),
  row(
    "aws",
    `In us-east-1, creating one's own bucket again is 200: ${docs}/API/API_CreateBucket.html`,
    "test_bucket_recreate_(?:new|overwrite)_acl",
  ),
  row(
    "suite",
    "It lists the same part twice, by two ETags, the first of which was replaced; AWS wants parts in ascending order.",
    "test_multipart_resend_first_finishes_last",
  ),
  row(
    "aws",
    `Metadata beyond US-ASCII comes back by RFC 2047: ${docs}/userguide/UsingMetadata.html`,
    "test_object_set_get_unicode_metadata",
  ),
  row(
    "aws",
    `A part number that an object does not have is 416 InvalidPartNumber: ${docs}/API/ErrorResponses.html`,
    "test_multipart_get_part",
    "test_multipart_single_get_part",
    "test_non_multipart_get_part",
    "test_(?:non_)?multipart_sse_c_get_part",
  ),
  row(
    "aws",
    `An action on objects with a bucket alone as its resource is MalformedPolicy, "Action does not apply to any resource(s) in statement": ${docs}/userguide/security_iam_service-with-iam.html`,
    "test_bucket_policy_multipart",
  ),
  row(
    "aws",
    `PutObject with an ACL in its headers needs s3:PutObjectAcl too: ${docs}/API/API_PutObject.html`,
    "test_bucket_policy_put_obj_grant",
  ),
  row(
    "aws",
    `A bucket's owner needs no Allow, so one that does not apply refuses nothing (fails_on_rgw): ${docs}/userguide/how-s3-evaluates-access-control.html`,
    "test_bucket_policy_set_condition_operator_end_with_IfExists",
  ),
  row(
    "suite",
    "It adds the tag to the other client's requests, so this one comes without (fails_on_rgw).",
    "test_bucket_policy_put_obj_request_obj_tag",
  ),
  row(
    "suite",
    `With encoding-type=url the Prefix is encoded, too, and boto3 does not decode it in this version of the listing: ${docs}/API/API_ListObjects.html`,
    "test_bucket_list_prefix_unreadable",
  ),
  row(
    "suite",
    "Written for Python 2: in Python 3 the key is valid UTF-8, as which it is sent.",
    "test_object_read_unreadable",
  ),
  row(
    "suite",
    "boto3 signs after the test changed the header, so a good request arrives (fails_on_rgw).",
    "test_(?:object|bucket)_create_bad_authorization_(?:empty|none)",
    "test_(?:object|bucket)_create_bad_authorization_(?:incorrect|invalid)_aws2",
    "test_(?:object|bucket)_create_bad_date_none_aws2",
    "test_object_create_bad_contentlength_none",
  ),
  row(
    "aws",
    `A wrong customer key is 403 AccessDenied; the suite wants 400: ${docs}/userguide/ServerSideEncryptionCustomerKeys.html`,
    "test_encryption_sse_c_other_key",
    "test_encryption_sse_c_multipart_bad_download",
  ),
  row(
    "aws",
    `Completion wants the customer key where the upload has checksums; the suite wants it on all: ${docs}/API/API_CompleteMultipartUpload.html`,
    "test_copy_part_enc\\[.*-sse-c-.*",
  ),
  row(
    "aws",
    `A field that the policy names must be in the form, also by starts-with "": ${docs}/API/sigv4-HTTPPOSTConstructPolicy.html`,
    "test_sse_(?:s3|kms)_default_post_object_authenticated_request",
  ),
];

/** The reason for a test, or null. */
export function reasonFor(name: string): Reason | null {
  return reasons.find(({ pattern }) => pattern.test(name)) ?? null;
}
