/** Files in Hono 4: `import { sendFile, uploads } from "stowage/hono"`. Export lists only. */

export { sendFile, uploads } from "./http/hono-middleware.ts";
export { UploadError } from "./http/upload-error.ts";

export type { FileResponseOptions } from "./http/describe-file.ts";
export type { UploadsEnv } from "./http/hono-middleware.ts";
export type { IncomingFile, UploadedFile, UploadOptions, Uploads } from "./http/parse-uploads.ts";
export type { UploadErrorCode, UploadErrorOptions } from "./http/upload-error.ts";
export type { UploadLimits } from "./http/upload-limits.ts";
