import { checkWriteConditions } from "../s3/conditions.ts";
import type { WriteConditions } from "../s3/conditions.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { discardContent } from "./content.ts";
import { decodeObject } from "./records/object.ts";
import { objectKey } from "./table-keys.ts";
import type { Bucket, Engine } from "./types.ts";

/**
 * Removes an object. When it resolves, the object is gone and stays so.
 *
 * @param options.ifMatch Remove it only while it has this ETag.
 * @returns Whether there was one.
 * @throws S3Error PreconditionFailed
 */
export async function deleteObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: Pick<WriteConditions, "ifMatch"> = {},
): Promise<{ existed: boolean }> {
  const rowKey = objectKey(bucket.id, key);
  return atomically(engine, `object ${bucket.id} ${key}`, async () => {
    const existing = await engine.index.get("objects", rowKey);
    if (existing === null) return { existed: false };
    const { info, content } = decodeObject(existing.value, key, bucket.owner);
    checkWriteConditions(options, info);
    const draft = new Draft().check("objects", rowKey, existing.version).delete("objects", rowKey);
    discardContent(engine, draft, content);
    return (await engine.index.commit(draft)) ? { existed: true } : conflict;
  });
}
