/** One thing done to each object that an address names, some at a time. */

import { runParallel } from "../../client/parallel.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { UsageError } from "../command.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { findObjects, type FindOptions, selectionOf } from "./find-objects.ts";

/** @returns How many there were. @throws {UsageError} For a folder without `--recursive`, or a version of many. */
export async function eachObject(
  client: S3Client,
  url: S3Url,
  options: FindOptions,
  work: (
    object: Omit<S3Url, "versionId"> & { readonly versionId?: string | undefined },
    signal?: AbortSignal,
  ) => Promise<void>,
): Promise<number> {
  const { bucket, versionId } = url;
  const selection = selectionOf(url, options);
  if (selection.isSingle) {
    await work({ bucket, key: selection.prefix, versionId });
    return 1;
  }
  if (versionId !== undefined) {
    throw new UsageError(
      `${formatS3Url(url)} is a version of many objects`,
      "name one object, or leave out ?versionId=",
    );
  }
  let count = 0;
  const { concurrency } = client.core.settings;
  await runParallel(findObjects(client, bucket, selection), { concurrency }, async (found, signal) => {
    await work({ bucket, key: found.key }, signal);
    count++;
  });
  return count;
}
