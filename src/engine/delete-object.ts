import { checkWriteConditions } from "../s3/conditions.ts";
import type { WriteConditions } from "../s3/conditions.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { discardContent } from "./content.ts";
import { findVersion } from "./find-version.ts";
import type { VersionOptions } from "./open-object.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";

export interface DeleteObjectOptions extends Omit<WriteConditions, "ifNoneMatch">, VersionOptions {
  /** Remove it only while this holds of it; asked again of whatever has taken its place. */
  readonly onlyIf?: ((info: ObjectInfo) => boolean) | undefined;
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
    return (await engine.index.commit(draft)) ? { existed: true } : conflict;
  });
}
