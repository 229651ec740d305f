/** Deleting any number of keys: a thousand in a request, some requests at once. */

import {
  type DeleteFailure,
  type DeleteResult,
  type DeletedObject,
  maxDeleteKeys,
} from "../s3/documents/delete.ts";
import { runParallel } from "./parallel.ts";
import { escapeXml } from "../s3/xml.ts";
import type { ClientCore } from "./core.ts";
import { deleteObject, deleteObjects } from "./operations.ts";
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
    const [single] = objects;
    if (single !== undefined && !isXml(single.key)) {
      await deleteObject(core, { bucket, ...single }, { signal: batchSignal });
      deleted.push(single);
      return;
    }
    const result = await deleteObjects(core, { bucket, objects }, { signal: batchSignal });
    deleted.push(...result.deleted);
    errors.push(...result.errors);
  });
  return { deleted, errors };
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
    const target = typeof item === "string" ? { key: item } : { key: item.key, versionId: item.versionId };
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
