/** File fields for records of any ORM: `import { fileField } from "stowage/fields"`. Export lists only. */

export { CachedFile } from "./fields/cached-file.ts";
export { FileFieldError } from "./fields/errors.ts";
export { FieldFile } from "./fields/field-file.ts";
export { FileCache, fileCache } from "./fields/file-cache.ts";
export { FileField, fileField } from "./fields/file-field.ts";
export { ImageField, imageField } from "./fields/image-field.ts";
export { imageSize } from "./fields/image-size.ts";
export { withFileUses } from "./fields/file-uses.ts";
export { deleteOrphans, findOrphans } from "./fields/orphans.ts";
export { FileChanges, withFiles } from "./fields/with-files.ts";

export type { FileFieldErrorCode } from "./fields/errors.ts";
export type { FieldContent, FieldValue } from "./fields/field-content.ts";
export type { FieldSaveOptions, SaveRecord } from "./fields/field-file.ts";
export type { CacheAddOptions, FileCacheOptions } from "./fields/file-cache.ts";
export type { ContentCheck, FileFieldOptions, UploadTo } from "./fields/file-field.ts";
export type { FileUse, FileUses, RecordSource } from "./fields/file-uses.ts";
export type { Dimensions, ImageFieldOptions, Sharp } from "./fields/image-field.ts";
export type { ImageSize } from "./fields/image-size.ts";
export type { Orphan, OrphanOptions, OrphanReport } from "./fields/orphans.ts";
export type { FileFields, StoredValues, StoreOptions, WithFilesOptions } from "./fields/with-files.ts";
