/** `stowage/server`: an S3 server in this process. */

export { createMemoryEngine, openEngine } from "./engine/engine.ts";
export { addUser } from "./engine/users.ts";
export { createServer } from "./server/listen.ts";
export type { AddUserInput } from "./engine/users.ts";
export type { MemoryEngineOptions, OpenEngineOptions } from "./engine/engine.ts";
export type { Engine, User, AccessKey } from "./engine/types.ts";
export type { BodyPace } from "./server/body-pace.ts";
export type { Certificate, ServerOptions, StowageServer } from "./server/listen.ts";
