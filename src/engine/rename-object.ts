import { checkWriteConditions } from "../s3/conditions.ts";
import type { WriteConditions } from "../s3/conditions.ts";
import type { EventOrigin } from "../s3/event.ts";
import { S3Error } from "../s3/errors.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { guardBucket, rereadBucket } from "./buckets.ts";
import { discardContent } from "./content.ts";
import { noteEvent } from "./events.ts";
import { moveDataKey } from "./encryption/data-key.ts";
import { decodeObject, encodeObject } from "./records/object.ts";
import { encodeBlobUser } from "./records/references.ts";
import { commitCounted } from "./usage.ts";
import { objectKey } from "./table-keys.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";

export interface RenameObjectInput extends WriteConditions {
  readonly bucket: Bucket;
  /** The object as it is called. */
  readonly sourceKey: string;
  /** What it is to be called. An object of that key is replaced. */
  readonly key: string;
  /** Who asked for it. Default: the server itself. */
  readonly origin?: EventOrigin | undefined;
  /** Throws where the source is not as the caller wants it; asked again when another write came first. */
  readonly checkSource?: ((info: ObjectInfo) => void) | undefined;
}

/**
 * Gives an object another key, in one commit: at every moment it is there under exactly one of the two. Its bytes are not
 * touched; they, the ETag, the time and all that is stored beside stay.
 *
 * @throws S3Error NoSuchKey, PreconditionFailed; InvalidRequest in a bucket with versions, for a name onto itself, and for
 *   an object with a customer's key, which the new name would need again; whatever `checkSource` throws.
 */
export async function renameObject(engine: Engine, input: RenameObjectInput): Promise<ObjectInfo> {
  const { sourceKey, key } = input;
  let bucket = input.bucket;
  const fromKey = objectKey(bucket.id, sourceKey);
  const toKey = objectKey(bucket.id, key);
  if (sourceKey === key) {
    throw new S3Error("InvalidRequest", { message: `Cannot rename ${JSON.stringify(key)} to itself.` });
  }
  return atomically(engine, `object ${bucket.id} ${key}`, async () => {
    if (bucket.versioning !== undefined) {
      throw new S3Error("InvalidRequest", {
        message: `Cannot rename ${JSON.stringify(sourceKey)}: the bucket ${JSON.stringify(bucket.name)} keeps versions, which stay with their keys.`,
      });
    }
    const from = await engine.index.get("objects", fromKey);
    if (from === null) throw new S3Error("NoSuchKey", { details: { Key: sourceKey } });
    const { info, content, ...rest } = decodeObject(from.value, sourceKey, bucket.owner);
    input.checkSource?.(info);
    const existing = await engine.index.get("objects", toKey);
    const replaced = existing === null ? null : decodeObject(existing.value, key, bucket.owner);
    checkWriteConditions(input, replaced?.info ?? null);

    const encryption =
      info.encryption === undefined ? undefined : moveDataKey(engine, info.encryption, fromKey, toKey);
    const renamed: ObjectInfo = { ...info, key, encryption };
    const draft = guardBucket(new Draft(), bucket)
      .check("objects", fromKey, from.version)
      .check("objects", toKey, existing?.version ?? null)
      .delete("objects", fromKey)
      .put("objects", toKey, encodeObject({ info: renamed, content, ...rest }, bucket.owner));
    if (content.kind === "blob") {
      draft.put("blobs", content.id, encodeBlobUser({ kind: "object", objectKey: toKey }));
    }
    // Amazon's directory buckets tell nobody; whoever keeps an index of a bucket here must learn of both keys.
    const { origin } = input;
    await noteEvent(engine, draft, bucket, { event: "ObjectRemoved:Delete", info, origin });
    await noteEvent(engine, draft, bucket, { event: "ObjectCreated:Copy", info: renamed, origin });
    if (replaced !== null) {
      discardContent(engine, draft, replaced.content);
      draft.count(-replaced.info.size, -1);
    }
    if (await commitCounted(engine, bucket, draft)) return renamed;
    bucket = await rereadBucket(engine, bucket);
    return conflict;
  });
}
