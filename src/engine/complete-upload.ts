import { createHash } from "node:crypto";

import { checkWriteConditions } from "../s3/conditions.ts";
import type { WriteConditions } from "../s3/conditions.ts";
import { S3Error } from "../s3/errors.ts";
import type { EventOrigin } from "../s3/event.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { guardBucket, rereadBucket } from "./buckets.ts";
import { noteEvent } from "./events.ts";
import { commitCounted } from "./usage.ts";
import { discardContent } from "./content.ts";
import { openUploadKey } from "./encryption/upload-key.ts";
import { readVersion } from "./find-version.ts";
import { addVersion, readKeyState } from "./key-versions.ts";
import type { KeyState } from "./key-versions.ts";
import { lockOf } from "./object-lock.ts";
import { readParts } from "./parts.ts";
import { decodeManifest, encodeManifest } from "./records/manifest.ts";
import type { PartRecord } from "./records/manifest.ts";
import { objectKey, partKey, uploadKey } from "./table-keys.ts";
import type { Bucket, Engine, ObjectChecksum, ObjectInfo, PartChecksum, Upload } from "./types.ts";
import { checksumOfParts } from "./upload-checksum.ts";
import { encodeUpload, getUpload, noSuchUpload, parseUploadId, uploadOf } from "./uploads.ts";

export interface CompleteUploadInput extends WriteConditions {
  /** Who asked for it, for its events. Default: the server itself. */
  readonly origin?: EventOrigin | undefined;
  readonly bucket: Bucket;
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly CompletedPart[];
  /** Throws where the upload is not one that may be completed by who asks. Default: any may. */
  readonly checkUpload?: (upload: Upload) => void;
  /** What the whole object's checksum must be. */
  readonly checksum?: Omit<ObjectChecksum, "type"> | undefined;
  /** What the checksum's type must be, where the client says one. */
  readonly checksumType?: string | undefined;
  /** What the whole object's size must be, in bytes. */
  readonly size?: number | undefined;
  /**
   * The key that the upload was begun with, when it is the customer's. AWS wants it where the upload has checksums.
   */
  readonly customerKey?: Uint8Array | undefined;
}

/** A part as the client lists it. */
export interface CompletedPart {
  readonly partNumber: number;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum?: PartChecksum | undefined;
}

/**
 * Makes an object of an upload's parts. Nothing is copied: the object's record points to a list of the parts' bytes.
 * Completing again what was completed answers the same, while the object is still there.
 *
 * The upload's row is marked before the parts are read; a part stored meanwhile takes the mark off, and the completion
 * reads again. So the object has the parts as they are when it appears.
 *
 * @throws S3Error NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, BadDigest, PreconditionFailed,
 *   InvalidRequest for another customer's key; the upload stays then.
 */
export async function completeUpload(engine: Engine, input: CompleteUploadInput): Promise<ObjectInfo> {
  const { key, uploadId } = input;
  const id = parseUploadId(uploadId);
  if (id === null) throw noSuchUpload(uploadId);
  checkOrder(input.parts);
  const rowKey = uploadKey(input.bucket.id, key, id);
  let bucket = input.bucket;

  return atomically(engine, `object ${bucket.id} ${key}`, async () => {
    const found = await getUpload(engine, bucket, key, uploadId);
    if (found === null) return completedBefore(engine, bucket, input, id);
    input.checkUpload?.(found);
    const wantsKey = found.encryption?.algorithm === "customer" && found.checksumAlgorithm !== undefined;
    if (wantsKey || input.customerKey !== undefined) openUploadKey(engine, found, input.customerKey);
    const upload = await mark(engine, found, rowKey);
    if (upload === conflict) return conflict;

    const snapshot = await engine.index.snapshot();
    let uploaded: PartRecord[];
    let state: KeyState;
    try {
      uploaded = await readParts(snapshot, id);
      state = await readKeyState(snapshot, bucket, key);
    } finally {
      snapshot.close();
    }
    checkWriteConditions(input, state.current?.info ?? null);
    const parts = chooseParts(engine, uploaded, input);
    const info = infoOf(engine, bucket, upload, parts, input);

    const draft = guardBucket(new Draft(), bucket)
      .check("uploads", rowKey, upload.version)
      .delete("uploads", rowKey)
      .put("manifests", id, encodeManifest(parts));
    const made = await addVersion(engine, draft, bucket, state, { info, content: { kind: "manifest", id } });
    const chosen = new Set(parts);
    for (const part of uploaded) {
      draft.delete("parts", partKey(id, part.partNumber)).count(-part.size, 0);
      if (!chosen.has(part)) discardContent(engine, draft, part.content);
    }
    await noteEvent(engine, draft, bucket, {
      event: "ObjectCreated:CompleteMultipartUpload",
      info: made,
      origin: input.origin,
    });
    if (await commitCounted(engine, bucket, draft)) return made;
    bucket = await rereadBucket(engine, bucket);
    return conflict;
  });
}

/** From now on a part that is stored changes the upload's row. A mark that somebody else set serves as well. */
async function mark(engine: Engine, upload: Upload, rowKey: Buffer): Promise<Upload | typeof conflict> {
  if (upload.isBeingCompleted === true) return upload;
  const draft = new Draft()
    .check("uploads", rowKey, upload.version)
    .put("uploads", rowKey, encodeUpload({ ...upload, isBeingCompleted: true }));
  await engine.index.commit(draft);
  const entry = await engine.index.get("uploads", rowKey);
  if (entry === null) return conflict;
  const marked = uploadOf(entry);
  return marked.isBeingCompleted === true ? marked : conflict;
}

/** The object, when it came from this upload with these parts. */
async function completedBefore(
  engine: Engine,
  bucket: Bucket,
  { key, uploadId, parts }: CompleteUploadInput,
  id: Buffer,
): Promise<ObjectInfo> {
  const entry = await engine.index.get("objects", objectKey(bucket.id, key));
  if (entry === null) throw noSuchUpload(uploadId);
  const { info, content } = readVersion("objects", entry, key, bucket);
  if (content.kind !== "manifest" || !content.id.equals(id)) throw noSuchUpload(uploadId);
  const manifest = await engine.index.get("manifests", id);
  const made = manifest === null ? [] : decodeManifest(manifest.value);
  const isSame =
    made.length === parts.length &&
    made.every((part, at) => part.partNumber === parts[at]?.partNumber && part.etag === parts[at]?.etag);
  if (!isSame) throw noSuchUpload(uploadId);
  return info;
}

function checkOrder(parts: readonly CompletedPart[]): void {
  if (parts.length === 0) {
    throw new S3Error("MalformedXML", { message: "Cannot complete an upload without parts" });
  }
  let before = 0;
  for (const { partNumber } of parts) {
    if (partNumber <= before) throw new S3Error("InvalidPartOrder");
    before = partNumber;
  }
}

/** The stored parts that the client lists, each being what the client takes it for. */
function chooseParts(
  engine: Engine,
  uploaded: readonly PartRecord[],
  { parts, uploadId }: CompleteUploadInput,
): PartRecord[] {
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  const chosen = parts.map(({ partNumber, etag, checksum }) => {
    const part = byNumber.get(partNumber);
    const isSame = part?.etag === etag && (checksum === undefined || checksum.value === part.checksum?.value);
    if (!isSame || part === undefined) {
      throw new S3Error("InvalidPart", {
        details: { UploadId: uploadId, PartNumber: String(partNumber), ETag: etag },
      });
    }
    return part;
  });
  const { minPartBytes } = engine.limits;
  const small = chosen.slice(0, -1).find((part) => part.size < minPartBytes);
  if (small !== undefined) {
    throw new S3Error("EntityTooSmall", {
      message: `Cannot complete upload "${uploadId}": part ${small.partNumber} has ${small.size} bytes, every part but the last must have at least ${minPartBytes}`,
      details: {
        ProposedSize: String(small.size),
        MinSizeAllowed: String(minPartBytes),
        PartNumber: String(small.partNumber),
        ETag: small.etag,
      },
    });
  }
  return chosen;
}

/** Holds what the client says of the object's checksum against it. What cannot be verified is not taken for good. */
function checkChecksum(
  { checksum: given, checksumType, uploadId }: CompleteUploadInput,
  { checksumType: uploadType }: Upload,
  checksum: ObjectChecksum | undefined,
): void {
  if (checksumType !== undefined && uploadType !== undefined && checksumType !== uploadType) {
    throw new S3Error("InvalidRequest", {
      message: `The upload was created using the ${uploadType} checksum mode. The complete request must use the same checksum mode.`,
    });
  }
  if (given === undefined) return;
  if (checksum === undefined) {
    throw new S3Error("InvalidRequest", {
      message: `Cannot verify the ${given.algorithm} of upload "${uploadId}": it was created without a checksum algorithm, or a part has none`,
    });
  }
  if (given.algorithm !== checksum.algorithm) {
    throw new S3Error("InvalidRequest", {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, actual checksum Type: ${given.algorithm.toLowerCase()}`,
    });
  }
  // A composite one may come without the number of parts behind it.
  if (given.value === checksum.value || `${given.value}-${checksum.value.split("-")[1]}` === checksum.value)
    return;
  throw new S3Error("BadDigest", {
    message: `The ${checksum.algorithm} you specified did not match the calculated checksum.`,
  });
}

function infoOf(
  engine: Engine,
  bucket: Bucket,
  upload: Upload,
  parts: readonly PartRecord[],
  input: CompleteUploadInput,
): ObjectInfo {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (input.size !== undefined && input.size !== size) {
    throw new S3Error("InvalidRequest", {
      message: `The provided 'x-amz-mp-object-size' header value ${input.size} does not match what was computed: ${size}`,
    });
  }
  const checksum = checksumOfParts(upload, parts);
  checkChecksum(input, upload, checksum);
  const md5 = createHash("md5");
  for (const part of parts) md5.update(part.etag, "hex");
  return {
    key: upload.key,
    size,
    etag: `${md5.digest("hex")}-${parts.length}`,
    lastModifiedMs: Math.floor(engine.clock()),
    owner: upload.owner,
    grants: upload.grants,
    headers: upload.headers,
    metadata: upload.metadata,
    storageClass: upload.storageClass,
    checksum,
    tags: upload.tags,
    encryption: upload.encryption,
    partCount: parts.length,
    ...lockOf(bucket, upload, engine.clock()),
  };
}
