import { createMemoryBlobs } from "./blobs/memory.ts";
import { createDecodedCache } from "./decoded-cache.ts";
import { createKeyRing, keyBytes } from "./encryption/key-ring.ts";
import { createIdSource } from "./ids.ts";
import { createMemoryIndex } from "./index/memory.ts";
import { createKeyedLocks } from "./keyed-locks.ts";
import { createTurns } from "./turns.ts";
import { createManifestCache } from "./manifest-cache.ts";
import { createPins } from "./pins.ts";
import { createRandomPool } from "./random-pool.ts";
import { defaultLimits } from "./types.ts";
import type { Engine, EngineLimits, EngineLog } from "./types.ts";

export interface MemoryEngineOptions {
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
  /** That many random bytes. Default: those of `node:crypto`. */
  readonly random?: ((bytes: number) => Buffer) | undefined;
  readonly limits?: Partial<EngineLimits> | undefined;
  readonly log?: EngineLog | undefined;
  /** Keys that encrypt the keys of objects, 32 bytes each, the current one first. Default: a random one. */
  readonly masterKeys?: readonly Uint8Array[] | undefined;
}

/**
 * An engine whose data is gone when it closes: for tests. Its trash is emptied by `emptyTrash` only.
 *
 * @example
 * const engine = createMemoryEngine({ limits: { minPartBytes: 1 } });
 */
export function createMemoryEngine({
  clock = Date.now,
  random = createRandomPool(),
  limits = {},
  log = () => {},
  masterKeys,
}: MemoryEngineOptions = {}): Engine {
  const index = createMemoryIndex();
  const blobs = createMemoryBlobs();
  return {
    index,
    blobs,
    clock,
    random,
    ids: createIdSource(clock, random),
    keyRing: createKeyRing(masterKeys ?? [Buffer.from(random(keyBytes))]),
    limits: { ...defaultLimits, ...limits },
    log,
    pins: createPins(),
    locks: createKeyedLocks(),
    turns: createTurns(),
    cache: createDecodedCache(index),
    manifestCache: createManifestCache(),
    takeRoom(): void {},
    disk: () => Promise.resolve(null),
    async close(): Promise<void> {
      await index.close();
      await blobs.close();
    },
  };
}
