/** Deleting any number of keys: a thousand in a request, some requests at once. */

import {
  type DeleteFailure,
  type DeleteResult,
  type DeletedObject,
  maxDeleteKeys,
} from "../s3/documents/delete.ts";
import { runParallel } from "./parallel.ts";
import type { ClientCore } from "./core.ts";
import { deleteObjects } from "./operations.ts";
import type { RequestOptions } from "./send.ts";

/** A key, or one version of it. */
export interface DeleteTarget {
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** Deletes what the keys name, while they are still being listed. Throws as S3Client's methods do. */
export async function deleteMany(
  core: ClientCore,
  bucket: string,
  keys: Iterable<string | DeleteTarget> | AsyncIterable<string | DeleteTarget>,
  { signal }: RequestOptions = {},
): Promise<DeleteResult> {
  const deleted: DeletedObject[] = [];
  const errors: DeleteFailure[] = [];
  const { concurrency } = core.settings;
  await runParallel(inBatches(keys), { concurrency, signal }, async (objects, batchSignal) => {
    const result = await deleteObjects(core, { bucket, objects }, { signal: batchSignal });
    deleted.push(...result.deleted);
    errors.push(...result.errors);
  });
  return { deleted, errors };
}

async function* inBatches(
  keys: Iterable<string | DeleteTarget> | AsyncIterable<string | DeleteTarget>,
): AsyncGenerator<DeleteTarget[]> {
  let batch: DeleteTarget[] = [];
  for await (const item of keys) {
    batch.push(typeof item === "string" ? { key: item } : { key: item.key, versionId: item.versionId });
    if (batch.length === maxDeleteKeys) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
