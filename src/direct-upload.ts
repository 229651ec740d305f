/** Direct uploads, the server's side: `import { directUpload } from "stowage/direct-upload"`. Export lists only. */

export { DirectUpload, directUpload } from "./http/direct/direct-upload.ts";
export { uploadHandler, uploadRoutes } from "./http/direct/handlers.ts";
export { answerDirectUpload } from "./http/direct/routes.ts";
export { UploadError } from "./http/upload-error.ts";

export type { FetchHandlerOptions, RoutesOptions } from "./http/direct/handlers.ts";
export type {
  AnnouncedFile,
  Announcement,
  Begun,
  DirectFile,
  DirectStorage,
  DirectUploadOptions,
} from "./http/direct/options.ts";
export type { RouteAnswer, RouteRequest } from "./http/direct/routes.ts";
export type { UploadErrorCode, UploadErrorOptions } from "./http/upload-error.ts";
