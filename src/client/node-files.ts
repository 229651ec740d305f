/** The client's only dealings with the file system: objects out of files and into them. Loaded when they are asked for. */

import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isCrc } from "../s3/crc.ts";
import { checkNames, type NamesOf } from "../s3/known-names.ts";
import { combineChecksums, createChecksum } from "../s3/running-checksum.ts";
import { DownloadJournal } from "./download-journal.ts";
import { S3DataError } from "./errors.ts";
import type { GetObjectInput } from "./inputs.ts";
import type { ObjectBody } from "./object-body.ts";
import type { ObjectInfo } from "./outputs.ts";
import { runParallel } from "./parallel.ts";
import { rangesName, resumableName, temporaryName } from "./part-names.ts";
import type { ProgressListener } from "./progress.ts";
import type { ClientCore } from "./core.ts";
import { partSizeFor } from "./upload.ts";
import { getObject } from "./operations.ts";

export interface FileDownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
  /** Whether the file gets the object's time as its own. Default: false. */
  readonly keepModified?: boolean | undefined;
  /** Size of the ranges of a large object. Default: the client's partSizeBytes. */
  readonly partSizeBytes?: number | undefined;
  /** Ranges under way at once. Default: the client's concurrency. */
  readonly concurrency?: number | undefined;
  /**
   * Whether a large download that fails, or whose process ends, keeps what has arrived, beside the file in two files whose
   * names begin with a dot and end in `.stowage-part` and `.stowage-part.ranges`, and goes on from there the next time that it is asked
   * for with this option. One process at a time. Default: false.
   */
  readonly resume?: boolean | undefined;
}

const optionNames: NamesOf<FileDownloadOptions> = {
  signal: 1,
  onProgress: 1,
  keepModified: 1,
  partSizeBytes: 1,
  concurrency: 1,
  resume: 1,
};

/** Calls `use` with the file open for reading. */
export async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, "r");
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** See S3Client.downloadFile. */
export async function downloadFile(
  core: ClientCore,
  input: GetObjectInput,
  path: string,
  options: FileDownloadOptions = {},
): Promise<ObjectInfo> {
  checkNames("downloadFile()", options, optionNames);
  const { settings } = core;
  const { signal, onProgress } = options;
  const partSize = options.partSizeBytes ?? settings.partSizeBytes;
  // The first answer tells the size. Its body becomes the first part of a large object, and the whole of a small one.
  const { body, ...info } = await getObject(core, input, { signal });
  const whole = input.range === undefined && input.partNumber === undefined;
  const inRanges = whole && info.etag !== "" && info.contentLength > 2 * partSize;
  const fill = async (file: FileHandle, journal?: DownloadJournal): Promise<void> => {
    const write = new PositionedWriter(file, info.contentLength, onProgress);
    if (inRanges) await fetchRanges(core, input, { body, info, write, partSize, options, file, journal });
    else await write.all(body, 0);
    const seconds = info.lastModifiedMs / 1000;
    if (options.keepModified === true && seconds > 0) await file.utimes(seconds, seconds);
  };
  try {
    if (options.resume === true && inRanges) {
      const { etag, size } = info;
      const identity = {
        bucket: input.bucket,
        key: input.key,
        etag,
        size,
        partSize: partSizeFor(size, partSize),
      };
      await resumeFile(path, (part) => DownloadJournal.open(part, identity), fill);
    } else {
      await replaceFile(path, fill);
    }
  } finally {
    body.cancel();
  }
  return info;
}

interface Ranges {
  readonly body: ObjectBody;
  readonly info: ObjectInfo;
  readonly write: PositionedWriter;
  readonly partSize: number;
  readonly options: FileDownloadOptions;
  readonly file: FileHandle;
  /** Of a download that another may go on with. */
  readonly journal: DownloadJournal | undefined;
}

/** The ranges of a large object side by side, each held to the ETag that the first answer named. */
async function fetchRanges(
  core: ClientCore,
  input: GetObjectInput,
  { body: first, info, write, partSize: wanted, options, file, journal }: Ranges,
): Promise<void> {
  const { signal, concurrency = core.settings.concurrency } = options;
  const { contentLength: size, etag, checksum: told } = info;
  const partSize = partSizeFor(size, wanted);
  const algorithm = told?.type === "FULL_OBJECT" && isCrc(told.algorithm) ? told.algorithm : null;
  const checksums: { readonly value: string; readonly size: number }[] = [];
  const starts = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => index * partSize);
  const endOf = (start: number): number => Math.min(start + partSize, size);
  for (const [start, value] of journal?.done ?? []) {
    checksums[start / partSize] = { value, size: endOf(start) - start };
    write.skip(endOf(start) - start);
  }
  const missing = starts.filter((start) => journal?.done.has(start) !== true);
  await runParallel(missing, { concurrency, signal }, async (start, partSignal) => {
    const end = endOf(start);
    const bytes =
      start === 0
        ? head(first, end)
        : (
            await getObject(
              core,
              { ...input, ifMatch: etag, range: `bytes=${start}-${end - 1}` },
              { signal: partSignal },
            )
          ).body;
    const checksum = algorithm === null ? null : createChecksum(algorithm);
    const written = await write.all(bytes, start, checksum?.update.bind(checksum), end - start);
    const value = checksum?.digest() ?? "";
    checksums[start / partSize] = { value, size: written };
    if (journal === undefined) return;
    await file.datasync();
    await journal.finish(start, value);
  });
  if (algorithm === null) return;
  const computed = combineChecksums(algorithm, checksums);
  if (computed === told?.value) return;
  throw new S3DataError(
    "ChecksumMismatch",
    { operation: "GetObject", bucket: input.bucket, key: input.key },
    `the ${algorithm} of what arrived is ${computed}, that of what was stored ${told?.value}`,
    "Get the object again. If it fails again, what is stored is damaged.",
  );
}

/** The first bytes of a body; the rest is given up. */
async function* head(body: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const chunk of body) {
    yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.length;
    if (left <= 0) return;
  }
}

/** Writes pieces at their place in the file, and tells how far all of them are. */
class PositionedWriter {
  readonly #file: FileHandle;
  readonly #totalBytes: number;
  readonly #onProgress: ProgressListener | undefined;
  #loadedBytes = 0;

  constructor(file: FileHandle, totalBytes: number, onProgress: ProgressListener | undefined) {
    this.#file = file;
    this.#totalBytes = totalBytes;
    this.#onProgress = onProgress;
  }

  /** Bytes that are there already. */
  skip(bytes: number): void {
    this.#loadedBytes += bytes;
  }

  /** Writes a body from a position on, and returns its size. */
  async all(
    body: AsyncIterable<Uint8Array>,
    position: number,
    see?: (bytes: Uint8Array) => void,
    expectedBytes?: number,
  ): Promise<number> {
    let size = 0;
    for await (const chunk of body) {
      see?.(chunk);
      await writeAll(this.#file, chunk, position + size);
      size += chunk.length;
      this.#loadedBytes += chunk.length;
      this.#onProgress?.({ loadedBytes: this.#loadedBytes, totalBytes: this.#totalBytes });
    }
    if (size === 0) this.#onProgress?.({ loadedBytes: this.#loadedBytes, totalBytes: this.#totalBytes });
    if (expectedBytes !== undefined && size !== expectedBytes) {
      throw new RangeError(`The range from byte ${position} has ${size} bytes, not ${expectedBytes}.`);
    }
    return size;
  }
}

/** A write may take only part of what it is given. */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

/**
 * Replaces a file by what `fill` writes, or not at all: it is written beside its place, and renamed once it is whole.
 *
 * What is no regular file, such as `/dev/stdout`, cannot be replaced and is written to.
 */
async function replaceFile(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const target = await stat(path).catch(() => null);
  if (target?.isDirectory() === true) throw new TypeError(`Cannot download to ${path}: it is a directory.`);
  if (target !== null && !target.isFile()) {
    const file = await open(path, "w");
    try {
      return await fill(file);
    } finally {
      await file.close();
    }
  }
  // A link stays a link, to a file that is new.
  const place = target === null ? path : await realpath(path);
  const temporary = join(dirname(place), temporaryName(basename(place)));
  const file = await open(temporary, "wx", target?.mode ?? 0o666);
  try {
    await fill(file);
    await file.close();
    await rename(temporary, place);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Makes a file whole, from where an earlier attempt has left it. What fails leaves what it has for the next one.
 *
 * @param openJournal Opens what tells how far it is.
 */
async function resumeFile(
  path: string,
  openJournal: (path: string) => Promise<DownloadJournal>,
  fill: (file: FileHandle, journal: DownloadJournal) => Promise<void>,
): Promise<void> {
  const target = await stat(path).catch(() => null);
  if (target !== null && !target.isFile()) throw new TypeError(`Cannot download to ${path}: it is no file.`);
  const place = target === null ? path : await realpath(path);
  const part = join(dirname(place), resumableName(basename(place)));
  const ranges = rangesName(part);
  // Ranges of a file that is not there any more are on no disk.
  if ((await stat(part).catch(() => null)) === null) await rm(ranges, { force: true });
  const journal = await openJournal(ranges);
  const file = await open(part, journal.done.size === 0 ? "w" : "r+", target?.mode ?? 0o666);
  try {
    await fill(file, journal);
  } catch (error) {
    await journal.close();
    // What arrived whole and is wrong all the same is not to be gone on with.
    if (error instanceof S3DataError)
      await Promise.all([part, ranges].map((one) => rm(one, { force: true })));
    throw error;
  } finally {
    await file.close();
  }
  await rename(part, place);
  await journal.remove();
}
