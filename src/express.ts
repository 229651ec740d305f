/** Files in Express 5: `import { sendFile } from "stowage/express"`. Export lists only. */

export { parseUploads } from "./http/parse-uploads.ts";
export { sendFile } from "./http/send-file.ts";
export { UploadError } from "./http/upload-error.ts";
export { serveStatic } from "./static/serve-static.ts";

export type { FileResponseOptions } from "./http/describe-file.ts";
export type { IncomingFile, UploadedFile, UploadOptions, Uploads } from "./http/parse-uploads.ts";
export type { UploadErrorCode, UploadErrorOptions } from "./http/upload-error.ts";
export type { UploadLimits } from "./http/upload-limits.ts";
export type { StaticMiddleware } from "./static/serve-static.ts";
