/**
 * Uploads of any size: one PUT where the body is small, else parts side by side with bounded memory. A part is held in
 * memory while it is sent, so that it can be sent again; a stream is never asked for its bytes twice.
 */

import { checkNames, type NamesOf } from "../s3/known-names.ts";
import type { ClientChecksumAlgorithm } from "../s3/checksums.ts";
import { type CompletedPart, maxParts } from "../s3/documents/multipart.ts";
import { type Source, toSource } from "./bodies.ts";
import { checksumOf } from "./call.ts";
import { S3DataError } from "./errors.ts";
import type { PutObjectInput } from "./inputs.ts";
import type { Written } from "./outputs.ts";
import { eachUnlessAborted, runParallel } from "./parallel.ts";
import { inPieces } from "./pieces.ts";
import type { ProgressListener } from "./progress.ts";
import type { ClientCore } from "./core.ts";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from "./multipart-operations.ts";
import { putObject } from "./operations.ts";

export type UploadInput = PutObjectInput;

/** What was stored. */
export interface Uploaded extends Written {
  /** Bytes. */
  readonly size: number;
}

export interface UploadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
  /** At least 5 MiB. Default: the client's, 8 MiB. */
  readonly partSizeBytes?: number | undefined;
  /** Parts under way at once; each takes its size in memory. Default: the client's, 4. */
  readonly concurrency?: number | undefined;
  /**
   * Whether an upload in parts that fails, or whose process ends, leaves its parts on the server, and goes on from there the
   * next time that the key is uploaded with this option. A part serves again where it has the same bytes, by its MD5;
   * properties of the object are those of the first time. Default: false, what fails is aborted.
   */
  readonly resume?: boolean | undefined;
}

const optionNames: NamesOf<UploadOptions> = {
  signal: 1,
  onProgress: 1,
  partSizeBytes: 1,
  concurrency: 1,
  resume: 1,
};

/** Bodies up to this many parts' size go by one PUT when their size is known. */
const singlePutParts = 2;

/**
 * Stores a body of any kind and size.
 *
 * When a part fails for good or the signal is aborted, the upload is aborted on the server, so that no parts are left
 * behind to be paid for.
 *
 * @throws As S3Client's methods do; RangeError for more than 5 TiB.
 */
export async function upload(
  core: ClientCore,
  input: UploadInput,
  options: UploadOptions = {},
): Promise<Uploaded> {
  checkNames("upload()", options, optionNames);
  const source = await toSource(input.body, input.contentLength);
  try {
    return await uploadSource(core, input, source, options);
  } catch (error) {
    // Whatever happened, the stream is let go.
    source.abandon?.();
    throw error;
  }
}

async function uploadSource(
  core: ClientCore,
  input: UploadInput,
  source: Source,
  options: UploadOptions,
): Promise<Uploaded> {
  const { settings } = core;
  const { signal } = options;
  const typed = { ...input, contentType: input.contentType ?? source.contentType };
  const { size } = source;
  const partSize = partSizeFor(size, options.partSizeBytes ?? settings.partSizeBytes);
  if (size !== undefined && size <= partSize * singlePutParts) {
    const bytes = source.bytes ?? (await readAll(source, size, signal));
    return putOnce(core, typed, bytes, options);
  }
  if (source.read !== undefined && size !== undefined) {
    return inParts(core, typed, cutParts(source.read, size, partSize), size, options);
  }

  const rooms = new Rooms();
  const stream = eachUnlessAborted(source.open(), signal);
  const pieces = inPieces(stream, growingPartSize(size, partSize), rooms.take);
  try {
    const first = await pieces.next();
    if (first.done === true) return await putOnce(core, typed, new Uint8Array(0), options);
    const second = await pieces.next();
    if (second.done === true) return await putOnce(core, typed, first.value, options);
    return await inParts(core, typed, numberParts([first.value, second.value], pieces, rooms), size, options);
  } finally {
    // Not waited for: the stream may stand still.
    pieces.return(undefined).catch(() => {});
  }
}

async function putOnce(
  core: ClientCore,
  input: PutObjectInput,
  bytes: Uint8Array,
  { signal, onProgress }: UploadOptions,
): Promise<Uploaded> {
  const written = await putObject(
    core,
    { ...input, body: bytes, contentLength: undefined },
    { signal, onSent: onProgress && tellSent(onProgress, bytes.length) },
  );
  // Nothing is ever handed to the socket of a body of nothing.
  if (bytes.length === 0) onProgress?.({ loadedBytes: 0, totalBytes: 0 });
  return { ...written, size: bytes.length };
}

/** A part before it is sent. */
interface Part {
  readonly partNumber: number;
  readonly bytes: () => Promise<Uint8Array>;
  /** To be called when the part was stored: its memory serves a later one. */
  readonly release?: () => void;
}

async function inParts(
  core: ClientCore,
  input: PutObjectInput,
  parts: AsyncIterable<Part> | Iterable<Part>,
  size: number | undefined,
  options: UploadOptions,
): Promise<Uploaded> {
  const { signal, onProgress, resume = false, concurrency = core.settings.concurrency } = options;
  const { body: _, contentLength: _length, contentMd5: _md5, checksum: _checksum, ...properties } = input;
  const { ifMatch, ifNoneMatch, ...created } = properties;
  const checksumAlgorithm = checksumOf(core, created) ?? undefined;
  const left = resume ? await import("./unfinished-upload.ts") : null;
  const unfinished = (await left?.findUnfinished(core, input, { signal })) ?? null;
  const { uploadId } =
    unfinished ?? (await createMultipartUpload(core, { ...created, checksumAlgorithm }, { signal }));
  const part = { bucket: input.bucket, key: input.key, uploadId, customerKey: input.customerKey };
  const onSent = onProgress && tellSent(onProgress, size);
  const completed: CompletedPart[] = [];
  let sizeOfParts = 0;
  try {
    await runParallel(parts, { concurrency, signal }, async ({ partNumber, bytes, release }, partSignal) => {
      const body = await bytes();
      sizeOfParts += body.length;
      const known = unfinished?.parts.get(partNumber);
      if (known !== undefined && left?.hasBytes(known, body) === true) {
        onSent?.(body.length);
        completed.push(partOf(partNumber, known, checksumAlgorithm));
        release?.();
        return;
      }
      const written = await uploadPart(
        core,
        { ...part, partNumber, body, checksumAlgorithm },
        { signal: partSignal, onSent },
      );
      if (written.etag === "") throw hiddenETag(input, partNumber);
      completed.push(partOf(partNumber, written, checksumAlgorithm));
      release?.();
    });
    // The parts are those that were sent, never those that a listing shows: it may lag behind.
    completed.sort((a, b) => a.partNumber - b.partNumber);
    const { etag, versionId, checksum } = await completeMultipartUpload(
      core,
      { ...part, parts: completed, ifMatch, ifNoneMatch },
      { signal },
    );
    return { etag, versionId, checksum, size: sizeOfParts };
  } catch (error) {
    if (resume) throw error;
    // Not with the caller's signal: it may be what has ended the upload. That this fails too is no news.
    await abortMultipartUpload(core, part).catch(() => {});
    throw error;
  }
}

function partOf(
  partNumber: number,
  { etag, checksum }: Pick<CompletedPart, "etag" | "checksum">,
  algorithm: ClientChecksumAlgorithm | undefined,
): CompletedPart {
  const told = checksum !== undefined && checksum.algorithm === algorithm;
  return {
    partNumber,
    etag,
    ...(told ? { checksum: { algorithm: checksum.algorithm, value: checksum.value } } : {}),
  };
}

/** Only a page of another origin can be in that place: it sees the headers that the bucket shows it. */
function hiddenETag({ bucket, key }: PutObjectInput, partNumber: number): S3DataError {
  return new S3DataError(
    "HiddenETag",
    { operation: "UploadPart", bucket, key },
    `the answer does not show the ETag of part ${partNumber}`,
    "Name ETag as an ExposeHeader in the bucket's CORS configuration.",
  );
}

/** The size of parts for a body: what is asked, or more where 10,000 such parts would not hold it. */
export function partSizeFor(size: number | undefined, wanted: number): number {
  if (size === undefined) return wanted;
  if (size > maxObjectBytes) {
    throw new RangeError(
      `The body has ${size} bytes; an object of S3 has at most ${maxObjectBytes} (5 TiB).`,
    );
  }
  return Math.max(wanted, Math.ceil(size / maxParts));
}

const maxObjectBytes = 5 * 1024 ** 4;

/**
 * Parts of a stream of unknown length double after every 1,000, so that 10,000 of them hold 5 TiB and a thousand still
 * are 8 GiB of equal parts, as some servers want them.
 */
function growingPartSize(size: number | undefined, partSize: number): () => number {
  let parts = 0;
  return () => (size === undefined ? partSize * 2 ** Math.floor(parts++ / 1000) : partSize);
}

function* cutParts(read: NonNullable<Source["read"]>, size: number, partSize: number): Generator<Part> {
  for (let start = 0, partNumber = 1; start < size; start += partSize, partNumber++) {
    const end = Math.min(start + partSize, size);
    yield { partNumber, bytes: () => read(start, end) };
  }
}

async function* numberParts(
  first: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
  rooms: Rooms,
): AsyncGenerator<Part> {
  let partNumber = 0;
  const part = (bytes: Uint8Array): Part => ({
    partNumber: ++partNumber,
    bytes: async () => bytes,
    release: () => rooms.give(bytes),
  });
  for (const bytes of first) yield part(bytes);
  for await (const bytes of rest) {
    if (partNumber === maxParts) throw new RangeError(`The body is larger than ${maxParts} parts can be.`);
    yield part(bytes);
  }
}

/** Memory for the parts of a stream, used again: the garbage collector would let hundreds of megabytes pile up. */
class Rooms {
  readonly #made = new WeakSet<ArrayBufferLike>();
  readonly #free: ArrayBufferLike[] = [];

  readonly take = (size: number): Uint8Array => {
    const at = this.#free.findIndex((room) => room.byteLength === size);
    const room = at === -1 ? new ArrayBuffer(size) : this.#free.splice(at, 1)[0]!;
    this.#made.add(room);
    return new Uint8Array(room);
  };

  /** A short part may lie in the source's own memory: that is left alone. */
  give({ buffer }: Uint8Array): void {
    if (this.#made.has(buffer)) this.#free.push(buffer);
  }
}

async function readAll(source: Source, size: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (source.read !== undefined) return source.read(0, size);
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const chunk of eachUnlessAborted(source.open(), signal)) {
    if (at + chunk.length > size)
      throw new RangeError(`The body was announced with ${size} bytes, but has more.`);
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at !== size) throw new RangeError(`The body was announced with ${size} bytes, but has ${at}.`);
  return bytes;
}

function tellSent(onProgress: ProgressListener, totalBytes: number | undefined): (bytes: number) => void {
  let loadedBytes = 0;
  return (bytes) => {
    loadedBytes += bytes;
    onProgress({ loadedBytes, totalBytes });
  };
}
