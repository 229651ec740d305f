/**
 * Where a version is.
 *
 * The newest version of a key stands in `objects` when it is an object, so that a listing of objects reads no version
 * that is not current. All others stand in `versions`: what was replaced, and every delete marker. What cannot be found
 * by its id has its order in the key's row of `heads`: the delete marker that is newest, and the null version once it is
 * in `versions`. In a bucket that was never versioned there are neither.
 */

import { S3Error } from "../s3/errors.ts";
import type { Entry, Snapshot, Table } from "./index/index.ts";
import { decodeHead } from "./records/head.ts";
import type { Head } from "./records/head.ts";
import { decodeObject, nullVersionId } from "./records/object.ts";
import type { ObjectRecord } from "./records/object.ts";
import { objectKey, oldestOrder, versionKey } from "./table-keys.ts";
import type { Bucket } from "./types.ts";

/** A version of an object, or a delete marker, and the row that it was read from. */
export interface FoundVersion extends ObjectRecord {
  readonly table: Extract<Table, "objects" | "versions">;
  readonly row: Entry;
}

/** What the index and its snapshots have in common. */
export type Rows = Pick<Snapshot, "get">;

/**
 * A version, which may be a delete marker; null where there is none.
 *
 * @param versionId Default: the newest.
 * @throws S3Error InvalidArgument for what cannot be a version id.
 */
export async function findVersion(
  rows: Rows,
  bucket: Bucket,
  key: string,
  versionId?: string,
): Promise<FoundVersion | null> {
  const order = versionId === undefined ? undefined : parseVersionId(versionId);
  const row = await rows.get("objects", objectKey(bucket.id, key));
  const current = row === null ? null : readVersion("objects", row, key, bucket);
  if (current !== null && (versionId === undefined || current.info.versionId === versionId)) return current;
  if (bucket.versioning === undefined) return versionId === nullVersionId ? current : null;

  if (order !== null && order !== undefined) {
    const found = await findByOrder(rows, bucket, key, order);
    // The order of a null version is nobody's version id.
    return found?.info.versionId === versionId ? found : null;
  }
  const head = await readHead(rows, bucket, key);
  const found = versionId === undefined ? head.marker : head.nullVersion;
  return found === undefined ? null : findByOrder(rows, bucket, key, found);
}

/** A row of `objects` or `versions`, decoded. */
export function readVersion(
  table: FoundVersion["table"],
  row: Entry,
  key: string,
  bucket: Bucket,
): FoundVersion {
  const { info, content, order } = decodeObject(row.value, key, bucket.owner);
  const isNull = bucket.versioning !== undefined && info.versionId === undefined;
  return { info: isNull ? { ...info, versionId: nullVersionId } : info, content, order, table, row };
}

/** A version that stands in `versions`. */
export async function findByOrder(
  rows: Rows,
  bucket: Bucket,
  key: string,
  order: Buffer,
): Promise<FoundVersion | null> {
  const row = await rows.get("versions", versionKey(bucket.id, key, order));
  return row === null ? null : readVersion("versions", row, key, bucket);
}

/** The key's row of `heads`, and what is in it. */
export async function readHead(
  rows: Rows,
  bucket: Bucket,
  key: string,
): Promise<Head & { readonly row: Entry | null }> {
  const row = await rows.get("heads", objectKey(bucket.id, key));
  return row === null ? { row } : { ...decodeHead(row.value), row };
}

/** Where a version stands among those of its key. */
export function orderOf({ order = oldestOrder }: ObjectRecord): Buffer {
  return order;
}

/**
 * The order that a version id is; null for the null version, which tells nothing of its own.
 *
 * @throws S3Error InvalidArgument
 */
export function parseVersionId(versionId: string): Buffer | null {
  if (versionId === nullVersionId) return null;
  if (/^[0-9a-f]{32}$/.test(versionId)) return Buffer.from(versionId, "hex");
  throw new S3Error("InvalidArgument", {
    message: versionId === "" ? "Version id cannot be the empty string" : "Invalid version id specified",
    details: { ArgumentName: "versionId", ArgumentValue: versionId },
  });
}
