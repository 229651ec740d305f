/** Multipart uploads: begin, find, list, abort. Their parts are in `parts.ts`, their end in `complete-upload.ts`. */

import type { Owner } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { guardBucket, rereadBucket } from "./buckets.ts";
import { idBytes } from "./ids.ts";
import type { Entry } from "./index/index.ts";
import { decodeJson, encodeJson } from "./records/json.ts";
import { decodePart } from "./records/manifest.ts";
import { encodeTrash } from "./records/references.ts";
import {
  afterKey,
  afterPrefix,
  bucketKey,
  bucketPrefix,
  objectKey,
  partKey,
  splitUploadKey,
  uploadKey,
} from "./table-keys.ts";
import { createDataKey } from "./encryption/data-key.ts";
import type { Bucket, EncryptionRequest, Engine, ObjectAttributes, Upload } from "./types.ts";
import { commitCounted } from "./usage.ts";
import type { Usage } from "./usage.ts";
import { isCommonPrefix, walkRows } from "./walk-rows.ts";

/** S3's limit. */
const maxParts = 10_000;

type UploadRecord = Omit<Upload, "uploadId" | "key" | "bucketId" | "version">;

export interface CreateUploadInput
  extends ObjectAttributes, Partial<Pick<Upload, "checksumAlgorithm" | "checksumType">> {
  readonly bucket: Bucket;
  readonly key: string;
  /** Who begins it. Default: whose the object will be. */
  readonly initiator?: Owner | undefined;
  /** Absent: the bytes are stored as they are. */
  readonly encryption?: EncryptionRequest | undefined;
}

/** Begins an upload. @throws S3Error NoSuchBucket, InsufficientStorage */
export async function createUpload(engine: Engine, input: CreateUploadInput): Promise<Upload> {
  engine.takeRoom(0, "index");
  const { key } = input;
  const id = engine.ids.next();
  const record: UploadRecord = {
    initiatedAtMs: Math.floor(engine.clock()),
    initiator: input.initiator?.id === input.owner.id ? undefined : input.initiator,
    owner: input.owner,
    grants: input.grants,
    headers: input.headers ?? {},
    metadata: input.metadata ?? {},
    storageClass: input.storageClass ?? "STANDARD",
    retention: input.retention,
    legalHold: input.legalHold,
    tags: input.tags,
    checksumAlgorithm: input.checksumAlgorithm,
    checksumType: input.checksumType,
    encryption:
      input.encryption === undefined
        ? undefined
        : createDataKey(engine, objectKey(input.bucket.id, key), input.encryption).encryption,
  };
  let bucket = input.bucket;
  await atomically(engine, `bucket ${bucket.name}`, async () => {
    const draft = guardBucket(new Draft(), bucket).put(
      "uploads",
      uploadKey(bucket.id, key, id),
      encodeJson(record),
    );
    if (await engine.index.commit(draft)) return undefined;
    bucket = await rereadBucket(engine, bucket);
    return conflict;
  });
  return requireUpload(engine, bucket, key, id.toString("hex"));
}

/** The upload, or null where there is none. */
export async function getUpload(
  engine: Engine,
  bucket: Bucket,
  key: string,
  uploadId: string,
): Promise<Upload | null> {
  const id = parseUploadId(uploadId);
  if (id === null) return null;
  const entry = await engine.index.get("uploads", uploadKey(bucket.id, key, id));
  return entry === null ? null : uploadOf(entry);
}

/** @throws S3Error NoSuchUpload */
export async function requireUpload(
  engine: Engine,
  bucket: Bucket,
  key: string,
  uploadId: string,
): Promise<Upload> {
  const upload = await getUpload(engine, bucket, key, uploadId);
  if (upload === null) throw noSuchUpload(uploadId);
  return upload;
}

/**
 * Ends an upload without an object. Its parts' bytes are removed afterwards.
 *
 * @throws S3Error NoSuchUpload
 */
export async function abortUpload(
  engine: Engine,
  bucket: Bucket,
  key: string,
  uploadId: string,
): Promise<void> {
  let now = bucket;
  return atomically(engine, `upload ${uploadId}`, async () => {
    const upload = await requireUpload(engine, now, key, uploadId);
    const id = Buffer.from(uploadId, "hex");
    const rowKey = uploadKey(bucket.id, key, id);
    const draft = new Draft()
      .check("buckets", bucketKey(now.name), now.version)
      .check("uploads", rowKey, upload.version)
      .delete("uploads", rowKey)
      .put("trash", engine.ids.next(), encodeTrash({ kind: "upload", id }));
    if (await commitCounted(engine, now, draft, { measure: () => freedBy(engine, id) })) return undefined;
    now = await rereadBucket(engine, now);
    return conflict;
  });
}

async function freedBy(engine: Engine, uploadId: Buffer): Promise<Usage> {
  const snapshot = await engine.index.snapshot();
  try {
    const rows = await snapshot.range("parts", {
      start: partKey(uploadId, 0),
      end: afterPrefix(uploadId),
      limit: maxParts,
    });
    return { bytes: rows.reduce((sum, { value }) => sum - decodePart(value).size, 0), objects: 0 };
  } finally {
    snapshot.close();
  }
}

export interface ListUploadsOptions {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  /** List uploads of keys after this one; a common prefix is skipped whole. */
  readonly keyMarker?: string | undefined;
  /** With `keyMarker`: also the uploads of that very key that come after this one. */
  readonly uploadIdMarker?: string | undefined;
  /** The most uploads and common prefixes to return, together. */
  readonly limit: number;
}

export interface UploadList {
  readonly uploads: Upload[];
  readonly commonPrefixes: string[];
  readonly isTruncated: boolean;
  /** What to pass as `keyMarker` and `uploadIdMarker` for the rest. */
  readonly nextKeyMarker: string | null;
  readonly nextUploadIdMarker: string | null;
}

/** One page of a bucket's uploads, by key, then in the order they were begun. */
export async function listUploads(
  engine: Engine,
  bucket: Bucket,
  { prefix = "", delimiter = "", keyMarker = "", uploadIdMarker = "", limit }: ListUploadsOptions,
): Promise<UploadList> {
  const uploads: Upload[] = [];
  const commonPrefixes: string[] = [];
  let isTruncated = false;
  let last: { key: string; uploadId: string } | null = null;
  const snapshot = await engine.index.snapshot();
  try {
    if (limit > 0) {
      await walkRows(
        snapshot,
        {
          table: "uploads",
          scope: bucketPrefix(bucket.id),
          prefix,
          delimiter,
          start: startAfter(
            bucket.id,
            keyMarker,
            uploadIdMarker,
            isCommonPrefix(keyMarker, prefix, delimiter),
          ),
          keyEnd: (rowKey) => rowKey.length - idBytes - 1,
          expectedRows: limit + 1,
        },
        (entry, commonPrefix) => {
          if (uploads.length + commonPrefixes.length >= limit) {
            isTruncated = true;
            return false;
          }
          if (commonPrefix === undefined) {
            const upload = uploadOf(entry);
            uploads.push(upload);
            last = upload;
          } else {
            commonPrefixes.push(commonPrefix);
            last = { key: commonPrefix, uploadId: "" };
          }
          return true;
        },
      );
    }
  } finally {
    snapshot.close();
  }
  // The closure above assigns it, which the compiler does not follow.
  const end = last as { key: string; uploadId: string } | null;
  return {
    uploads,
    commonPrefixes,
    isTruncated,
    nextKeyMarker: end?.key ?? null,
    nextUploadIdMarker: end?.uploadId ?? null,
  };
}

/** The row of an upload, for a commit that changes it. */
export function encodeUpload(upload: Upload): Buffer {
  const { uploadId: _id, key: _key, bucketId: _bucket, version: _version, ...record } = upload;
  return encodeJson(record satisfies UploadRecord);
}

export function noSuchUpload(uploadId: string): S3Error {
  return new S3Error("NoSuchUpload", { details: { UploadId: uploadId } });
}

/** The bytes of an upload's id; null for a text that cannot be one. */
export function parseUploadId(uploadId: string): Buffer | null {
  return /^[0-9a-f]{32}$/.test(uploadId) ? Buffer.from(uploadId, "hex") : null;
}

export function uploadOf(entry: Entry): Upload {
  const { bucketId, key, uploadId } = splitUploadKey(entry.key);
  const record = decodeJson(entry.value, "upload") as UploadRecord;
  return { ...record, bucketId, key, uploadId: uploadId.toString("hex"), version: entry.version };
}

function startAfter(bucketId: string, key: string, uploadId: string, isCommonPrefix: boolean): Buffer {
  const row = objectKey(bucketId, key);
  if (key === "") return row;
  if (isCommonPrefix) return afterPrefix(row) ?? afterKey(row);
  const id = parseUploadId(uploadId);
  if (id !== null) return afterKey(uploadKey(bucketId, key, id));
  return afterPrefix(Buffer.concat([row, Buffer.of(0)])) ?? afterKey(row);
}
