/**
 * The condition keys of S3 and the global ones. A key that no request here has a value for, such as `aws:SourceVpce`, is
 * as it is on AWS for a request that did not come through a VPC: not there.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */

import { malformedPolicy } from "./malformed.ts";

const s3Keys: ReadonlySet<string> = new Set(
  `accessgrantsinstancearn accesspointnetworkorigin accesspointtag authtype bucketkeyenabled buckettag
  createsource dataaccesspointaccount dataaccesspointarn delimiter existingjoboperation existingjobpriority existingobjecttag
  if-match if-none-match inventoryaccessibleoptionalfields isbuckettagset isreplicationpauserequest
  isreplicationservicerole jobsuspendedcause locationconstraint max-keys
  object-lock-legal-hold object-lock-mode object-lock-remaining-retention-days object-lock-retain-until-date
  objectcreationoperation prefix requestjoboperation requestjobpriority requestobjecttag requestobjecttagkeys
  resourceaccount signatureage signatureversion tlsversion versionid
  x-amz-acl x-amz-content-sha256 x-amz-copy-source x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp
  x-amz-grant-write x-amz-grant-write-acp x-amz-metadata-directive x-amz-object-ownership x-amz-server-side-encryption
  x-amz-server-side-encryption-aws-kms-key-id x-amz-server-side-encryption-customer-algorithm x-amz-storage-class
  x-amz-website-redirect-location`.split(/\s+/),
);

/** Those whose name goes on behind a slash. */
const taggedKeys = /^s3:(?:existingobjecttag|requestobjecttag|buckettag|accesspointtag)\/.+$/;
const globalKey = /^aws:[a-z0-9]+(?:\/.+)?$/;

/**
 * Refuses a key that S3 does not know: a misspelt one would make a Deny that never denies.
 *
 * @throws {S3Error} `MalformedPolicy`.
 */
export function checkConditionKey(key: string): void {
  const lower = key.toLowerCase();
  if (globalKey.test(lower) || taggedKeys.test(lower)) return;
  if (lower.startsWith("s3:") && s3Keys.has(lower.slice("s3:".length))) return;
  throw malformedPolicy(`Policy has an invalid condition key: "${key}"`);
}
