/** GetBucketLifecycleConfiguration, PutBucketLifecycleConfiguration, DeleteBucketLifecycle. */

import { updateBucket } from "../../engine/buckets.ts";
import { checkLifecycle } from "../../s3/check-lifecycle.ts";
import { lifecycleConfigurationXml, parseLifecycleConfiguration } from "../../s3/documents/lifecycle.ts";
import { S3Error } from "../../s3/errors.ts";
import { type LifecycleConfiguration, transitionMinimums } from "../../s3/lifecycle.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

/** 1,000 rules with their filters. */
const lifecycleLimitBytes = 2 * 1024 * 1024;
const minimumHeader = "x-amz-transition-default-minimum-object-size";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html */
export function getBucketLifecycle({ bucket }: BucketContext): Promise<S3Response> {
  if (bucket.lifecycle === undefined) {
    throw new S3Error("NoSuchLifecycleConfiguration", { details: { BucketName: bucket.name } });
  }
  const { rules, transitionMinimum = "all_storage_classes_128K" } = bucket.lifecycle;
  return Promise.resolve(
    xmlResponse(lifecycleConfigurationXml(rules), { [minimumHeader]: transitionMinimum }),
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html */
export async function putBucketLifecycle(context: BucketContext): Promise<S3Response> {
  const { site, bucket, request } = context;
  const transitionMinimum = readMinimum(request.headers[minimumHeader]);
  const rules = parseLifecycleConfiguration(await readSettings(context, lifecycleLimitBytes));
  checkLifecycle(rules);
  // "If you don't specify an ID, Amazon S3 generates one."
  const named = rules.map((rule) => ({ id: site.engine.random(18).toString("base64url"), ...rule }));
  await updateBucket(site.engine, bucket.name, () => ({ lifecycle: { rules: named, transitionMinimum } }));
  return { status: 200, headers: { [minimumHeader]: transitionMinimum } };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketLifecycle.html */
export async function deleteBucketLifecycle({ site, bucket }: BucketContext): Promise<S3Response> {
  await updateBucket(site.engine, bucket.name, () => ({ lifecycle: undefined }));
  return { status: 204, headers: {} };
}

function readMinimum(
  value: string = "all_storage_classes_128K",
): NonNullable<LifecycleConfiguration["transitionMinimum"]> {
  const minimum = transitionMinimums.find((known) => known === value);
  if (minimum !== undefined) return minimum;
  throw new S3Error("InvalidRequest", {
    message: `Invalid value ${JSON.stringify(value)} for the header ${minimumHeader}: ${transitionMinimums.join(" and ")} are known`,
  });
}
