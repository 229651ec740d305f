import { decodeObject } from "./records/object.ts";
import { afterKey, afterPrefix, bucketPrefix, keyOfObject, objectKey } from "./table-keys.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";
import { isCommonPrefix, walkRows } from "./walk-rows.ts";

export interface ListObjectsOptions {
  readonly prefix?: string | undefined;
  /** Keys that are alike up to it, after the prefix, are listed as one common prefix. Empty is none. */
  readonly delimiter?: string | undefined;
  /** List what comes after this key. A common prefix is skipped whole. */
  readonly after?: string | undefined;
  /** The most objects and common prefixes to return, together. */
  readonly limit: number;
}

export interface ObjectList {
  readonly objects: ObjectInfo[];
  readonly commonPrefixes: string[];
  readonly isTruncated: boolean;
  /** The last key or common prefix returned: what to pass as `after` for the rest. */
  readonly last: string | null;
}

/**
 * One page of a bucket, in the order of the keys' UTF-8 bytes. The cost follows what is returned, not how many keys a
 * common prefix stands for.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjects(
  engine: Engine,
  bucket: Bucket,
  options: ListObjectsOptions,
): Promise<ObjectList> {
  return engine.turns.run(() => readPage(engine, bucket, options));
}

async function readPage(
  engine: Engine,
  bucket: Bucket,
  { prefix = "", delimiter = "", after = "", limit }: ListObjectsOptions,
): Promise<ObjectList> {
  const objects: ObjectInfo[] = [];
  const commonPrefixes: string[] = [];
  let last: string | null = null;
  let isTruncated = false;
  if (limit <= 0) return { objects, commonPrefixes, isTruncated, last };

  const scope = bucketPrefix(bucket.id);
  const snapshot = await engine.index.snapshot();
  try {
    await walkRows(
      snapshot,
      {
        table: "objects",
        scope,
        prefix,
        delimiter,
        start: startAfter(bucket.id, after, isCommonPrefix(after, prefix, delimiter)),
        keyEnd: (rowKey) => rowKey.length,
        expectedRows: limit + 1,
      },
      (entry, commonPrefix) => {
        if (objects.length + commonPrefixes.length >= limit) {
          isTruncated = true;
          return false;
        }
        if (commonPrefix !== undefined) {
          commonPrefixes.push((last = commonPrefix));
        } else {
          last = keyOfObject(entry.key);
          objects.push(decodeObject(entry.value, last, bucket.owner).info);
        }
        return true;
      },
    );
  } finally {
    snapshot.close();
  }
  return { objects, commonPrefixes, isTruncated, last };
}

/** The first row to list after a key, or after all that a common prefix stands for. */
function startAfter(bucketId: string, after: string, isCommonPrefix: boolean): Buffer {
  const row = objectKey(bucketId, after);
  if (after === "") return row;
  return (isCommonPrefix ? afterPrefix(row) : undefined) ?? afterKey(row);
}
