import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { openDiskBlobs } from "./blobs/disk.ts";
import { createIdSource } from "./ids.ts";
import { openLmdbIndex } from "./index/lmdb.ts";
import { createKeyedLocks } from "./keyed-locks.ts";
import { startMaintenance } from "./maintenance.ts";
import { takeOwnerLock } from "./owner-lock.ts";
import { createManifestCache } from "./manifest-cache.ts";
import { createPins } from "./pins.ts";
import { createRandomPool } from "./random-pool.ts";
import { diskRoom, watchRoom } from "./room.ts";
import { defaultLimits } from "./types.ts";
import type { Engine, EngineLimits, EngineLog } from "./types.ts";

export interface OpenEngineOptions {
  /** Made when it is not there, for its owner only. */
  readonly dataDir: string;
  /**
   * `strict`: what is acknowledged survives a power cut. `relaxed`: the last moments before a power cut may be lost, a
   * crash of the process alone loses nothing. Default `strict`.
   */
  readonly durability?: "strict" | "relaxed" | undefined;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
  /** That many random bytes. Default: those of `node:crypto`. */
  readonly random?: ((bytes: number) => Buffer) | undefined;
  readonly limits?: Partial<EngineLimits> | undefined;
  readonly log?: EngineLog | undefined;
  /** Whether to sweep and to empty the trash in the background. Default true. */
  readonly maintenance?: boolean | undefined;
}

/**
 * Opens the store in a directory: LMDB for the index, files for larger bodies.
 *
 * @throws DataDirectoryInUseError when another process, or this one, has it open.
 * @example
 * const engine = await openEngine({ dataDir: "/var/lib/stowage" });
 */
export async function openEngine({
  dataDir,
  durability = "strict",
  clock = Date.now,
  random = createRandomPool(),
  limits = {},
  log = () => {},
  maintenance: hasMaintenance = true,
}: OpenEngineOptions): Promise<Engine> {
  const ownerPath = join(dataDir, "owner");
  const indexPath = join(dataDir, "index");
  const blobsPath = join(dataDir, "blobs");
  for (const path of [dataDir, ownerPath, indexPath]) await mkdir(path, { recursive: true, mode: 0o700 });
  const lock = await takeOwnerLock(dataDir, ownerPath);
  try {
    const index = openLmdbIndex({ path: indexPath, durability });
    const blobs = await openDiskBlobs({
      root: blobsPath,
      durability,
      onLateError: (error) => log("error", "Cannot flush a blob", error),
    });
    const room = await watchRoom(
      { disk: () => diskRoom(dataDir), index: () => index.reusableBytes() },
      clock,
    );
    const engine: Engine = {
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
      manifestCache: createManifestCache(),
      takeRoom: (bytes, where) => room.take(bytes, where),
      async close(): Promise<void> {
        await maintenance?.stop();
        await blobs.close();
        await index.close();
        await lock.release();
      },
    };
    const maintenance = hasMaintenance ? startMaintenance(engine) : null;
    return engine;
  } catch (error) {
    await lock.release();
    throw error;
  }
}
