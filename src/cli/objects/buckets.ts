/** Making buckets, and removing them with what is in them. */

import { S3ResponseError } from "../../client/errors.ts";
import type { S3Client } from "../../client/s3-client.ts";
import type { CannedAcl } from "../../s3/acl.ts";
import { CommandError, type Io } from "../command.ts";
import { printable, printJsonLine, printLine } from "../output.ts";

export interface MbOptions {
  readonly acl?: CannedAcl;
  readonly location?: string;
  readonly versions?: boolean;
  readonly lock?: boolean;
  readonly json?: boolean;
}

/** @throws {CommandError} For a bucket that is there: some servers would answer that it was made, and give it the ACL. */
export async function makeBucket(
  io: Io,
  client: S3Client,
  bucket: string,
  options: MbOptions,
): Promise<void> {
  const { acl, location, versions = false, lock = false, json = false } = options;
  if (await isThere(client, bucket)) {
    throw new CommandError(
      `s3://${bucket} exists already, and is as it was`,
      "choose another name; stowage versions on and stowage acl set change a bucket that is there",
    );
  }
  await client.createBucket({
    bucket,
    acl,
    locationConstraint: location,
    ...(lock ? { objectLockEnabledForBucket: true } : {}),
  });
  if (versions) await client.putBucketVersioning({ bucket, status: "Enabled" });
  if (json) await printJsonLine(io, { bucket, made: true });
  else await printLine(io, `made s3://${bucket}`);
}

/** As far as these keys may see it: creating it says the rest. */
async function isThere(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.headBucket({ bucket });
    return true;
  } catch (error) {
    if (error instanceof S3ResponseError && error.status < 500) return false;
    throw error;
  }
}

export interface RbOptions {
  readonly force?: boolean;
  readonly allVersions?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** @throws {CommandError} For a bucket that has something in it without `--force`, or versions without `--all-versions`. */
export async function removeBucket(
  io: Io,
  client: S3Client,
  bucket: string,
  options: RbOptions,
): Promise<void> {
  const { force = false, allVersions = false, dryRun = false, json = false } = options;
  const empties = force || allVersions;
  // Before anything is gone: a deletion without versions would leave all of them, and the bucket.
  if (empties && !allVersions) await refuseVersions(client, bucket);
  if (dryRun) {
    await tellWhatWouldGo(io, client, bucket, options);
    return;
  }
  if (empties) await empty(client, bucket);
  await client.deleteBucket({ bucket });
  if (json) await printJsonLine(io, { bucket, removed: true });
  else await printLine(io, `removed s3://${bucket}`);
}

async function refuseVersions(client: S3Client, bucket: string): Promise<void> {
  const { status } = await client.getBucketVersioning({ bucket });
  if (status === undefined) return;
  throw new CommandError(
    `s3://${bucket} keeps versions, which --force leaves where they are`,
    `remove all of them with the bucket: stowage rb --force --all-versions s3://${bucket}`,
  );
}

async function empty(client: S3Client, bucket: string): Promise<void> {
  const { errors } = await client.deleteMany(bucket, client.listVersions({ bucket }));
  const [first] = errors;
  if (first !== undefined) {
    throw new CommandError(
      `${errors.length} of the objects in s3://${bucket} could not be deleted; the first is "${printable(first.key)}": ${first.message} (${first.code})`,
      "a lock or the bucket's policy may keep them: stowage stat shows locks",
    );
  }
  for (;;) {
    const { uploads, isTruncated } = await client.listMultipartUploads({ bucket });
    for (const { key, uploadId } of uploads) await client.abortMultipartUpload({ bucket, key, uploadId });
    if (!isTruncated) return;
  }
}

async function tellWhatWouldGo(
  io: Io,
  client: S3Client,
  bucket: string,
  { json = false, ...options }: RbOptions,
): Promise<void> {
  let count = 0;
  for await (const { key, versionId } of client.listVersions({ bucket })) {
    count++;
    if (json) await printJsonLine(io, { wouldDelete: key, versionId });
    else
      await printLine(
        io,
        `would delete s3://${bucket}/${printable(key)}${versionId === "null" ? "" : `?versionId=${versionId}`}`,
      );
    if (options.force !== true && options.allVersions !== true) {
      throw new CommandError(
        `s3://${bucket} is not empty`,
        `empty it first: stowage rb --force s3://${bucket}`,
      );
    }
  }
  if (json) await printJsonLine(io, { bucket, wouldRemove: true, objects: count });
  else await printLine(io, `would remove s3://${bucket}`);
}
