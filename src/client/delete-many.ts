/** Deleting any number of keys: a thousand in a request, some requests at once. */

import {
  type DeleteFailure,
  type DeleteResult,
  type DeletedObject,
  maxDeleteKeys,
} from "../s3/documents/delete.ts";
import { checkNames } from "../s3/known-names.ts";
import { runParallel } from "./parallel.ts";
import { escapeXml } from "../s3/xml.ts";
import type { ClientCore } from "./core.ts";
import { S3ResponseError } from "./errors.ts";
import { checkTarget, deleteObject, deleteObjects } from "./operations.ts";
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
  options: RequestOptions = {},
): Promise<DeleteResult> {
  checkNames("deleteMany()", options, { signal: 1 });
  const { signal } = options;
  // Else each letter would be a key.
  if (typeof keys === "string") throw new TypeError("deleteMany() takes keys in a list, not a text.");
  const deleted: DeletedObject[] = [];
  const errors: DeleteFailure[] = [];
  const { concurrency } = core.settings;
  let hasBatches = true;
  const deleteBatch = async (objects: readonly DeleteTarget[], batchSignal: AbortSignal): Promise<void> => {
    if (hasBatches && objects.every(({ key }) => isXml(key))) {
      try {
        const result = await deleteObjects(core, { bucket, objects }, { signal: batchSignal });
        deleted.push(...result.deleted);
        errors.push(...result.errors);
        return;
      } catch (error) {
        if (!(error instanceof S3ResponseError) || ![405, 501].includes(error.status)) throw error;
        hasBatches = false;
      }
    }
    await runParallel(objects, { concurrency, signal: batchSignal }, async (target, oneSignal) => {
      const failure = await deleteOne(core, bucket, target, oneSignal);
      if (failure === null) deleted.push(target);
      else errors.push(failure);
    });
  };
  await runParallel(inBatches(keys), { concurrency, signal }, deleteBatch);
  return { deleted, errors };
}

/** @returns Why one object was not deleted, as a batch would say of it; null: it was. */
async function deleteOne(
  core: ClientCore,
  bucket: string,
  target: DeleteTarget,
  signal: AbortSignal,
): Promise<DeleteFailure | null> {
  try {
    await deleteObject(core, { bucket, ...target }, { signal });
    return null;
  } catch (error) {
    if (!(error instanceof S3ResponseError) || error.status >= 500 || error.code === "NoSuchBucket")
      throw error;
    return { ...target, code: error.code, message: error.serverMessage };
  }
}

/** Whether XML 1.0 can carry a key. AWS takes by reference what it cannot; Ceph's RGW refuses the whole document. */
function isXml(key: string): boolean {
  return !escapeXml(key).includes("&#x");
}

/** A thousand keys and a thousand, and each that a document cannot carry by itself. */
async function* inBatches(
  keys: Iterable<string | DeleteTarget> | AsyncIterable<string | DeleteTarget>,
): AsyncGenerator<DeleteTarget[]> {
  let batch: DeleteTarget[] = [];
  for await (const item of keys) {
    const target = typeof item === "string" ? { key: item } : targetOf(item);
    if (!isXml(target.key)) {
      yield [target];
      continue;
    }
    batch.push(target);
    if (batch.length === maxDeleteKeys) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** What may be a Key, or an entry of a listing. */
function targetOf(item: DeleteTarget): DeleteTarget {
  checkTarget(item);
  return { key: item.key, versionId: item.versionId };
}
