/** What the first request loads: everything that sends. {@link S3Client} without it is light to import. */

export * from "./operations.ts";
export { request } from "./request.ts";
