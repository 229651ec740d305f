/** Multipart uploads, for the rooms above: export lists only. */

export { abortUpload, createUpload, getUpload, listUploads, requireUpload } from "./uploads.ts";
export type { CreateUploadInput, ListUploadsOptions, UploadList } from "./uploads.ts";
export { listParts, maxPartNumber, putPart } from "./parts.ts";
export type { PutPartInput } from "./parts.ts";
export { completeUpload } from "./complete-upload.ts";
export type { CompletedPart, CompleteUploadInput } from "./complete-upload.ts";
