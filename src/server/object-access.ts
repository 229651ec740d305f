/** Whose a new object is and who may do what with it, within what its bucket lets ACLs say. */

import type { Bucket } from "../engine/types.ts";
import { cannedGrants, type Grant, type Owner, parseAclHeaders } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";
import { isPublicGrant } from "./authorize.ts";
import type { Asking } from "./context.ts";
import { resolveGrants } from "./grants.ts";

/**
 * Owner and grants that a new object gets: by the headers of the request that makes it, or everything to whoever writes
 * it, as far as the bucket's ownership controls let that be.
 *
 * @throws {S3Error} `AccessControlListNotSupported` where ACLs are disabled; `AccessDenied` where public ones are blocked;
 *   and what the headers' own faults are.
 */
export function readObjectAccess(
  { site, identity }: Pick<Asking, "site" | "identity">,
  headers: Readonly<Record<string, string>>,
  bucket: Bucket,
): ObjectAccess | Promise<ObjectAccess> {
  const { objectOwnership, owner: bucketOwner } = bucket;
  const asked = parseAclHeaders(headers, { owner: identity.owner, bucketOwner });
  const givesToBucketOwner = headers["x-amz-acl"] === "bucket-owner-full-control";
  if (objectOwnership === "BucketOwnerEnforced") {
    if (asked !== null && !givesToBucketOwner && !isOwnersAlone(headers, asked, bucketOwner))
      throw disabled();
    return { owner: bucketOwner, grants: cannedGrants("private", { owner: bucketOwner }) };
  }
  const owner =
    objectOwnership === "BucketOwnerPreferred" && givesToBucketOwner ? bucketOwner : identity.owner;
  if (asked === null || owner !== identity.owner)
    return { owner, grants: cannedGrants("private", { owner }) };
  return resolveGrants(site.engine, asked, [owner, bucketOwner]).then((grants) => {
    refusePublicGrants(bucket, grants);
    return { owner, grants };
  });
}

interface ObjectAccess {
  readonly owner: Owner;
  readonly grants: Grant[];
}

/** "Bucket owner full control ACLs or an equivalent form of these ACLs expressed in the XML format." */
function isOwnersAlone(
  headers: Readonly<Record<string, string>>,
  grants: readonly Grant[],
  owner: Owner,
): boolean {
  return headers["x-amz-acl"] === undefined && grantsOwnerAlone(grants, owner);
}

/** Whether a list gives everything to its owner and nothing to anybody else. */
export function grantsOwnerAlone(grants: readonly Grant[], owner: Owner): boolean {
  return grants.every(
    ({ grantee, permission }) =>
      permission === "FULL_CONTROL" && grantee.type === "user" && grantee.id === owner.id,
  );
}

/**
 * Refuses to set a list where the bucket has none.
 *
 * @throws {S3Error} `AccessControlListNotSupported`.
 */
export function refuseDisabledAcl({ objectOwnership }: Bucket): void {
  if (objectOwnership === "BucketOwnerEnforced") throw disabled();
}

/**
 * Refuses a list that grants to everybody, where the bucket's public access block does.
 *
 * @throws {S3Error} `AccessDenied`.
 */
export function refusePublicGrants({ publicAccessBlock }: Bucket, grants: readonly Grant[]): void {
  if (publicAccessBlock?.blockPublicAcls !== true || !grants.some(isPublicGrant)) return;
  throw new S3Error("AccessDenied", {
    message:
      "Access Denied: the bucket's public access block has BlockPublicAcls on, and this ACL is public.",
  });
}

function disabled(): S3Error {
  return new S3Error("AccessControlListNotSupported");
}
