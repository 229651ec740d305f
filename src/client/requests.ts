/** What the first request loads: everything that sends. {@link S3Client} without it is light to import. */

export * from "./bucket-access-operations.ts";
export * from "./bucket-settings-operations.ts";
export * from "./bucket-upkeep-operations.ts";
export { copy } from "./copy.ts";
export { deleteMany } from "./delete-many.ts";
export * from "./object-settings-operations.ts";
export * from "./object-versions-operations.ts";
export * from "./operations.ts";
export { request } from "./request.ts";
export { upload } from "./upload.ts";
