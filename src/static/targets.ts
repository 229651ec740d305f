/** Where static files are collected: what a storage can do at once, and what it has to be asked file by file. */

import { DiskStorage } from "../storage/backends/disk.ts";
import { S3Storage } from "../storage/backends/s3.ts";
import type { Storage } from "../storage/storage.ts";
import { DiskTarget } from "./disk-target.ts";
import { S3Target } from "./s3-target.ts";
import { StorageTarget } from "./storage-target.ts";
import type { StaticTarget } from "./target.ts";

/** A storage as the destination of static files. */
export function targetOf(storage: Storage): StaticTarget {
  if (storage instanceof S3Storage) return new S3Target(storage);
  if (storage instanceof DiskStorage) return new DiskTarget(storage);
  return new StorageTarget(storage);
}
