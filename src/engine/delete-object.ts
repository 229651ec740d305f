import { checkWriteConditions } from "../s3/conditions.ts";
import type { WriteConditions } from "../s3/conditions.ts";
import type { EventOrigin } from "../s3/event.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { discardContent } from "./content.ts";
import { noteEvent } from "./events.ts";
import { findVersion } from "./find-version.ts";
import type { VersionOptions } from "./open-object.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";

export interface DeleteObjectOptions extends Omit<WriteConditions, "ifNoneMatch">, VersionOptions {
  /** Remove it only while this holds of it; asked again of whatever has taken its place. */
  readonly onlyIf?: ((info: ObjectInfo) => boolean) | undefined;
  /** Who asked for it, for its events. Default: the server itself. */
  readonly origin?: EventOrigin | undefined;
  /** A lifecycle rule asked for it. */
  readonly isExpiration?: true | undefined;
}

/**
 * Removes an object. When it resolves, the object is gone and stays so.
 *
 * @param options.ifMatch Remove it only while it has this ETag.
 * @param options.versionId Default: the current one.
 * @returns Whether there was one.
 * @throws S3Error PreconditionFailed; InvalidArgument for what cannot be a version id.
 */
export async function deleteObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: DeleteObjectOptions = {},
): Promise<{ existed: boolean }> {
  return atomically(engine, `object ${bucket.id} ${key}`, async () => {
    const found = await findVersion(engine.index, bucket, key, options.versionId);
    if (found === null) return { existed: false };
    const { info, content, table, row } = found;
    checkWriteConditions(options, info);
    if (options.onlyIf?.(info) === false) return { existed: false };
    const draft = new Draft().check(table, row.key, row.version).delete(table, row.key);
    discardContent(engine, draft, content);
    const { origin, isExpiration } = options;
    const event = isExpiration === true ? "LifecycleExpiration:Delete" : "ObjectRemoved:Delete";
    noteEvent(engine, draft, bucket, { event, info: { key, versionId: info.versionId }, origin });
    return (await engine.index.commit(draft)) ? { existed: true } : conflict;
  });
}
