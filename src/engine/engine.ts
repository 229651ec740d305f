/**
 * The engine: buckets, objects and uploads, over an index and a store of blobs.
 *
 * S3's semantics are written here once, as free functions that take the engine first: `putObject`, `openObject`,
 * `listObjects` and their kin, a file each. The engine speaks no HTTP, asks nobody's permission, and never turns a key
 * into a path. Every write is one atomic commit of the index; what it says is done survives a power cut.
 */

export { createMemoryEngine } from "./memory-engine.ts";
export { openEngine } from "./open-engine.ts";
export { DataDirectoryInUseError } from "./owner-lock.ts";

export type { MemoryEngineOptions } from "./memory-engine.ts";
export type { EngineOwner, OpenEngineOptions } from "./open-engine.ts";
export type { Engine, EngineLimits, EngineLog } from "./types.ts";
