/** RenameObject: AWS's for directory buckets, here for every bucket that keeps no versions. */

import { headObject } from "../../engine/open-object.ts";
import { renameObject } from "../../engine/rename-object.ts";
import type { ObjectInfo } from "../../engine/types.ts";
import { checkRenameConditions } from "../../s3/conditions.ts";
import { S3Error } from "../../s3/errors.ts";
import { authorizeSource, mayDelete } from "../authorize.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { originOf } from "../origin.ts";
import { readWriteConditions } from "../write-conditions.ts";
import { parseCopySource } from "./copy-object.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RenameObject.html */
export async function renameObjectOperation(context: BucketContext): Promise<S3Response> {
  const { site, request, bucket, key } = context;
  const { headers } = request;
  const header = headers["x-amz-rename-source"];
  if (header === undefined || header === "") throw invalidSource("", "The rename source is missing.");
  const source = parseCopySource(header, "x-amz-rename-source");
  if (source.bucketName !== bucket.name) {
    throw invalidSource(header, `The rename source must be in the bucket ${JSON.stringify(bucket.name)}.`);
  }
  if (source.versionId !== undefined) throw invalidSource(header, "A version cannot be renamed.");
  // What is renamed is no more under its old key: who may not delete it may not.
  if (!mayDelete(context, bucket, source.key)) throw new S3Error("AccessDenied");
  // And it can be read under its new one: who may not read it may not either, nor learn whether it is there.
  const authorizeRead = (info: ObjectInfo | null): void =>
    authorizeSource(context, bucket, { key: source.key, info, missing: undefined });
  authorizeRead(await headObject(site.engine, bucket, source.key));
  await renameObject(site.engine, {
    bucket,
    sourceKey: source.key,
    key,
    origin: originOf(context),
    checkSource: (info) => {
      authorizeRead(info);
      checkRenameConditions(headers, info);
    },
    ...(await readWriteConditions(context, bucket, key)),
  });
  return { status: 200, headers: {} };
}

function invalidSource(value: string, message: string): S3Error {
  return new S3Error("InvalidArgument", {
    message,
    details: { ArgumentName: "x-amz-rename-source", ArgumentValue: value },
  });
}
