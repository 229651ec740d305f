import { S3Error } from "../s3/errors.ts";
import { findVersion, readVersion } from "./find-version.ts";
import type { FoundVersion } from "./find-version.ts";
import { missingVersion } from "./missing-version.ts";
import { decodeManifest } from "./records/manifest.ts";
import type { PartRecord } from "./records/manifest.ts";
import type { Content } from "./records/object.ts";
import { objectKey } from "./table-keys.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";

/** An object whose record was read and whose bytes are that record's, whatever happens to the key meanwhile. */
export interface OpenObject {
  readonly info: ObjectInfo;
  /** The whole body, when it is at hand. */
  readonly bytes: Buffer | null;
  /** First and last byte of the part that was asked for. */
  readonly part?: { readonly start: number; readonly end: number } | undefined;
  /**
   * The bytes from `start` to `end`, both inclusive, each verified against its checksum.
   *
   * @throws S3Error InternalError when the bytes on the disk are not those that were written.
   */
  stream(start: number, end: number): AsyncIterable<Buffer>;
  /** Must be called when reading is over: until then the bytes are kept. */
  close(): void;
}

/** Attempts to read a record and its bytes together; each that fails was beaten by an overwrite. */
const maxAttempts = 16;

/** Which version of an object. */
export interface VersionOptions {
  /** Default: the current one. */
  readonly versionId?: string | undefined;
}

/**
 * The object's record; null where there is none and for a delete marker. {@link missingObject} tells which.
 *
 * @throws S3Error InvalidArgument for what cannot be a version id.
 */
export async function headObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: VersionOptions = {},
): Promise<ObjectInfo | null> {
  return (await readObject(engine, bucket, key, options))?.info ?? null;
}

/**
 * The error for an object, or a version of it, of which `headObject` or `openObject` found nothing to read.
 *
 * @returns S3Error NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker named by its id; with the headers
 *   that tell of a delete marker.
 */
export async function missingObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  { versionId }: VersionOptions = {},
): Promise<S3Error> {
  const found =
    bucket.versioning === undefined ? null : await findVersion(engine.index, bucket, key, versionId);
  return missingVersion(key, versionId, found?.info.deleteMarker === true ? found.info : undefined);
}

/**
 * Opens an object for reading; null where there is none and for a delete marker.
 *
 * @param options.partNumber Which part the caller is going to read; it is found and checked.
 * @throws S3Error InvalidPartNumber when the object has no such part; InvalidArgument for what cannot be a version id.
 */
export async function openObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: VersionOptions & { readonly partNumber?: number | undefined } = {},
): Promise<OpenObject | null> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const found = await readObject(engine, bucket, key, options);
    if (found === null) return null;
    const { info, content } = found;
    if (content.kind === "none") return wholeObject(info, Buffer.alloc(0), options.partNumber);
    if (content.kind === "inline") {
      const bytes = await engine.index.get("inline", content.id);
      if (bytes?.value.length === info.size) return wholeObject(info, bytes.value, options.partNumber);
    } else if (content.kind === "blob") {
      const whole = { start: 0, size: info.size, content };
      return openPieces(engine, info, content.id, [whole], options.partNumber);
    } else {
      const parts = await readManifest(engine, content.id);
      if (parts !== null) return openPieces(engine, info, content.id, piecesOf(parts), options.partNumber);
    }
    // The bytes are not there. Either an overwrite took them with their record, or the store is damaged.
    const now = await engine.index.get(found.table, found.row.key);
    if (now?.version === found.row.version) throw damaged(key, "its bytes are missing");
  }
  throw new S3Error("ServiceUnavailable", {
    message: `Cannot read "${key}": it was overwritten ${maxAttempts} times meanwhile`,
  });
}

async function readObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  { versionId }: VersionOptions,
): Promise<FoundVersion | null> {
  if (versionId === undefined) {
    // The newest version is an object if and only if it has a row here.
    const row = await engine.index.get("objects", objectKey(bucket.id, key));
    return row === null ? null : readVersion("objects", row, key, bucket);
  }
  const found = await findVersion(engine.index, bucket, key, versionId);
  return found?.info.deleteMarker === true ? null : found;
}

/** Where a stretch of the object's bytes is. */
interface Piece {
  readonly start: number;
  readonly size: number;
  readonly content: Content;
  readonly partNumber?: number | undefined;
}

async function readManifest(engine: Engine, id: Buffer): Promise<readonly PartRecord[] | null> {
  const cached = engine.manifestCache.get(id);
  if (cached !== undefined) return cached;
  const manifest = await engine.index.get("manifests", id);
  if (manifest === null) return null;
  const parts = decodeManifest(manifest.value);
  engine.manifestCache.set(id, parts);
  return parts;
}

function piecesOf(parts: readonly PartRecord[]): Piece[] {
  let start = 0;
  return parts.map(({ size, content, partNumber }) => {
    const at = start;
    start += size;
    return { start: at, size, content, partNumber };
  });
}

function wholeObject(info: ObjectInfo, bytes: Buffer, partNumber: number | undefined): OpenObject {
  return {
    info,
    bytes,
    part: partOf(info, [], partNumber),
    async *stream(start, end): AsyncIterable<Buffer> {
      yield bytes.subarray(start, end + 1);
    },
    close(): void {},
  };
}

/** @param id Of the blob, or of the list of parts, which keeps their bytes. */
function openPieces(
  engine: Engine,
  info: ObjectInfo,
  id: Buffer,
  pieces: readonly Piece[],
  partNumber: number | undefined,
): OpenObject {
  const part = partOf(info, pieces, partNumber);
  engine.pins.pin(id);
  let isOpen = true;
  return {
    info,
    bytes: null,
    part,
    stream: (start, end) => streamPieces(engine, info.key, pieces, start, end),
    close(): void {
      if (!isOpen) return;
      isOpen = false;
      engine.pins.unpin(id);
    },
  };
}

/** The range of a part. An object that was not uploaded in parts is its own part 1, as on AWS. */
function partOf(
  info: ObjectInfo,
  pieces: readonly Piece[],
  partNumber: number | undefined,
): { start: number; end: number } | undefined {
  if (partNumber === undefined) return undefined;
  if (info.partCount === undefined && partNumber === 1) return { start: 0, end: info.size - 1 };
  const found = pieces.find((one) => one.partNumber === partNumber);
  if (found === undefined) {
    throw new S3Error("InvalidPartNumber", {
      details: { PartNumberRequested: String(partNumber), ActualPartCount: String(info.partCount ?? 1) },
    });
  }
  return { start: found.start, end: found.start + found.size - 1 };
}

async function* streamPieces(
  engine: Engine,
  key: string,
  pieces: readonly Piece[],
  start: number,
  end: number,
): AsyncIterable<Buffer> {
  try {
    for (const { start: pieceStart, size, content } of pieces) {
      if (pieceStart > end || pieceStart + size <= start || content.kind === "none") continue;
      const first = Math.max(0, start - pieceStart);
      const last = Math.min(size, end + 1 - pieceStart) - 1;
      if (content.kind === "blob") {
        yield* engine.blobs.read(content.id, { size, start: first, end: last });
      } else {
        const bytes = await engine.index.get("inline", content.id);
        if (bytes?.value.length !== size) throw new Error(`Row ${content.id.toString("hex")} is missing`);
        yield bytes.value.subarray(first, last + 1);
      }
    }
  } catch (error) {
    engine.log("error", `Cannot read the bytes of "${key}"`, error);
    throw damaged(key, "its bytes cannot be read", error);
  }
}

function damaged(key: string, what: string, cause?: unknown): S3Error {
  return new S3Error("InternalError", { message: `Cannot read "${key}": ${what}`, cause });
}
