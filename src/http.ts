/** Files over HTTP, with web-standard requests and node's: `import { fileResponse } from "stowage/http"`. Export lists only. */

export { contentDisposition } from "./http/disposition.ts";
export { errorResponse } from "./http/error-response.ts";
export { fileResponse } from "./http/file-response.ts";
export { parseUploads } from "./http/parse-uploads.ts";
export { sendFile } from "./http/send-file.ts";
export { sniffType } from "./http/sniff.ts";
export { UploadError } from "./http/upload-error.ts";

export type { FileResponseOptions } from "./http/describe-file.ts";
export type { IncomingFile, UploadedFile, UploadOptions, Uploads } from "./http/parse-uploads.ts";
export type { UploadRequest } from "./http/read-form.ts";
export type { UploadErrorCode, UploadErrorOptions } from "./http/upload-error.ts";
export type { UploadLimits } from "./http/upload-limits.ts";
