/**
 * Whether somebody may do something: the one place that knows. An explicit Deny of the bucket's policy beats everything;
 * what the policy allows is allowed; for the rest owners and access control lists decide, as far as the bucket's ownership
 * controls and public access block let them.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-s3-evaluates-access-control.html
 */

import type { Bucket, ObjectInfo, Upload } from "../engine/types.ts";
import { type Grant, grantsAllow, type Permission } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";
import { evaluatePolicy } from "../s3/policy/policy.ts";
import { anonymous } from "./authenticate.ts";
import { policyOf } from "./bucket-policy.ts";
import type { Asking, Context, Identity } from "./context.ts";
import { policyValues, type Subject } from "./policy-values.ts";
import { actionOn, requiredActions } from "./required-actions.ts";
import { refusesToPay } from "./requester-pays.ts";

/**
 * Permits the operation of a request on the service, on a bucket, or on a key by what its bucket grants.
 *
 * @throws {S3Error} `AccessDenied`.
 */
export function authorize(context: Context, bucket: Bucket | null): void {
  const { operation, identity, request, key } = context;
  const { allowed } = operation;
  if (allowed === "user" || bucket === null) {
    if (identity.anonymous) throw new S3Error("AccessDenied");
    return;
  }
  if (refusesToPay(context, bucket)) throw new S3Error("AccessDenied");
  const owns = isOwner(identity, bucket);
  // However a policy reads, its owner is not locked out, as the root user of an account is not on AWS.
  if (owns && policyActions.has(operation.action)) return;
  const versionId = request.params.get("versionId");
  const byList =
    owns ||
    (operation.name === "DeleteObject"
      ? mayDeleteByList(identity, bucket, versionId)
      : allowed !== "owner" && allowed.of === "bucket" && mayOnBucket(identity, bucket, allowed.permission));
  if (bucket.policy === undefined) {
    if (!byList) throw new S3Error("AccessDenied");
  } else {
    const actions = requiredActions(operation, request.headers, versionId);
    const subject = { key: key === "" ? undefined : key, versionId };
    if (!permits(context, bucket, actions, byList, subject)) throw new S3Error("AccessDenied");
  }
  // "If you have the correct permissions, but you're not using an identity that belongs to the bucket owner's account,
  // Amazon S3 returns a 405 Method Not Allowed error."
  if (policyActions.has(operation.action)) throw new S3Error("MethodNotAllowed");
}

const policyActions: ReadonlySet<string> = new Set([
  "s3:GetBucketPolicy",
  "s3:PutBucketPolicy",
  "s3:DeleteBucketPolicy",
]);

/** The object that a permission is asked for. */
export interface ObjectRight {
  readonly key: string;
  readonly versionId?: string | undefined;
  /** `null` where there is no such object. */
  readonly info: ObjectInfo | null;
  /** What is told of an object that is not there, to who may know. */
  readonly missing: S3Error | undefined;
  readonly permission: Permission;
  readonly actions: readonly string[];
}

/**
 * Permits the operation of a request on the object that it names.
 *
 * @param info `null` where there is no such object. Only who may list the bucket is told so.
 * @param missing What they are told: `NoSuchKey`, `NoSuchVersion`, or of a delete marker.
 * @throws {S3Error} `AccessDenied`, or `missing`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions"
 */
export function authorizeObject(
  context: Context,
  bucket: Bucket,
  info: ObjectInfo | null,
  missing: S3Error | undefined,
): asserts info is ObjectInfo {
  const { operation, request, key } = context;
  const { permission } = operation.allowed as { permission: Permission };
  const versionId = request.params.get("versionId");
  // Only a policy speaks of actions, and most buckets have none.
  const actions = bucket.policy === undefined ? [] : requiredActions(operation, request.headers, versionId);
  demandObject(context, bucket, { key, versionId, info, missing, permission, actions });
}

/**
 * Whether an object that is there may be read.
 *
 * @param versionId Where a version is named.
 */
export function mayRead(asking: Asking, bucket: Bucket, info: ObjectInfo, versionId?: string): boolean {
  const byList = mayOnObject(asking.identity, bucket, info, "READ");
  const subject = { key: info.key, versionId, info };
  return permits(asking, bucket, [actionOn("s3:GetObject", versionId)], byList, subject);
}

/**
 * Permits reading the source of a copy.
 *
 * @throws {S3Error} As {@link authorizeObject}.
 */
export function authorizeSource(
  context: Context,
  bucket: Bucket,
  source: Omit<ObjectRight, "permission" | "actions">,
): void {
  const actions = [actionOn("s3:GetObject", source.versionId)];
  demandObject(context, bucket, { ...source, permission: "READ", actions });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions" */
function demandObject(asking: Asking, bucket: Bucket, right: ObjectRight): void {
  const { key, versionId, info, missing, permission, actions } = right;
  if (refusesToPay(asking, bucket)) throw new S3Error("AccessDenied");
  if (info === null) {
    const mayList = mayOnBucket(asking.identity, bucket, "READ");
    const isDenied = !permits(asking, bucket, actions, true, { key, versionId });
    if (isDenied || !permits(asking, bucket, ["s3:ListBucket"], mayList, { prefix: key })) {
      throw new S3Error("AccessDenied");
    }
    throw missing ?? new S3Error("NoSuchKey", { details: { Key: key } });
  }
  const byList = mayOnObject(asking.identity, bucket, info, permission);
  if (!permits(asking, bucket, actions, byList, { key, versionId, info })) throw new S3Error("AccessDenied");
}

/**
 * Whether one key of many may be deleted.
 *
 * @param named What is said of it beside the key, in the document that lists the keys.
 */
export function mayDelete(
  context: Context,
  bucket: Bucket,
  key: string,
  named: Pick<Subject, "versionId" | "ifMatch"> = {},
): boolean {
  const byList = mayDeleteByList(context.identity, bucket, named.versionId);
  const actions = [actionOn("s3:DeleteObject", named.versionId)];
  return permits(context, bucket, actions, byList, { key, ...named });
}

/**
 * Whom a list gives WRITE puts a new version or a marker in the place of what is there; a version is removed for good by the
 * bucket's owner, and by whom a policy allows it.
 *
 * @see docs/decisions/0027-write-and-what-is-there-already.md
 */
function mayDeleteByList(identity: Identity, bucket: Bucket, versionId: string | undefined): boolean {
  return versionId === undefined ? mayOnBucket(identity, bucket, "WRITE") : isOwner(identity, bucket);
}

/**
 * Permits the operation of a request on an upload that was begun: by lists it is its initiator's and the bucket owner's.
 *
 * @throws {S3Error} `AccessDenied`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 */
export function authorizeUpload(context: Context, bucket: Bucket, upload: Upload): void {
  const { identity, operation, key } = context;
  if (isOwner(identity, bucket) || identity.owner.id === initiatorOf(upload).id) return;
  if (!permits(context, bucket, [operation.action], false, { key })) throw new S3Error("AccessDenied");
}

/** Who began an upload. */
export function initiatorOf({ initiator, owner }: Upload): Upload["owner"] {
  return initiator ?? owner;
}

/** Whether the tags of an object may be read, which fewer may than read its bytes. */
export function mayReadTags(
  asking: Asking,
  bucket: Bucket,
  info: ObjectInfo,
  versionId: string | undefined,
): boolean {
  const byList = mayOnObject(asking.identity, bucket, info, "FULL_CONTROL");
  const subject = { key: info.key, versionId, info };
  return permits(asking, bucket, [actionOn("s3:GetObjectTagging", versionId)], byList, subject);
}

/**
 * Whether a retention in governance mode may be passed over. Without a policy that is the bucket owner's right alone.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-bypass
 */
export function mayBypassGovernance(context: Context, bucket: Bucket, key: string): boolean {
  const owns = isOwner(context.identity, bucket);
  return permits(context, bucket, ["s3:BypassGovernanceRetention"], owns, { key });
}

/** Whether an identity has a permission on a bucket by ownership or by a list. The policy is not asked. */
export function mayOnBucket(identity: Identity, bucket: Bucket, permission: Permission): boolean {
  return may(identity, bucket, bucket.owner.id, bucket.grants, permission);
}

function mayOnObject(identity: Identity, bucket: Bucket, info: ObjectInfo, permission: Permission): boolean {
  return may(identity, bucket, keeperOf(bucket, info).id, info.grants, permission);
}

/** Whether all actions are permitted: none denied, and each allowed by the policy or by what the lists say. */
export function permits(
  asking: Asking,
  bucket: Bucket,
  actions: readonly string[],
  byList: boolean,
  subject: Subject & { readonly key?: string | undefined; readonly info?: ObjectInfo | undefined },
): boolean {
  if (bucket.policy === undefined) return byList;
  const { policy, isPublic } = policyOf(bucket);
  const { key, info } = subject;
  const { identity } = asking;
  const { anonymous, owner, service } = identity;
  const request = {
    principal: anonymous
      ? {}
      : service !== undefined
        ? { service }
        : { id: owner.id, name: owner.displayName },
    resource: `arn:aws:s3:::${bucket.name}${key === undefined ? "" : `/${key}`}`,
    values: policyValues(asking, bucket, { ...subject, tags: info?.tags }),
  };
  const isRestricted = isPublic && bucket.publicAccessBlock?.restrictPublicBuckets === true;
  const counts =
    (!isRestricted || isOwner(identity, bucket) || service !== undefined) &&
    // A bucket's owner cannot give away what belongs to somebody else.
    (info === undefined || keeperOf(bucket, info).id === bucket.owner.id);
  return actions.every((action) => {
    const verdict = evaluatePolicy(policy, { ...request, action });
    return verdict !== "Deny" && (byList || (verdict === "Allow" && counts));
  });
}

/** Whom an object belongs to: under `BucketOwnerEnforced` the bucket's owner, whoever wrote it. */
export function ownerOf(bucket: Bucket, info: ObjectInfo): Bucket["owner"] {
  return bucket.objectOwnership === "BucketOwnerEnforced" ? bucket.owner : info.owner;
}

/** Whose rights over an object are an owner's. What nobody in particular has uploaded, the bucket's owner looks after. */
function keeperOf(bucket: Bucket, info: ObjectInfo): Bucket["owner"] {
  const owner = ownerOf(bucket, info);
  return owner.id === anonymous.owner.id ? bucket.owner : owner;
}

/** Listed objects with the owner that {@link ownerOf} names. */
export function withOwners<T extends { readonly owner: Bucket["owner"] }>(
  bucket: Bucket,
  listed: readonly T[],
): readonly T[] {
  if (bucket.objectOwnership !== "BucketOwnerEnforced") return listed;
  return listed.map((one) => ({ ...one, owner: bucket.owner }));
}

/** Whether a grant is to everybody, or to everybody with an account. */
export function isPublicGrant({ grantee }: Grant): boolean {
  return grantee.type === "group" && grantee.group !== "LogDelivery";
}

/** Whether whoever asks is the bucket's owner. */
export function isOwner(identity: Identity, bucket: Bucket): boolean {
  return !identity.anonymous && identity.owner.id === bucket.owner.id;
}

/** An owner's own account needs no grant: what it took from itself it could give back at any time. */
function may(
  identity: Identity,
  bucket: Bucket,
  ownerId: string,
  grants: readonly Grant[],
  permission: Permission,
): boolean {
  if (bucket.objectOwnership === "BucketOwnerEnforced") return isOwner(identity, bucket);
  if (!identity.anonymous && identity.owner.id === ownerId) return true;
  const counted =
    bucket.publicAccessBlock?.ignorePublicAcls === true
      ? grants.filter((one) => !isPublicGrant(one))
      : grants;
  return grantsAllow(counted, identity.anonymous ? {} : { id: identity.owner.id }, permission);
}
