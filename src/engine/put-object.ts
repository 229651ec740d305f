import { checkWriteConditions } from "../s3/conditions.ts";
import type { WriteConditions } from "../s3/conditions.ts";
import type { EventOrigin } from "../s3/event.ts";
import type { EventName } from "../s3/notification.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { guardBucket, rereadBucket } from "./buckets.ts";
import { noteEvent } from "./events.ts";
import { commitContent, dropContent, keepContent, storeContent } from "./content.ts";
import { commitCounted, requireQuota } from "./usage.ts";
import type { StoredContent } from "./content.ts";
import { idTimeMs } from "./ids.ts";
import { addVersion, readKeyState } from "./key-versions.ts";
import { lockOf } from "./object-lock.ts";
import { objectKey } from "./table-keys.ts";
import { createDataKey } from "./encryption/data-key.ts";
import type {
  Body,
  Bucket,
  Encryption,
  EncryptionRequest,
  Engine,
  ObjectAttributes,
  ObjectChecksum,
  ObjectInfo,
} from "./types.ts";

export interface PutObjectInput extends ObjectAttributes, WriteConditions, Caused {
  readonly bucket: Bucket;
  readonly key: string;
  readonly body: Body;
  /** Bytes that a body which flows will have, where that is known: what has no room is refused before it is read. */
  readonly size?: number | undefined;
  /** Base64. */
  readonly contentMd5?: string | undefined;
  /** Asked for after the last byte. */
  readonly checksum?: (() => ObjectChecksum | undefined) | undefined;
  /** Absent: the bytes are stored as they are. */
  readonly encryption?: EncryptionRequest | undefined;
}

/** What the events of a write say of it. */
interface Caused {
  /** Default: `ObjectCreated:Put`. */
  readonly event?: EventName | undefined;
  /** Who asked for it. Default: the server itself. */
  readonly origin?: EventOrigin | undefined;
}

/**
 * Stores an object, as the newest version of its key; where its bucket keeps no versions, in place of the one before.
 * When it resolves, bytes and record are durable.
 *
 * @throws S3Error NoSuchBucket, BadDigest, PreconditionFailed, ConditionalRequestConflict, InsufficientStorage,
 *   QuotaExceeded; whatever the body throws. Nothing is stored then.
 * @example
 * await putObject(engine, { bucket, key: "a", body: Buffer.from("hello"), owner, grants });
 */
export async function putObject(
  engine: Engine,
  input: PutObjectInput,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ObjectInfo> {
  const key =
    input.encryption === undefined
      ? undefined
      : createDataKey(engine, objectKey(input.bucket.id, input.key), input.encryption);
  if (input.bucket.quota !== undefined) await refuseBeyondQuota(engine, input);
  const stored = await storeContent(engine, input.body, {
    size: input.size,
    contentMd5: input.contentMd5,
    key,
    signal: options.signal,
  });
  let checksum: ObjectChecksum | undefined;
  try {
    checksum = input.checksum?.();
  } catch (error) {
    await dropContent(engine, stored);
    throw error;
  }
  return await commitObject(engine, input, { stored, checksum, encryption: key?.encryption });
}

/** Refuses what the commit would refuse, before the body is read. */
async function refuseBeyondQuota(engine: Engine, { bucket, key, body, size }: PutObjectInput): Promise<void> {
  if (body instanceof Uint8Array || size === undefined) return;
  // Which version it takes the place of, the commit finds out.
  if (bucket.versioning === "Suspended") return;
  const replaced =
    bucket.versioning === undefined
      ? (await readKeyState(engine.index, bucket, key)).current?.info
      : undefined;
  await requireQuota(engine, bucket, {
    bytes: size - (replaced?.size ?? 0),
    objects: replaced === undefined ? 1 : 0,
  });
}

/** A body that is stored, to become an object. */
interface StoredBody {
  readonly stored: StoredContent;
  readonly encryption: Encryption | undefined;
  readonly checksum: ObjectChecksum | undefined;
}

/** The last step of every write of an object: decide the conditions and commit, or leave nothing. */
async function commitObject(
  engine: Engine,
  input: PutObjectInput,
  { stored, encryption, checksum }: StoredBody,
): Promise<ObjectInfo> {
  const { key } = input;
  let bucket = input.bucket;
  try {
    return await atomically(engine, `object ${input.bucket.id} ${key}`, async () => {
      const state = await readKeyState(engine.index, bucket, key);
      checkWriteConditions(input, state.current?.info ?? null);
      const { retention, legalHold } = lockOf(bucket, input, engine.clock());
      const info: ObjectInfo = {
        key,
        size: stored.size,
        etag: stored.etag,
        lastModifiedMs:
          stored.content.kind === "inline" ? idTimeMs(stored.content.id) : Math.floor(engine.clock()),
        owner: input.owner,
        grants: input.grants,
        headers: input.headers ?? {},
        metadata: input.metadata ?? {},
        storageClass: input.storageClass ?? "STANDARD",
        checksum,
        tags: input.tags,
        encryption,
        retention,
        legalHold,
      };
      const draft = guardBucket(new Draft(), bucket);
      const made = await addVersion(engine, draft, bucket, state, { info, content: stored.content });
      keepContent(draft, stored, { kind: "object", objectKey: objectKey(bucket.id, key) });
      await noteEvent(engine, draft, bucket, {
        event: input.event ?? "ObjectCreated:Put",
        info: made,
        origin: input.origin,
      });
      const commit = (counted: Draft): Promise<boolean> => commitContent(engine, counted, stored);
      if (await commitCounted(engine, bucket, draft, { commit })) return made;
      bucket = await rereadBucket(engine, bucket);
      return conflict;
    });
  } catch (error) {
    await dropContent(engine, stored);
    throw error;
  }
}
