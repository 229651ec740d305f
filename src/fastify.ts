/** Files in Fastify 5: `import { sendFile, uploads } from "stowage/fastify"`. Export lists only. */

export { readUploads, sendFile, uploadRoutes, uploads } from "./http/fastify-plugin.ts";
export { UploadError } from "./http/upload-error.ts";

export type { FileResponseOptions } from "./http/describe-file.ts";
export type { FastifyRoutesOptions } from "./http/fastify-plugin.ts";
export type { IncomingFile, UploadedFile, UploadOptions, Uploads } from "./http/parse-uploads.ts";
export type { UploadErrorCode, UploadErrorOptions } from "./http/upload-error.ts";
export type { UploadLimits } from "./http/upload-limits.ts";
