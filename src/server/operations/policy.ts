/** GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus. */

import { updateBucket } from "../../engine/buckets.ts";
import type { Engine } from "../../engine/types.ts";
import { findUserById, findUserByName } from "../../engine/users.ts";
import { policyStatusXml } from "../../s3/documents/policy-status.ts";
import { S3Error } from "../../s3/errors.ts";
import { malformedPolicy } from "../../s3/policy/malformed.ts";
import { parsePolicy } from "../../s3/policy/parse.ts";
import type { BucketPolicy } from "../../s3/policy/policy.ts";
import { isPublicPolicy } from "../../s3/policy/public.ts";
import { isPublicGrant } from "../authorize.ts";
import { policyOf } from "../bucket-policy.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html */
export function getBucketPolicy({ bucket }: BucketContext): Promise<S3Response> {
  if (bucket.policy === undefined) {
    throw new S3Error("NoSuchBucketPolicy", { details: { BucketName: bucket.name } });
  }
  // To the letter what was put.
  return Promise.resolve({
    status: 200,
    headers: { "content-type": "application/json" },
    body: bucket.policy,
  });
}

/**
 * `x-amz-confirm-remove-self-bucket-access` is taken and changes nothing: the bucket's owner, who alone may put a policy,
 * is what the root user of an account is on AWS, and cannot be locked out of it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
 */
export async function putBucketPolicy(context: BucketContext): Promise<S3Response> {
  const { site, bucket } = context;
  const text = await readSettings(context);
  const policy = parsePolicy(text, bucket.name);
  const policyUsers = await findPrincipals(site.engine, policy);
  await updateBucket(site.engine, bucket.name, ({ publicAccessBlock }) => {
    if (publicAccessBlock?.blockPublicPolicy === true && isPublicPolicy(policy)) {
      throw new S3Error("AccessDenied", {
        message:
          "Access Denied: the bucket's public access block has BlockPublicPolicy on, and this policy is public.",
      });
    }
    return { policy: text, policyUsers };
  });
  return { status: 204, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html */
export async function deleteBucketPolicy({ site, bucket }: BucketContext): Promise<S3Response> {
  await updateBucket(site.engine, bucket.name, () => ({ policy: undefined, policyUsers: undefined }));
  return { status: 204, headers: {} };
}

/**
 * AWS answers NoSuchBucketPolicy for a bucket without a policy. Ceph's answer says more: whether the bucket is public, by
 * its policy or by its ACL.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html
 */
export function getBucketPolicyStatus({ bucket }: BucketContext): Promise<S3Response> {
  const byPolicy = bucket.policy !== undefined && policyOf(bucket).isPublic;
  const byAcl = bucket.publicAccessBlock?.ignorePublicAcls !== true && bucket.grants.some(isPublicGrant);
  return Promise.resolve(xmlResponse(policyStatusXml(byPolicy || byAcl)));
}

/**
 * Users that a policy names must exist, as on AWS: a misspelt name would make a Deny that never denies. Whoever gets a name
 * later is not whom the policy means.
 *
 * @returns Canonical ids of users that are called by a name, by that name.
 * @throws {S3Error} `MalformedPolicy`.
 */
async function findPrincipals(
  engine: Engine,
  { statements }: BucketPolicy,
): Promise<Record<string, string> | undefined> {
  const ids = new Map<string, string>();
  for (const entry of statements.flatMap(({ principals }) => principals.entries)) {
    if (entry.type === "id" && (await findUserById(engine, entry.id)) === null) throw noUser(entry.id);
    if (entry.type !== "name") continue;
    const user = await findUserByName(engine, entry.name);
    if (user === null || (entry.account !== "" && entry.account !== user.id)) throw noUser(entry.name);
    ids.set(user.name, user.id);
  }
  return ids.size === 0 ? undefined : Object.fromEntries(ids);
}

function noUser(name: string): S3Error {
  return malformedPolicy(`Invalid principal in policy: there is no user ${JSON.stringify(name)}`);
}
