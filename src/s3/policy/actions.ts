/**
 * The actions that a bucket policy may name, by what they are done to.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-actions-as-permissions
 */

import { compilePattern, matchPattern } from "./pattern.ts";

const objectActions = `AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion
  DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention
  GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes
  GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication
  ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention
  PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags RenameObject
  RestoreObject UpdateObjectEncryption`;

const bucketActions = `CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket
  DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration
  GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
  GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls
  GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging
  GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetIntelligentTieringConfiguration
  GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration ListBucket
  ListBucketMultipartUploads ListBucketVersions ListTagsForResource PutAccelerateConfiguration PutAnalyticsConfiguration
  PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration
  PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging
  PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration PutIntelligentTieringConfiguration
  PutInventoryConfiguration PutLifecycleConfiguration PutMetricsConfiguration PutReplicationConfiguration TagResource
  UntagResource UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration`;

/** Of the account, so that no bucket's policy can speak of them. */
const accountActions = `ListAllMyBuckets GetAccountPublicAccessBlock PutAccountPublicAccessBlock`;

/** Every action by its name in lower case, such as `s3:getobject`, and what it is done to. */
export const actions: ReadonlyMap<string, "object" | "bucket" | "account"> = new Map<
  string,
  "object" | "bucket" | "account"
>([...rows(objectActions, "object"), ...rows(bucketActions, "bucket"), ...rows(accountActions, "account")]);

function rows<T extends string>(names: string, of: T): [string, T][] {
  return names.split(/\s+/).map((name) => [`s3:${name.toLowerCase()}`, of]);
}

/** What the actions are done to that a pattern in lower case stands for: empty where there are none. */
export function targetsOf(pattern: string): ReadonlySet<"object" | "bucket" | "account"> {
  const exact = actions.get(pattern);
  if (exact !== undefined) return new Set([exact]);
  if (!/[*?]/.test(pattern)) return new Set();
  const compiled = compilePattern(pattern, { wildcards: true, variables: false });
  return new Set(
    [...actions].filter(([name]) => matchPattern(compiled, name, () => undefined)).map(([, of]) => of),
  );
}
