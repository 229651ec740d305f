import type { Owner } from "../s3/acl.ts";
import { privateGrants } from "./records/access.ts";
import { checkWriteConditions } from "../s3/conditions.ts";
import type { WriteConditions } from "../s3/conditions.ts";
import type { EventOrigin } from "../s3/event.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { noteEvent } from "./events.ts";
import { guardBucket, rereadBucket } from "./buckets.ts";
import { findVersion } from "./find-version.ts";
import { addVersion, readKeyState, removeVersion } from "./key-versions.ts";
import type { BypassOptions } from "./object-lock.ts";
import type { VersionOptions } from "./open-object.ts";
import { bucketKey } from "./table-keys.ts";
import { commitCounted } from "./usage.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";

export interface DeleteObjectOptions
  extends Omit<WriteConditions, "ifNoneMatch">, VersionOptions, BypassOptions {
  /** Whose the delete marker is. Default: the bucket's owner. */
  readonly owner?: Owner | undefined;
  /**
   * Delete it only while this holds of it; asked again of whatever has taken its place.
   *
   * @param isCurrent Whether it is the object that its key stands for.
   */
  readonly onlyIf?: ((info: ObjectInfo, isCurrent: boolean) => boolean) | undefined;
  /** Who asked for it, for its events. Default: the server itself. */
  readonly origin?: EventOrigin | undefined;
  /** A lifecycle rule asked for it. */
  readonly isExpiration?: true | undefined;
}

/** What became of a deletion. */
export interface Deletion {
  /** Whether there was what was to be deleted. */
  readonly existed: boolean;
  /** The version that was asked for, or the delete marker that was made. */
  readonly versionId?: string | undefined;
  /** A delete marker was made, or was what has been removed. */
  readonly deleteMarker?: true | undefined;
}

/**
 * Deletes an object. In a bucket that keeps versions that puts a delete marker before them; with a version id, and in a
 * bucket that was never versioned, it removes one for good. When it resolves, that is so and stays so.
 *
 * @param options.ifMatch Delete it only while it has this ETag.
 * @throws S3Error PreconditionFailed; AccessDenied for a version that is locked; InvalidArgument for what cannot be a
 *   version id.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
 */
export async function deleteObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: DeleteObjectOptions = {},
): Promise<Deletion> {
  let now = bucket;
  return atomically(engine, `object ${bucket.id} ${key}`, async () => {
    const isMarked = now.versioning !== undefined && options.versionId === undefined;
    const deletion = isMarked
      ? await addMarker(engine, now, key, options)
      : await remove(engine, now, key, options);
    if (deletion === conflict) now = await rereadBucket(engine, now);
    return deletion;
  });
}

async function addMarker(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: DeleteObjectOptions,
): Promise<Deletion | typeof conflict> {
  const state = await readKeyState(engine.index, bucket, key);
  const existed = state.current !== null;
  if (isConditional(options)) {
    if (state.current === null) return { existed };
    checkWriteConditions(options, state.current.info);
    if (options.onlyIf?.(state.current.info, true) === false) return { existed: false };
  }
  const { owner = bucket.owner } = options;
  const info: ObjectInfo = {
    key,
    size: 0,
    etag: "",
    lastModifiedMs: Math.floor(engine.clock()),
    owner,
    grants: privateGrants(owner),
    headers: {},
    metadata: {},
    storageClass: "STANDARD",
    deleteMarker: true,
  };
  const draft = guardBucket(new Draft(), bucket);
  const { versionId } = await addVersion(engine, draft, bucket, state, { info, content: { kind: "none" } });
  await noteDeletion(engine, draft, bucket, "DeleteMarkerCreated", { key, versionId }, options);
  return (await commitCounted(engine, bucket, draft)) ? { existed, versionId, deleteMarker: true } : conflict;
}

function isConditional(options: DeleteObjectOptions): boolean {
  const { ifMatch, ifMatchLastModifiedMs, ifMatchSize, onlyIf } = options;
  return [ifMatch, ifMatchLastModifiedMs, ifMatchSize, onlyIf].some((one) => one !== undefined);
}

async function remove(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: DeleteObjectOptions,
): Promise<Deletion | typeof conflict> {
  const { versionId } = options;
  const found = await findVersion(engine.index, bucket, key, versionId);
  const named = versionId === undefined ? {} : { versionId };
  if (found === null) return { existed: false, ...named };
  checkWriteConditions(options, found.info);
  if (options.onlyIf?.(found.info, found.table === "objects") === false) return { existed: false, ...named };
  // Versioning may have been enabled meanwhile, and then nothing is removed that nobody named; or a quota was set, and then
  // what is removed counts.
  const draft = new Draft().check("buckets", bucketKey(bucket.name), bucket.version);
  await removeVersion(engine, draft, bucket, found, options);
  await noteDeletion(engine, draft, bucket, "Delete", { key, versionId: found.info.versionId }, options);
  if (!(await commitCounted(engine, bucket, draft))) return conflict;
  return { existed: true, ...named, ...(found.info.deleteMarker === true ? { deleteMarker: true } : {}) };
}

async function noteDeletion(
  engine: Engine,
  draft: Draft,
  bucket: Bucket,
  what: "Delete" | "DeleteMarkerCreated",
  info: { readonly key: string; readonly versionId: string | undefined },
  { origin, isExpiration }: DeleteObjectOptions,
): Promise<void> {
  const event =
    isExpiration === true ? (`LifecycleExpiration:${what}` as const) : (`ObjectRemoved:${what}` as const);
  await noteEvent(engine, draft, bucket, { event, info, origin });
}
