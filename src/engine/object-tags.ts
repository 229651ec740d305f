import { S3Error } from "../s3/errors.ts";
import type { Tags } from "../s3/tags.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { decodeObject, encodeObject } from "./records/object.ts";
import { objectKey } from "./table-keys.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";

/**
 * Gives an object other tags, or none. Its bytes, ETag and time stay.
 *
 * @throws S3Error NoSuchKey
 */
export async function setObjectTags(
  engine: Engine,
  bucket: Bucket,
  key: string,
  { tags }: { readonly tags: Tags | undefined },
): Promise<ObjectInfo> {
  const rowKey = objectKey(bucket.id, key);
  return atomically(engine, `object ${bucket.id} ${key}`, async () => {
    const existing = await engine.index.get("objects", rowKey);
    if (existing === null) throw new S3Error("NoSuchKey", { details: { Key: key } });
    const { info, content } = decodeObject(existing.value, key, bucket.owner);
    const changed: ObjectInfo = { ...info, tags };
    const draft = new Draft()
      .check("objects", rowKey, existing.version)
      .put("objects", rowKey, encodeObject({ info: changed, content }, bucket.owner));
    return (await engine.index.commit(draft)) ? changed : conflict;
  });
}
