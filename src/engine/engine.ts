/**
 * The engine: buckets, objects and uploads, over an index and a store of blobs.
 *
 * S3's semantics are written here once, as free functions that take the engine first: `putObject`, `openObject`,
 * `listObjects` and their kin, a file each. The engine speaks no HTTP, asks nobody's permission, and never turns a key
 * into a path. Every write is one atomic commit of the index; what it says is done survives a power cut.
 */

import { randomBytes } from "node:crypto";

import { createMemoryBlobs } from "./blobs/memory.ts";
import { createIdSource } from "./ids.ts";
import { createMemoryIndex } from "./index/memory.ts";
import { createKeyedLocks } from "./keyed-locks.ts";
import { createPins } from "./pins.ts";
import { defaultLimits } from "./types.ts";
import type { Engine, EngineLimits, EngineLog } from "./types.ts";

export type { Engine, EngineLimits, EngineLog } from "./types.ts";

export interface MemoryEngineOptions {
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** That many random bytes. Default: `crypto.randomBytes`. */
  readonly random?: (bytes: number) => Buffer;
  readonly limits?: Partial<EngineLimits>;
  readonly log?: EngineLog;
}

/**
 * An engine whose data is gone when it closes: for tests.
 *
 * @example
 * const engine = createMemoryEngine({ limits: { minPartBytes: 1 } });
 */
export function createMemoryEngine({
  clock = Date.now,
  random = randomBytes,
  limits = {},
  log = () => {},
}: MemoryEngineOptions = {}): Engine {
  const index = createMemoryIndex();
  const blobs = createMemoryBlobs();
  return {
    index,
    blobs,
    clock,
    random,
    ids: createIdSource(clock, random),
    limits: { ...defaultLimits, ...limits },
    log,
    pins: createPins(),
    locks: createKeyedLocks(),
    bucketCache: new Map(),
    assertRoom(): void {},
    async close(): Promise<void> {
      await index.close();
      await blobs.close();
    },
  };
}
