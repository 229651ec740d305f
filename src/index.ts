/**
 * `stowage`: client and server, the names that most programs need. `stowage/client` has all of the client and loads no
 * server; `stowage/server` has all of the server.
 */

export { CannedACL } from "./client/acl.ts";
export { Bucket } from "./client/bucket.ts";
export { connectS3, S3Connection } from "./client/connection.ts";
export { Key } from "./client/key.ts";
export { S3Client } from "./client/s3-client.ts";
export { createMemoryEngine, openEngine } from "./engine/engine.ts";
export { addUser } from "./engine/users.ts";
export { S3Error } from "./s3/errors.ts";
export { createServer } from "./server/listen.ts";

export type { S3ClientOptions } from "./client/settings.ts";
export type { Engine, User } from "./engine/types.ts";
export type { CannedAcl } from "./s3/acl.ts";
export type { Credentials } from "./s3/credentials.ts";
export type { ServerOptions, StowageServer } from "./server/listen.ts";
