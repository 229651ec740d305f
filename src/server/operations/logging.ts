/** GetBucketLogging, PutBucketLogging. */

import { getBucket, updateBucket } from "../../engine/buckets.ts";
import { bucketLoggingStatusXml, parseBucketLoggingStatus } from "../../s3/documents/logging.ts";
import { S3Error } from "../../s3/errors.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { mayDeliverLogs } from "../deliver-logs.ts";
import { resolveGrants } from "../grants.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html */
export function getBucketLogging({ bucket }: BucketContext): Promise<S3Response> {
  return Promise.resolve(xmlResponse(bucketLoggingStatusXml(bucket.logging ?? null)));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html */
export async function putBucketLogging(context: BucketContext): Promise<S3Response> {
  const { site, bucket } = context;
  const asked = parseBucketLoggingStatus(await readSettings(context));
  if (asked === null) {
    await updateBucket(site.engine, bucket.name, () => ({ logging: undefined }));
    return { status: 200, headers: {} };
  }
  const refused = (message: string): S3Error =>
    new S3Error("InvalidTargetBucketForLogging", { message, details: { TargetBucket: asked.targetBucket } });
  const target = await getBucket(site.engine, asked.targetBucket);
  if (target === null) throw refused("The target bucket for logging does not exist");
  if (target.owner.id !== bucket.owner.id) {
    throw refused("The owner for the bucket to be logged and the target bucket must be the same.");
  }
  if (target.region !== bucket.region) {
    throw refused("The target bucket for logging must be in the same region as the bucket to be logged.");
  }
  const source = { name: bucket.name, ownerId: bucket.owner.id };
  if (!mayDeliverLogs(target, source, asked.targetPrefix)) {
    throw refused("You must give the log-delivery group WRITE and READ_ACP permissions to the target bucket");
  }
  if (asked.targetGrants !== undefined && target.objectOwnership === "BucketOwnerEnforced") {
    throw new S3Error("InvalidArgument", {
      message: "Target grants are not allowed: the target bucket does not use access control lists",
      details: { ArgumentName: "TargetGrants", ArgumentValue: target.name },
    });
  }
  const targetGrants =
    asked.targetGrants && (await resolveGrants(site.engine, asked.targetGrants, [bucket.owner]));
  await updateBucket(site.engine, bucket.name, () => ({ logging: { ...asked, targetGrants } }));
  return { status: 200, headers: {} };
}
