/**
 * What a write does to the versions of a key.
 *
 * Whoever changes which version is the newest, or where the null version is, checks the key's rows of `objects` and
 * `heads`, absent or not, and changes at least one of them: so of two that do it at once one has to read again. Who
 * removes any other version checks and deletes its row alone.
 */

import type { Draft } from "./atomic.ts";
import { discardContent } from "./content.ts";
import { findByOrder, orderOf, readHead, readVersion } from "./find-version.ts";
import type { FoundVersion, Rows } from "./find-version.ts";
import type { Awaitable, Entry } from "./index/index.ts";
import { checkLock } from "./object-lock.ts";
import { encodeHead } from "./records/head.ts";
import type { Head } from "./records/head.ts";
import { encodeObject, nullVersionId } from "./records/object.ts";
import type { ObjectRecord } from "./records/object.ts";
import { afterKey, afterPrefix, objectKey, versionKey, versionsPrefix } from "./table-keys.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";

/** What a key holds before a write. */
export interface KeyState {
  /** The newest version, when it is an object. */
  readonly current: FoundVersion | null;
  /** Null in a bucket that was never versioned. */
  readonly head: (Head & { readonly row: Entry | null }) | null;
}

/** Reads what a write must know. In a bucket that was never versioned that is one row. */
export async function readKeyState(rows: Rows, bucket: Bucket, key: string): Promise<KeyState> {
  const row = await rows.get("objects", objectKey(bucket.id, key));
  return {
    current: row === null ? null : readVersion("objects", row, key, bucket),
    head: bucket.versioning === undefined ? null : await readHead(rows, bucket, key),
  };
}

/**
 * Makes an object or a delete marker the newest version of its key, in place of the one before, or of the null version,
 * or of none, as the bucket's versioning has it.
 *
 * @returns The record as it is stored, with its version id.
 * @throws S3Error AccessDenied when what it would take the place of is locked.
 */
export function addVersion(
  engine: Engine,
  draft: Draft,
  bucket: Bucket,
  { current, head }: KeyState,
  made: Omit<ObjectRecord, "order">,
): Awaitable<ObjectInfo> {
  const { info, content } = made;
  const rowKey = objectKey(bucket.id, info.key);
  draft.check("objects", rowKey, current?.row.version ?? null);
  draft.count(info.size, info.deleteMarker === true ? 0 : 1);
  if (head !== null) return addToVersions(engine, draft, bucket, { current, head }, made);
  draft.put("objects", rowKey, encodeObject({ info, content }, bucket.owner));
  if (current !== null) discardVersion(engine, draft, current);
  return info;
}

async function addToVersions(
  engine: Engine,
  draft: Draft,
  bucket: Bucket,
  { current, head }: KeyState & { readonly head: object },
  { info, content }: Omit<ObjectRecord, "order">,
): Promise<ObjectInfo> {
  const { key } = info;
  const rowKey = objectKey(bucket.id, key);
  draft.check("heads", rowKey, head.row?.version ?? null);
  const isNull = bucket.versioning === "Suspended";
  const order = orderAfter(engine, current === null ? head.marker : orderOf(current));
  let { nullVersion } = head;
  if (isNull && nullVersion !== undefined) {
    const replaced = await findByOrder(engine.index, bucket, key, nullVersion);
    if (replaced !== null) {
      checkLock(engine, replaced.info);
      discardVersion(engine, draft, replaced);
      draft.check("versions", replaced.row.key, replaced.row.version).delete("versions", replaced.row.key);
    }
    nullVersion = undefined;
  }
  if (current !== null) {
    const isCurrentNull = current.info.versionId === nullVersionId;
    if (isNull && isCurrentNull) {
      checkLock(engine, current.info);
      discardVersion(engine, draft, current);
    } else {
      draft.put("versions", versionKey(bucket.id, key, orderOf(current)), current.row.value);
      if (isCurrentNull) nullVersion = orderOf(current);
    }
  }
  const made: ObjectInfo = { ...info, versionId: isNull ? nullVersionId : order.toString("hex") };
  const value = encodeObject({ info: made, content, order }, bucket.owner);
  const isMarker = info.deleteMarker === true;
  if (isMarker) {
    draft.put("versions", versionKey(bucket.id, key, order), value);
    if (current !== null) draft.delete("objects", rowKey);
    if (isNull) nullVersion = order;
  } else {
    draft.put("objects", rowKey, value);
  }
  writeHead(draft, rowKey, head, { marker: isMarker ? order : undefined, nullVersion });
  return made;
}

/**
 * Removes a version for good. When it was the newest, the one before it takes its place.
 *
 * @param found What {@link findVersion} found of the key.
 */
export async function removeVersion(
  engine: Engine,
  draft: Draft,
  bucket: Bucket,
  found: FoundVersion,
  options: { readonly bypassGovernance?: boolean | undefined } = {},
): Promise<void> {
  const { table, row, info } = found;
  const { key } = info;
  checkLock(engine, info, options);
  discardVersion(engine, draft, found);
  draft.check(table, row.key, row.version);
  if (bucket.versioning === undefined) {
    draft.delete(table, row.key);
    return;
  }

  const head = await readHead(engine.index, bucket, key);
  const isCurrent = table === "objects";
  const isMarkerOnTop = !isCurrent && isSame(head.marker, orderOf(found));
  const isNull = !isCurrent && isSame(head.nullVersion, orderOf(found));
  const rowKey = objectKey(bucket.id, key);
  // A marker that is not the newest may become it at this moment, which changes its row of `heads` alone.
  if (isCurrent || isNull || info.deleteMarker === true)
    draft.check("heads", rowKey, head.row?.version ?? null);
  if (!isCurrent && !isMarkerOnTop && !isNull) {
    draft.delete(table, row.key);
    return;
  }
  let marker = isMarkerOnTop ? undefined : head.marker;
  let nullVersion = isNull ? undefined : head.nullVersion;
  const next = isCurrent || isMarkerOnTop ? await newestVersion(engine, bucket, key, found) : null;
  const isPromoted = next !== null && next.info.deleteMarker !== true;
  if (next !== null) {
    draft.check("versions", next.row.key, next.row.version);
    if (!isPromoted) marker = orderOf(next);
  }
  if (isPromoted) {
    if (isSame(nullVersion, orderOf(next))) nullVersion = undefined;
    draft.delete("versions", next.row.key).put("objects", rowKey, next.row.value);
  }
  if (!isCurrent || !isPromoted) draft.delete(table, row.key);
  writeHead(draft, rowKey, head, { marker, nullVersion });
}

function discardVersion(engine: Engine, draft: Draft, { info, content }: ObjectRecord): void {
  discardContent(engine, draft, content);
  draft.count(-info.size, info.deleteMarker === true ? 0 : -1);
}

/** The newest version in `versions` but for one that is going to be removed. */
async function newestVersion(
  engine: Engine,
  bucket: Bucket,
  key: string,
  removed: FoundVersion,
): Promise<FoundVersion | null> {
  const prefix = versionsPrefix(bucket.id, key);
  const start = removed.table === "versions" ? afterKey(removed.row.key) : prefix;
  const snapshot = await engine.index.snapshot();
  try {
    const [row] = await snapshot.range("versions", { start, end: afterPrefix(prefix), limit: 1 });
    return row === undefined ? null : readVersion("versions", row, key, bucket);
  } finally {
    snapshot.close();
  }
}

function writeHead(draft: Draft, rowKey: Buffer, before: Head & { row: Entry | null }, after: Head): void {
  if (isSame(before.marker, after.marker) && isSame(before.nullVersion, after.nullVersion)) return;
  if (after.marker !== undefined || after.nullVersion !== undefined) {
    draft.put("heads", rowKey, encodeHead(after));
  } else if (before.row !== null) {
    draft.delete("heads", rowKey);
  }
}

/** An id above all that the key has, also after a clock that was set back between two runs. */
function orderAfter(engine: Engine, newest: Buffer | undefined): Buffer {
  const order = engine.ids.next();
  if (newest !== undefined && order.compare(newest) <= 0) {
    order.writeBigUInt64BE(newest.readBigUInt64BE(0) + 1n, 0);
  }
  return order;
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
