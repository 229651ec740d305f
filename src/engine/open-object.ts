import { S3Error } from "../s3/errors.ts";
import { checkCustomerKey, openDataKey } from "./encryption/data-key.ts";
import { openInline, readContent, storedBytes } from "./read-content.ts";
import { findVersion, readVersion } from "./find-version.ts";
import type { FoundVersion } from "./find-version.ts";
import { missingVersion } from "./missing-version.ts";
import { damageAdvice } from "./index/index.ts";
import { decodeManifest } from "./records/manifest.ts";
import type { PartRecord } from "./records/manifest.ts";
import type { Content } from "./records/object.ts";
import { objectKey } from "./table-keys.ts";
import type { Bucket, Encryption, Engine, ObjectInfo, Part } from "./types.ts";

/** An object whose record was read and whose bytes are that record's, whatever happens to the key meanwhile. */
export interface OpenObject {
  readonly info: ObjectInfo;
  /** The whole body, when it is at hand. @throws as {@link stream} does. */
  readonly bytes: Buffer | null;
  /** The parts that it was uploaded in, in order; absent for an object that came whole. */
  readonly parts?: readonly Part[] | undefined;
  /**
   * First and last byte of a part. An object that was not uploaded in parts is its own part 1, as on AWS.
   *
   * @throws S3Error InvalidPartNumber when the object has no such part.
   */
  part(partNumber: number): { readonly start: number; readonly end: number };
  /**
   * Gives the customer's key. Of an object that has one nothing can be read before.
   *
   * @param customerKey What the client sent; undefined where it sent none.
   * @throws S3Error InvalidRequest when a key is missing or none belongs here, AccessDenied for a wrong one.
   */
  unlock(customerKey: Uint8Array | undefined): void;
  /**
   * The bytes from `start` to `end`, both inclusive, each verified against its checksum.
   *
   * @param options.reusesBuffers A piece holds other bytes once the next is asked for: for who is done with it by then.
   * @throws S3Error InternalError when the bytes on the disk are not those that were written.
   */
  stream(
    start: number,
    end: number,
    options?: { readonly reusesBuffers?: boolean | undefined },
  ): AsyncIterable<Buffer>;
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
 * @param options.namesMarker Whether a delete marker that is the newest version counts as named by its id.
 * @returns S3Error NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker named by its id; with the headers
 *   that tell of a delete marker.
 */
export async function missingObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  { versionId, namesMarker = false }: VersionOptions & { readonly namesMarker?: boolean | undefined } = {},
): Promise<S3Error> {
  const found =
    bucket.versioning === undefined ? null : await findVersion(engine.index, bucket, key, versionId);
  const marker = found?.info.deleteMarker === true ? found.info : undefined;
  return missingVersion(key, namesMarker ? (versionId ?? marker?.versionId) : versionId, marker);
}

/**
 * Opens an object for reading; null where there is none and for a delete marker.
 *
 * @throws S3Error InvalidArgument for what cannot be a version id.
 */
export async function openObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: VersionOptions = {},
): Promise<OpenObject | null> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const found = await readObject(engine, bucket, key, options);
    if (found === null) return null;
    const { info, content } = found;
    const lock = new Lock(engine, bucket, info);
    if (content.kind === "none") return new WholeObject(lock, () => Buffer.alloc(0));
    if (content.kind === "inline") {
      const stored = (await engine.index.get("inline", content.id))?.value;
      if (stored?.length === storedBytes(info.size, info.encryption !== undefined)) {
        return new WholeObject(lock, (dataKey) => openInlineOf(engine, info, content, stored, dataKey));
      }
    } else if (content.kind === "blob") {
      const whole = { start: 0, size: info.size, content };
      return openPieces(engine, lock, content.id, [whole]);
    } else {
      const parts = await readManifest(engine, content.id);
      if (parts !== null) {
        const opened = openPieces(engine, lock, content.id, piecesOf(parts));
        return Object.assign(opened, { parts });
      }
    }
    // The bytes are not there. Either an overwrite took them with their record, or the store is damaged.
    const now = await engine.index.get(found.table, found.row.key);
    if (now?.version === found.row.version) {
      throw damaged(key, "its bytes are missing", new Error(`The store is damaged; ${damageAdvice}`));
    }
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

/** What an object's key is behind. Most have none. */
class Lock {
  readonly info: ObjectInfo;
  readonly #engine: Engine;
  readonly #bucket: Bucket;
  #dataKey: Uint8Array | undefined;

  constructor(engine: Engine, bucket: Bucket, info: ObjectInfo) {
    this.#engine = engine;
    this.#bucket = bucket;
    this.info = info;
  }

  unlock(customerKey: Uint8Array | undefined): void {
    const { encryption } = this.info;
    checkCustomerKey(encryption, customerKey);
    if (encryption?.algorithm === "customer") {
      this.#dataKey = this.#open(encryption, customerKey);
    }
  }

  /** @throws S3Error while a customer's key is missing; InternalError when the server's own is. */
  dataKey(): Uint8Array | undefined {
    const { encryption, key } = this.info;
    if (encryption === undefined || this.#dataKey !== undefined) return this.#dataKey;
    try {
      this.#dataKey = this.#open(encryption, undefined);
      return this.#dataKey;
    } catch (error) {
      if (error instanceof S3Error) throw error;
      this.#engine.log("error", `Cannot decrypt "${key}"`, error);
      throw damaged(key, "its key cannot be decrypted", error);
    }
  }

  #open(encryption: Encryption, customerKey: Uint8Array | undefined): Uint8Array {
    return openDataKey(this.#engine, objectKey(this.#bucket.id, this.info.key), encryption, customerKey);
  }
}

function openInlineOf(
  engine: Engine,
  { key, size }: ObjectInfo,
  content: Content,
  stored: Buffer,
  dataKey: Uint8Array | undefined,
): Buffer {
  try {
    return openInline({ content, size, dataKey }, stored);
  } catch (error) {
    engine.log("error", `Cannot read the bytes of "${key}"; ${damageAdvice}`, error);
    throw damaged(key, "its bytes cannot be read", error);
  }
}

/** An object whose bytes are at hand. A class, because an accessor in a literal is defined anew for each object. */
class WholeObject implements OpenObject {
  readonly info: ObjectInfo;
  readonly #lock: Lock;
  readonly #open: (dataKey: Uint8Array | undefined) => Buffer;
  #bytes: Buffer | undefined;

  constructor(lock: Lock, open: (dataKey: Uint8Array | undefined) => Buffer) {
    this.info = lock.info;
    this.#lock = lock;
    this.#open = open;
  }

  get bytes(): Buffer {
    this.#bytes ??= this.#open(this.#lock.dataKey());
    return this.#bytes;
  }

  part(partNumber: number): ReturnType<OpenObject["part"]> {
    return partOf(this.info, [], partNumber);
  }

  unlock(customerKey: Uint8Array | undefined): void {
    this.#lock.unlock(customerKey);
  }

  async *stream(start: number, end: number): AsyncIterable<Buffer> {
    yield this.bytes.subarray(start, end + 1);
  }

  close(): void {}
}

/** @param id Of the blob, or of the list of parts, which keeps their bytes. */
function openPieces(engine: Engine, lock: Lock, id: Buffer, pieces: readonly Piece[]): OpenObject {
  const { info } = lock;
  engine.pins.pin(id);
  let isOpen = true;
  return {
    info,
    bytes: null,
    part: (partNumber) => partOf(info, pieces, partNumber),
    unlock: (customerKey) => lock.unlock(customerKey),
    stream: (start, end, { reusesBuffers } = {}) =>
      streamPieces(engine, lock, pieces, start, end, reusesBuffers),
    close(): void {
      if (!isOpen) return;
      isOpen = false;
      engine.pins.unpin(id);
    },
  };
}

function partOf(
  info: ObjectInfo,
  pieces: readonly Piece[],
  partNumber: number,
): { start: number; end: number } {
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
  lock: Lock,
  pieces: readonly Piece[],
  start: number,
  end: number,
  reusesBuffers: boolean | undefined,
): AsyncIterable<Buffer> {
  const { key } = lock.info;
  const dataKey = lock.dataKey();
  try {
    for (const { start: pieceStart, size, content } of pieces) {
      if (pieceStart > end || pieceStart + size <= start || content.kind === "none") continue;
      const first = Math.max(0, start - pieceStart);
      const last = Math.min(size, end + 1 - pieceStart) - 1;
      yield* readContent(engine, { content, size, dataKey }, first, last, reusesBuffers);
    }
  } catch (error) {
    engine.log("error", `Cannot read the bytes of "${key}"; ${damageAdvice}`, error);
    throw damaged(key, "its bytes cannot be read", error);
  }
}

function damaged(key: string, what: string, cause?: unknown): S3Error {
  return new S3Error("InternalError", { message: `Cannot read "${key}": ${what}`, cause });
}
