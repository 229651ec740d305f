/** GetBucketAcl, PutBucketAcl, GetObjectAcl, PutObjectAcl. */

import { updateBucket } from "../../engine/buckets.ts";
import { updateObject } from "../../engine/update-object.ts";
import {
  type AccessControlPolicy,
  cannedGrants,
  type Grant,
  type Owner,
  parseAclHeaders,
} from "../../s3/acl.ts";
import { accessControlPolicyXml, parseAccessControlPolicy } from "../../s3/documents/acl.ts";
import { S3Error } from "../../s3/errors.ts";
import { readDocument } from "../body.ts";
import type { BucketContext, ObjectContext, S3Response } from "../context.ts";
import { ownerOf } from "../authorize.ts";
import { resolveGrants } from "../grants.ts";
import { versionHeaders } from "../version-headers.ts";
import { refuseDisabledAcl, refusePublicGrants } from "../object-access.ts";
import { originOf } from "../origin.ts";
import { xmlResponse } from "../xml-response.ts";

/** A list of 100 grants is under 40 KB. */
const aclLimitBytes = 200 * 1024;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html */
export function getBucketAcl({ bucket }: BucketContext): Promise<S3Response> {
  return Promise.resolve(xmlResponse(accessControlPolicyXml(bucket)));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html */
export async function putBucketAcl(context: BucketContext): Promise<S3Response> {
  const { site, bucket } = context;
  const grants = await readGrants(context, bucket, undefined);
  await updateBucket(site.engine, bucket.name, (current) => {
    refuseDisabledAcl(current);
    refusePublicGrants(current, grants);
    return { grants };
  });
  return { status: 200, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
export function getObjectAcl({ bucket, info }: ObjectContext): Promise<S3Response> {
  const owner = ownerOf(bucket, info);
  const grants = owner === info.owner ? info.grants : cannedGrants("private", { owner });
  return Promise.resolve(xmlResponse(accessControlPolicyXml({ owner, grants }), versionHeaders(info)));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html */
export async function putObjectAcl(context: ObjectContext): Promise<S3Response> {
  const { site, bucket, key, info, versionId } = context;
  const grants = await readGrants(context, info, bucket.owner);
  refusePublicGrants(bucket, grants);
  const cause = { event: "ObjectAcl:Put", origin: originOf(context) } as const;
  await updateObject(site.engine, bucket, key, { versionId, ...cause }, () => ({ grants }));
  return { status: 200, headers: versionHeaders(info) };
}

/** The new grants stand in the headers or in the body, never in both; a list without any of them is an error. */
async function readGrants(
  context: BucketContext,
  { owner }: Pick<AccessControlPolicy, "owner">,
  bucketOwner: Owner | undefined,
): Promise<Grant[]> {
  const { site, request, body, bucket } = context;
  refuseDisabledAcl(bucket);
  const document = await readDocument(body, request.headers, aclLimitBytes);
  const known = bucketOwner === undefined ? [owner] : [owner, bucketOwner];
  const fromHeaders = parseAclHeaders(request.headers, { owner, bucketOwner });
  if (fromHeaders !== null) {
    if (document.trim() !== "") throw new S3Error("UnexpectedContent");
    return resolveGrants(site.engine, fromHeaders, known);
  }
  if (document.trim() === "") {
    throw new S3Error("MissingSecurityHeader", {
      message: "Your request was missing a required header: x-amz-acl, an x-amz-grant- header, or a body.",
      details: { MissingHeaderName: "x-amz-acl" },
    });
  }
  const policy = parseAccessControlPolicy(document);
  // An owner cannot give a bucket or an object away.
  if (policy.owner !== undefined && policy.owner.id !== owner.id) throw new S3Error("AccessDenied");
  const grants = await resolveGrants(site.engine, policy.grants, known);
  // Groups come first, as on Ceph, whose tests compare lists in order; to everybody else the order means nothing.
  return grants.sort((a, b) => Number(b.grantee.type === "group") - Number(a.grantee.type === "group"));
}
