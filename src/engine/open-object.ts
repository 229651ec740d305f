import { S3Error } from "../s3/errors.ts";
import { decodeManifest } from "./records/manifest.ts";
import type { PartRecord } from "./records/manifest.ts";
import { decodeObject } from "./records/object.ts";
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

/** The object's record, or null where there is none. */
export async function headObject(engine: Engine, bucket: Bucket, key: string): Promise<ObjectInfo | null> {
  const entry = await engine.index.get("objects", objectKey(bucket.id, key));
  return entry === null ? null : decodeObject(entry.value, key, bucket.owner).info;
}

/**
 * Opens an object for reading; null where there is none.
 *
 * @param options.partNumber Which part the caller is going to read; it is found and checked.
 * @throws S3Error InvalidPartNumber when the object has no such part.
 */
export async function openObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: { readonly partNumber?: number | undefined } = {},
): Promise<OpenObject | null> {
  const rowKey = objectKey(bucket.id, key);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const entry = await engine.index.get("objects", rowKey);
    if (entry === null) return null;
    const { info, content } = decodeObject(entry.value, key, bucket.owner);
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
    const now = await engine.index.get("objects", rowKey);
    if (now?.version === entry.version) throw damaged(key, "its bytes are missing");
  }
  throw new S3Error("ServiceUnavailable", {
    message: `Cannot read "${key}": it was overwritten ${maxAttempts} times meanwhile`,
  });
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
