/** Object lock: Get and Put of ObjectLockConfiguration, ObjectRetention and ObjectLegalHold. */

import { updateBucket } from "../../engine/buckets.ts";
import { setRetention } from "../../engine/object-lock.ts";
import { headObject, missingObject } from "../../engine/open-object.ts";
import type { ObjectInfo } from "../../engine/types.ts";
import { updateObject } from "../../engine/update-object.ts";
import {
  legalHoldXml,
  objectLockXml,
  parseLegalHold,
  parseObjectLock,
  parseRetention,
  retentionXml,
} from "../../s3/documents/object-lock.ts";
import { S3Error } from "../../s3/errors.ts";
import { requireDigest } from "../body.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { checkRetainUntil, readBypass, requireObjectLock } from "../object-lock.ts";
import { readSettings } from "../settings-document.ts";
import { versionHeaders } from "../version-headers.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html */
export function getObjectLockConfiguration({ bucket }: BucketContext): Promise<S3Response> {
  if (bucket.objectLock === undefined) throw new S3Error("ObjectLockConfigurationNotFoundError");
  return Promise.resolve(xmlResponse(objectLockXml(bucket.objectLock)));
}

/**
 * Also turns object lock on, for good, in a bucket that was made without.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html
 */
export async function putObjectLockConfiguration(context: BucketContext): Promise<S3Response> {
  const document = await readSettings(context);
  requireDigest(context);
  const objectLock = parseObjectLock(document);
  await updateBucket(context.site.engine, context.bucket.name, ({ versioning }) => {
    if (versioning !== "Enabled") {
      throw new S3Error("InvalidBucketState", {
        message: "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
      });
    }
    return { objectLock };
  });
  return { status: 200, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html */
export async function getObjectRetention(context: BucketContext): Promise<S3Response> {
  requireObjectLock(context.bucket);
  const info = await requireVersion(context);
  if (info.retention === undefined) throw new S3Error("NoSuchObjectLockConfiguration");
  return xmlResponse(retentionXml(info.retention), versionHeaders(info));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html */
export async function putObjectRetention(context: BucketContext): Promise<S3Response> {
  const { site, request, bucket, key } = context;
  const document = await readSettings(context);
  requireDigest(context);
  requireObjectLock(bucket);
  const retention = parseRetention(document);
  if (retention !== undefined) checkRetainUntil(retention, site.engine.clock());
  const info = await setRetention(site.engine, bucket, key, {
    versionId: request.params.get("versionId"),
    retention,
    bypassGovernance: readBypass(context, bucket, key),
  });
  return { status: 200, headers: versionHeaders(info) };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html */
export async function getObjectLegalHold(context: BucketContext): Promise<S3Response> {
  requireObjectLock(context.bucket);
  const info = await requireVersion(context);
  if (info.legalHold === undefined) throw new S3Error("NoSuchObjectLockConfiguration");
  return xmlResponse(legalHoldXml(info.legalHold), versionHeaders(info));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html */
export async function putObjectLegalHold(context: BucketContext): Promise<S3Response> {
  const { site, request, bucket, key } = context;
  const document = await readSettings(context);
  requireDigest(context);
  requireObjectLock(bucket);
  const legalHold = parseLegalHold(document);
  const versionId = request.params.get("versionId");
  const info = await updateObject(site.engine, bucket, key, { versionId }, () => ({ legalHold }));
  return { status: 200, headers: versionHeaders(info) };
}

async function requireVersion({ site, request, bucket, key }: BucketContext): Promise<ObjectInfo> {
  const versionId = request.params.get("versionId");
  const info = await headObject(site.engine, bucket, key, { versionId });
  if (info === null) throw await missingObject(site.engine, bucket, key, { versionId });
  return info;
}
