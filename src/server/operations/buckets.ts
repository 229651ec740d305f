/** ListBuckets, CreateBucket, DeleteBucket, HeadBucket, GetBucketLocation. */

import { createBucket, deleteBucket, listBuckets, updateBucket } from "../../engine/buckets.ts";
import { cannedGrants, parseAclHeaders } from "../../s3/acl.ts";
import { parseCreateBucketConfiguration } from "../../s3/documents/create-bucket.ts";
import { listBucketsXml } from "../../s3/documents/list-buckets.ts";
import { locationXml } from "../../s3/documents/location.ts";
import { type ObjectOwnership, objectOwnerships } from "../../s3/documents/ownership-controls.ts";
import { S3Error } from "../../s3/errors.ts";
import { checkBucketName } from "../../s3/keys.ts";
import { checkTags, maxBucketTags } from "../../s3/tags.ts";
import { readDocument } from "../body.ts";
import type { BucketContext, Context, S3Response } from "../context.ts";
import { resolveGrants } from "../grants.ts";
import { grantsOwnerAlone, refusePublicGrants } from "../object-access.ts";
import { integerParam } from "../params.ts";
import { readToken, writeToken } from "./continuation-token.ts";
import { xmlResponse } from "../xml-response.ts";

const configurationLimitBytes = 64 * 1024;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export async function listBucketsOperation({ site, request, identity }: Context): Promise<S3Response> {
  const { params } = request;
  const limit = integerParam(params, "max-buckets", { min: 1, max: 10_000 });
  const prefix = params.get("prefix");
  const token = params.get("continuation-token");
  // An empty token is what a client sends that passes on a token it did not get.
  const after = token === undefined || token === "" ? undefined : readToken(token);
  const { buckets, isTruncated } = await listBuckets(site.engine, {
    ownerId: identity.owner.id,
    prefix,
    after,
    limit,
    region: params.get("bucket-region"),
  });
  const last = buckets.at(-1);
  return xmlResponse(
    listBucketsXml({
      owner: identity.owner,
      buckets,
      ...(prefix === undefined ? {} : { prefix }),
      ...(isTruncated && last !== undefined ? { continuationToken: writeToken(last.name) } : {}),
    }),
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export async function createBucketOperation(context: Context): Promise<S3Response> {
  const { site, request, identity, body, bucketName } = context;
  checkBucketName(bucketName);
  refuseShadowed(site, bucketName);
  const document = await readDocument(body, request.headers, configurationLimitBytes);
  const { locationConstraint: location, tags: pairs = [] } = parseCreateBucketConfiguration(document);
  // us-east-1 is the region that has no location constraint, and is written as none.
  if (location !== undefined && location !== "" && location !== site.region) {
    throw new S3Error("IllegalLocationConstraintException", {
      message: `The ${location} location constraint is incompatible with this server, whose region is ${site.region}.`,
      details: { LocationConstraint: location },
    });
  }
  const { owner } = identity;
  const asked = parseAclHeaders(request.headers, { owner });
  const grants =
    asked === null ? cannedGrants("private", { owner }) : await resolveGrants(site.engine, asked, [owner]);
  const objectOwnership = readObjectOwnership(request.headers);
  if (objectOwnership === "BucketOwnerEnforced" && !grantsOwnerAlone(grants, owner)) {
    throw new S3Error("InvalidBucketAclWithObjectOwnership");
  }
  const locks = readObjectLockEnabled(request.headers);
  try {
    const settings = {
      region: site.region,
      maxBuckets: site.maxBuckets,
      objectOwnership,
      tags: pairs.length === 0 ? undefined : checkTags(pairs, maxBucketTags),
      ...(locks ? { objectLock: {} } : {}),
    };
    await createBucket(site.engine, { name: bucketName, owner, grants, ...settings });
  } catch (error) {
    // "If you re-create an existing bucket that you already own in us-east-1, Amazon S3 returns 200 OK and resets the bucket
    // access control lists."
    const again = error instanceof S3Error && error.code === "BucketAlreadyOwnedByYou" && !locks;
    if (!again || site.region !== "us-east-1") throw error;
    await updateBucket(site.engine, bucketName, (current) => {
      if (current.owner.id !== owner.id) throw error;
      if (current.objectOwnership === "BucketOwnerEnforced") return {};
      refusePublicGrants(current, grants);
      return { grants };
    });
  }
  return { status: 200, headers: { location: `/${bucketName}` } };
}

function readObjectLockEnabled(headers: Readonly<Record<string, string>>): boolean {
  const value = headers["x-amz-bucket-object-lock-enabled"];
  if (value === undefined || /^(?:true|false)$/i.test(value)) return value?.toLowerCase() === "true";
  throw new S3Error("InvalidArgument", {
    message: `Invalid x-amz-bucket-object-lock-enabled header: ${value}`,
    details: { ArgumentName: "x-amz-bucket-object-lock-enabled", ArgumentValue: value },
  });
}

function readObjectOwnership(headers: Readonly<Record<string, string>>): ObjectOwnership | undefined {
  const value = headers["x-amz-object-ownership"];
  if (value === undefined) return undefined;
  const known = objectOwnerships.find((ownership) => ownership === value);
  if (known !== undefined) return known;
  throw new S3Error("InvalidArgument", {
    message: `Invalid x-amz-object-ownership header: ${value}`,
    details: { ArgumentName: "x-amz-object-ownership", ArgumentValue: value },
  });
}

/** Behind a proxy that takes `/files` off a path, `/files/key` in a bucket of that name would be read as the bucket `key`. */
function refuseShadowed({ front }: Context["site"], bucketName: string): void {
  if (front.external?.prefix.split("/")[1] !== bucketName) return;
  throw new S3Error("InvalidBucketName", {
    message: `The name ${JSON.stringify(bucketName)} is taken by the path of this server's external URL.`,
    details: { BucketName: bucketName },
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export async function deleteBucketOperation({ site, bucketName }: BucketContext): Promise<S3Response> {
  await deleteBucket(site.engine, bucketName);
  return { status: 204, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export function headBucketOperation({ bucket }: BucketContext): Promise<S3Response> {
  return Promise.resolve({ status: 200, headers: { "x-amz-bucket-region": bucket.region } });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export function getBucketLocationOperation({ bucket }: BucketContext): Promise<S3Response> {
  return Promise.resolve(xmlResponse(locationXml(bucket.region === "us-east-1" ? "" : bucket.region)));
}
