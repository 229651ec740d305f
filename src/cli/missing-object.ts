/** What there is where an object is missing: the answer to a HEAD tells neither a bucket nor a version that is missing. */

import { S3ResponseError } from "../client/errors.ts";
import type { S3Client } from "../client/s3-client.ts";
import { CommandError } from "./command.ts";
import { printable } from "./output.ts";
import { folderPrefix, formatS3Url } from "./s3-url.ts";

/** Looks once. @returns The error that says more; the same for every other. */
export async function explainMissing(client: S3Client, error: unknown): Promise<unknown> {
  if (!(error instanceof S3ResponseError) || error.code !== "NoSuchKey") return error;
  const { bucket, key, operation } = error;
  if (bucket === undefined || key === undefined) return error;
  const url = printable(formatS3Url({ bucket, key }));
  try {
    const folder = folderPrefix(key);
    const { objects } = await client.listObjectsV2({ bucket, prefix: folder, maxKeys: 1 });
    if (objects.length > 0 && folder !== key) {
      return new CommandError(
        `there is no object ${url}, but there are objects under ${url}/`,
        `-r takes them, and stowage ls ${url}/ shows them`,
        { cause: error },
      );
    }
    if (operation !== "HeadObject") return error;
    await client.headObject({ bucket, key });
    return new CommandError(`there is no such version of ${url}`, `stowage versions ${url} shows them`, {
      cause: error,
    });
  } catch (cause) {
    return cause instanceof S3ResponseError && cause.code === "NoSuchBucket" ? cause : error;
  }
}
