/**
 * Blobs in files: `ROOT/3f/018f…3f`, by the last byte of the id, which is random.
 *
 * A file is made exclusively, written, flushed, and its directory entry flushed before `write` resolves. It never
 * changes afterwards. What a crash leaves is a file that nobody names, and the sweep removes it.
 */

import { constants } from "node:fs";
import { mkdir, open, opendir, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

import loadXxhash from "xxhash-wasm";

import { S3Error } from "../../s3/errors.ts";
import { makeDirectory, syncDirectory } from "../make-directory.ts";
import { BlobWriter, systemHasDirectWrites } from "./blob-writer.ts";
import { BlockChecksums, encodeFooter } from "./block-footer.ts";
import type { BlobId, Blobs } from "./blobs.ts";
import { DirectorySync } from "./directory-sync.ts";
import { readBlob, sizeOfBlob } from "./read-blob.ts";

export interface DiskBlobsOptions {
  /** Made when it is not there. */
  readonly root: string;
  /** `relaxed`: resolve before the flush. Default `strict`. */
  readonly durability?: "strict" | "relaxed" | undefined;
  /** Told of a flush that failed after `write` had resolved. */
  readonly onLateError?: ((error: unknown) => void) | undefined;
  /** How files are opened and removed: tests have them fail. Default: as the system does. */
  readonly files?: BlobFiles | undefined;
}

/** What may fail on a disk. */
export interface BlobFiles {
  readonly open: typeof open;
  readonly unlink: typeof unlink;
}

export async function openDiskBlobs({
  root,
  durability = "strict",
  onLateError = () => {},
  files = { open, unlink },
}: DiskBlobsOptions): Promise<Blobs> {
  const [xxhash] = await Promise.all([loadXxhash(), makeDirectories(root)]);
  const directories = new DirectorySync(files.open);
  // A write that nobody waits for is done soonest when it ends in the page cache.
  const direct = { works: durability === "strict" && systemHasDirectWrites };
  /** Flushes that nobody waits for, of `relaxed`. */
  const late = new Set<Promise<void>>();

  return {
    async write(id, source): Promise<number> {
      const path = pathOf(root, id);
      const file = await onDisk(
        files.open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600),
      );
      try {
        const writer = new BlobWriter({ open: files.open, path, file, direct });
        const size = await writeAll(writer, id, source, new BlockChecksums(xxhash));
        const flushed = flush(file, directories, dirname(path));
        if (durability === "strict") {
          await onDisk(flushed);
        } else {
          const settled: Promise<void> = flushed.catch(onLateError).finally(() => late.delete(settled));
          late.add(settled);
        }
        return size;
      } catch (error) {
        await file.close().catch(() => {});
        await files.unlink(path).catch(() => {});
        throw error;
      }
    },
    read: (id, range) => readBlob({ open: files.open, path: pathOf(root, id), xxhash }, id, range),
    size: (id) => sizeOfBlob(files.open, pathOf(root, id), id),
    async remove(id): Promise<void> {
      try {
        await files.unlink(pathOf(root, id));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    },
    async *list(): AsyncIterable<BlobId> {
      for (const name of directoryNames) {
        for await (const entry of await opendir(join(root, name))) {
          if (/^[0-9a-f]{32}$/.test(entry.name)) yield Buffer.from(entry.name, "hex");
        }
      }
    },
    async close(): Promise<void> {
      await Promise.all(late);
      await directories.close();
    },
  };
}

const directoryNames = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function pathOf(root: string, id: BlobId): string {
  const name = id.toString("hex");
  return join(root, name.slice(-2), name);
}

async function makeDirectories(root: string): Promise<void> {
  await makeDirectory(root);
  const made = await Promise.all(
    directoryNames.map(async (name) => mkdir(join(root, name), { recursive: true, mode: 0o700 })),
  );
  if (made.some((path) => path !== undefined)) await syncDirectory(root);
}

/** Writes all that the source gives, and the footer. */
async function writeAll(
  writer: BlobWriter,
  id: BlobId,
  source: AsyncIterable<Uint8Array>,
  checksums: BlockChecksums,
): Promise<number> {
  let size = 0;
  try {
    for await (const piece of source) {
      checksums.update(piece);
      size += piece.length;
      await onDisk(writer.add(piece));
    }
    await onDisk(writer.add(encodeFooter(id, size, checksums.end())));
    await onDisk(writer.end());
  } finally {
    await writer.release();
  }
  return size;
}

async function flush(file: FileHandle, directories: DirectorySync, directory: string): Promise<void> {
  await file.datasync();
  await file.close();
  await directories.sync(directory);
}

/** Names what the disk could not do in S3's words. */
async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    throw new S3Error(isFull ? "InsufficientStorage" : "InternalError", { cause: error });
  }
}
