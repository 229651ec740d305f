/** Django's storage API: `import { storages } from "stowage/storage"`. Export lists only. */

export { disk, DiskStorage } from "./storage/backends/disk.ts";
export { memory, MemoryStorage } from "./storage/backends/memory.ts";
export { s3, S3Storage } from "./storage/backends/s3.ts";
export { defineConfig } from "./storage/config.ts";
export { ContentSource } from "./storage/content.ts";
export { loadStorages, storages, useConfig } from "./storage/default-storages.ts";
export {
  FileNotFoundError,
  ImproperlyConfigured,
  NotImplementedError,
  StorageError,
  SuspiciousFileOperation,
} from "./storage/errors.ts";
export { StorageFile } from "./storage/file.ts";
export { loadConfig } from "./storage/load-config.ts";
export { createStorages } from "./storage/registry.ts";
export { Storage } from "./storage/storage.ts";
export { StorageWriter } from "./storage/writer.ts";

export type { DiskOptions } from "./storage/backends/disk.ts";
export type { MemoryOptions } from "./storage/backends/memory.ts";
export type {
  CloudFrontSigner,
  ObjectParameters,
  S3Options,
  TransferConfig,
} from "./storage/backends/s3-options.ts";
export type { StorageEntry, StowageConfig } from "./storage/config.ts";
export type { Content, Head, Prepared } from "./storage/content.ts";
export type { StorageErrorOptions } from "./storage/errors.ts";
export type { ByteRange, StorageFileInit } from "./storage/file.ts";
export type { LoadConfigOptions } from "./storage/load-config.ts";
export type { Storages } from "./storage/registry.ts";
export type { StaticConfig, StaticDirectory } from "./storage/static-config.ts";
export type {
  CallOptions,
  DeleteOptions,
  FileStat,
  NameOptions,
  OpenMode,
  OpenOptions,
  SaveOptions,
  StatOptions,
  StorageContext,
  UrlOptions,
  WriteOptions,
} from "./storage/call-options.ts";
export type { StoreStream } from "./storage/writer.ts";
