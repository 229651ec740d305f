import type { EventOrigin } from "../s3/event.ts";
import type { EventName } from "../s3/notification.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { noteEvent } from "./events.ts";
import { findVersion } from "./find-version.ts";
import { missingVersion } from "./missing-version.ts";
import { encodeObject } from "./records/object.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";

/** What of an object can be changed after it was written: nothing that says what its bytes are. */
export type ObjectChanges = Partial<
  Omit<
    ObjectInfo,
    | "key"
    | "size"
    | "etag"
    | "lastModifiedMs"
    | "owner"
    | "headers"
    | "metadata"
    | "checksum"
    | "partCount"
    | "versionId"
    | "deleteMarker"
  >
>;

export interface UpdateObjectOptions {
  /** Default: the current version. */
  readonly versionId?: string | undefined;
  /** What the change is to those who are told of it. Absent: nothing. */
  readonly event?: EventName | undefined;
  /** Who asked for it. */
  readonly origin?: EventOrigin | undefined;
}

/**
 * Changes an object's record, or that of one of its versions. Its bytes, ETag, time and version id stay.
 *
 * @param change Is given the record as it is, again when another change came first; what it throws is thrown on.
 * @throws S3Error NoSuchKey; NoSuchVersion; MethodNotAllowed for a delete marker; InvalidArgument for what cannot be a
 *   version id.
 * @example
 * await updateObject(engine, bucket, "cat.jpg", {}, () => ({ grants }));
 */
export async function updateObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  { versionId, event, origin }: UpdateObjectOptions,
  change: (info: ObjectInfo) => ObjectChanges,
): Promise<ObjectInfo> {
  return atomically(engine, `object ${bucket.id} ${key}`, async () => {
    const found = await findVersion(engine.index, bucket, key, versionId);
    if (found === null || found.info.deleteMarker === true) throw missingVersion(key, versionId, found?.info);
    const { table, row, content, order } = found;
    const info: ObjectInfo = { ...found.info, ...change(found.info) };
    const draft = new Draft()
      .check(table, row.key, row.version)
      .put(table, row.key, encodeObject({ info, content, order }, bucket.owner));
    if (event !== undefined) await noteEvent(engine, draft, bucket, { event, info, origin });
    return (await engine.index.commit(draft)) ? info : conflict;
  });
}
