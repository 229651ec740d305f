/** Identity, operation, bucket and object: yes, or an error. */

import type { Bucket, ObjectInfo } from "../engine/types.ts";
import { grantsAllow, type Permission } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";
import type { Operation } from "../s3/operations.ts";
import type { Identity } from "./context.ts";

/**
 * Permits an operation on the service or on a bucket.
 *
 * @throws {S3Error} `AccessDenied`.
 */
export function authorize(identity: Identity, operation: Operation, bucket: Bucket | null): void {
  const { allowed } = operation;
  if (allowed === "user") {
    if (identity.anonymous) throw new S3Error("AccessDenied");
  } else if (bucket !== null) {
    const may =
      allowed === "owner"
        ? owns(identity, bucket)
        : allowed.of === "bucket" && mayOnBucket(identity, bucket, allowed.permission);
    if (!may) throw new S3Error("AccessDenied");
  }
}

/**
 * Permits an operation on an object by the object's own list.
 *
 * @param info `null` where there is no such object. Only who may list the bucket is told so.
 * @param missing What they are told: `NoSuchKey`, `NoSuchVersion`, or of a delete marker.
 * @throws {S3Error} `AccessDenied`, or `missing`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions"
 */
export function authorizeObject(
  identity: Identity,
  permission: Permission,
  bucket: Bucket,
  key: string,
  info: ObjectInfo | null,
  missing: S3Error = new S3Error("NoSuchKey", { details: { Key: key } }),
): asserts info is ObjectInfo {
  if (info === null) {
    if (mayOnBucket(identity, bucket, "READ")) throw missing;
    throw new S3Error("AccessDenied");
  }
  if (!mayOnObject(identity, info, permission)) throw new S3Error("AccessDenied");
}

/** Whether an identity has a permission on a bucket. */
export function mayOnBucket(identity: Identity, bucket: Bucket, permission: Permission): boolean {
  return may(identity, bucket.owner.id, bucket.grants, permission);
}

/** Whether an identity has a permission on an object, by the object's own list. */
export function mayOnObject(identity: Identity, info: ObjectInfo, permission: Permission): boolean {
  return may(identity, info.owner.id, info.grants, permission);
}

function owns(identity: Identity, bucket: Bucket): boolean {
  return !identity.anonymous && identity.owner.id === bucket.owner.id;
}

/** An owner's own account needs no grant: what it took from itself it could give back at any time. */
function may(identity: Identity, ownerId: string, grants: Bucket["grants"], permission: Permission): boolean {
  if (identity.anonymous) return grantsAllow(grants, {}, permission);
  return identity.owner.id === ownerId || grantsAllow(grants, { id: identity.owner.id }, permission);
}
