/** The parts of an upload under way. */

import type { ChecksumAlgorithm } from "../s3/checksums.ts";
import { S3Error } from "../s3/errors.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { createChecksum } from "./checksums.ts";
import { rereadBucket } from "./buckets.ts";
import { commitContent, discardContent, dropContent, keepContent, storeContent } from "./content.ts";
import type { StoredContent } from "./content.ts";
import { openUploadKey } from "./encryption/upload-key.ts";
import { openInline, readContent } from "./read-content.ts";
import { decodePart, encodePart } from "./records/manifest.ts";
import type { PartRecord } from "./records/manifest.ts";
import type { Snapshot } from "./index/index.ts";
import { afterPrefix, bucketKey, partKey, uploadKey } from "./table-keys.ts";
import type { Body, Bucket, Engine, ObjectChecksum, Part, Upload } from "./types.ts";
import { commitCounted, requireQuota } from "./usage.ts";
import { encodeUpload, noSuchUpload, uploadOf } from "./uploads.ts";

/** The highest part number, and so the most parts of an upload. */
export const maxPartNumber = 10_000;

export interface PutPartInput {
  /** The upload's bucket, whose quota counts. Without it nothing is counted. */
  readonly bucket?: Bucket | undefined;
  readonly upload: Upload;
  /** 1 to 10,000. */
  readonly partNumber: number;
  readonly body: Body;
  /** Bytes that a body which flows will have, where that is known: what has no room is refused before it is read. */
  readonly size?: number | undefined;
  /** Base64. */
  readonly contentMd5?: string | undefined;
  /** Asked for after the last byte. */
  readonly checksum?: (() => ObjectChecksum | undefined) | undefined;
  /** The key that the upload was begun with, when it is the customer's. */
  readonly customerKey?: Uint8Array | undefined;
}

/**
 * Stores a part, in place of the one that has its number.
 *
 * @throws S3Error NoSuchUpload, BadDigest, InvalidRequest for a checksum of another algorithm or a customer's key other
 *   than the upload's, InsufficientStorage, QuotaExceeded; whatever the body throws. Nothing is stored then.
 */
export async function putPart(
  engine: Engine,
  input: PutPartInput,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Part> {
  const { partNumber } = input;
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > maxPartNumber) {
    throw new RangeError(`Invalid part number ${partNumber}: it must be from 1 to ${maxPartNumber}`);
  }
  const key = openUploadKey(engine, input.upload, input.customerKey);
  if (input.bucket?.quota !== undefined) await refuseBeyondQuota(engine, input.bucket, input);
  const stored = await storeContent(engine, input.body, {
    size: input.size,
    contentMd5: input.contentMd5,
    key,
    signal: options.signal,
  });
  try {
    const part: PartRecord = {
      partNumber,
      size: stored.size,
      etag: stored.etag,
      lastModifiedMs: Math.floor(engine.clock()),
      content: stored.content,
      ...(key === undefined ? {} : { isEncrypted: true }),
      ...(await checksumOf(engine, input, stored, key?.dataKey)),
    };
    const rowKey = partRowKey(input);
    let { upload, bucket } = input;
    return await atomically(engine, `part ${upload.uploadId} ${partNumber}`, async () => {
      const replaced = await engine.index.get("parts", rowKey);
      const draft = guardUpload(new Draft(), upload)
        .check("parts", rowKey, replaced?.version ?? null)
        .put("parts", rowKey, encodePart(part));
      keepContent(draft, stored, { kind: "part", partKey: rowKey });
      draft.count(part.size, 0);
      if (replaced !== null) {
        const { content, size } = decodePart(replaced.value);
        discardContent(engine, draft, content);
        draft.count(-size, 0);
      }
      if (bucket !== undefined) draft.check("buckets", bucketKey(bucket.name), bucket.version);
      const commit = (counted: Draft): Promise<boolean> => commitContent(engine, counted, stored);
      const isDone =
        bucket === undefined ? await commit(draft) : await commitCounted(engine, bucket, draft, { commit });
      if (isDone) return part;
      upload = await rereadUpload(engine, upload);
      if (bucket !== undefined) bucket = await rereadBucket(engine, bucket);
      return conflict;
    });
  } catch (error) {
    await dropContent(engine, stored);
    throw error;
  }
}

/** Refuses what the commit would refuse, before the body is read. */
async function refuseBeyondQuota(engine: Engine, bucket: Bucket, input: PutPartInput): Promise<void> {
  const { body, size } = input;
  if (body instanceof Uint8Array || size === undefined) return;
  const replaced = await engine.index.get("parts", partRowKey(input));
  const freed = replaced === null ? 0 : decodePart(replaced.value).size;
  await requireQuota(engine, bucket, { bytes: size - freed, objects: 0 });
}

function partRowKey({ upload, partNumber }: PutPartInput): Buffer {
  return partKey(Buffer.from(upload.uploadId, "hex"), partNumber);
}

/** One page of an upload's parts, by number. */
export async function listParts(
  engine: Engine,
  upload: Upload,
  options: {
    /** List the parts with higher numbers. */
    readonly after?: number | undefined;
    readonly limit: number;
  },
): Promise<{ parts: Part[]; isTruncated: boolean }> {
  const { after = 0, limit } = options;
  if (limit <= 0 || after >= maxPartNumber) return { parts: [], isTruncated: false };
  const snapshot = await engine.index.snapshot();
  try {
    const rows = await readParts(snapshot, Buffer.from(upload.uploadId, "hex"), after + 1, limit + 1);
    return { parts: rows.slice(0, limit), isTruncated: rows.length > limit };
  } finally {
    snapshot.close();
  }
}

/** An upload's parts from a number on. */
export async function readParts(
  snapshot: Snapshot,
  uploadId: Buffer,
  from = 1,
  limit: number = maxPartNumber,
): Promise<PartRecord[]> {
  const entries = await snapshot.range("parts", {
    start: partKey(uploadId, from),
    end: afterPrefix(uploadId),
    limit,
  });
  return entries.map((entry) => decodePart(entry.value));
}

/** Lets a commit happen only while the upload is under way, and makes a completion read the parts again. */
function guardUpload(draft: Draft, upload: Upload): Draft {
  const rowKey = rowKeyOf(upload);
  draft.check("uploads", rowKey, upload.version);
  if (upload.isBeingCompleted === true) {
    draft.put("uploads", rowKey, encodeUpload({ ...upload, isBeingCompleted: undefined }));
  }
  return draft;
}

async function rereadUpload(engine: Engine, upload: Upload): Promise<Upload> {
  const entry = await engine.index.get("uploads", rowKeyOf(upload));
  if (entry === null) throw noSuchUpload(upload.uploadId);
  return uploadOf(entry);
}

function rowKeyOf({ bucketId, key, uploadId }: Upload): Buffer {
  return uploadKey(bucketId, key, Buffer.from(uploadId, "hex"));
}

/** What the client gave and the server verified; otherwise, when the upload wants one, the stored bytes' own. */
async function checksumOf(
  engine: Engine,
  { checksum, upload: { checksumAlgorithm } }: PutPartInput,
  stored: StoredContent,
  dataKey: Uint8Array | undefined,
): Promise<Pick<Part, "checksum">> {
  const given = checksum?.();
  if (given === undefined) {
    if (checksumAlgorithm === undefined) return {};
    return {
      checksum: {
        algorithm: checksumAlgorithm,
        value: await computed(engine, checksumAlgorithm, stored, dataKey),
      },
    };
  }
  if (checksumAlgorithm !== undefined && checksumAlgorithm !== given.algorithm) {
    throw new S3Error("InvalidRequest", {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${checksumAlgorithm.toLowerCase()}, actual checksum Type: ${given.algorithm.toLowerCase()}`,
    });
  }
  return { checksum: { algorithm: given.algorithm, value: given.value } };
}

async function computed(
  engine: Engine,
  algorithm: ChecksumAlgorithm,
  { content, inline, size }: StoredContent,
  dataKey: Uint8Array | undefined,
): Promise<string> {
  const checksum = createChecksum(algorithm);
  if (inline !== null) checksum.update(openInline({ content, size, dataKey }, Buffer.from(inline)));
  if (content.kind === "blob") {
    for await (const piece of readContent(engine, { content, size, dataKey })) checksum.update(piece);
  }
  return checksum.digest();
}
