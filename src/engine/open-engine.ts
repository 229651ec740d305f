import { stat } from "node:fs/promises";
import { join } from "node:path";

import { forgetBackup } from "./backup-note.ts";
import { openDiskBlobs } from "./blobs/disk.ts";
import { createDecodedCache } from "./decoded-cache.ts";
import { noKeyRing } from "./encryption/key-ring.ts";
import { loadKeyRing, noteMasterKeys } from "./encryption/master-keys.ts";
import { noteFormat } from "./format.ts";
import { createIdSource } from "./ids.ts";
import { openLmdbIndex } from "./index/lmdb.ts";
import { createKeyedLocks } from "./keyed-locks.ts";
import { createTurns } from "./turns.ts";
import { startMaintenance } from "./maintenance.ts";
import { makeDirectory, syncDirectory } from "./make-directory.ts";
import { joinOwner, takeOwnerLock } from "./owner-lock.ts";
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
  /**
   * Keys that encrypt the keys of objects, 32 bytes each, the current one first. Those in the file `master-keys` of the
   * data directory come after them. Default: that file alone, which is made when it is not there. `unused` makes none:
   * for who touches no object.
   */
  readonly masterKeys?: readonly Uint8Array[] | "unused" | undefined;
  /** Whether to sweep and to empty the trash in the background. Default true. */
  readonly maintenance?: boolean | undefined;
  /** Opens it beside the process that owns it. Such a worker does no maintenance. Default: this process is the owner. */
  readonly owner?: EngineOwner | undefined;
  /** For the owner: what its workers have pinned. See `Pins`. */
  readonly otherPins?: (() => Promise<readonly string[]>) | undefined;
}

/** The process that owns a data directory, for those that work for it. */
export interface EngineOwner {
  readonly pid: number;
  /** Of its engine's ids: what is older than this and named by no row, it sweeps. */
  readonly startMs: number;
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
  masterKeys = [],
  maintenance: hasMaintenance = true,
  owner,
  otherPins,
}: OpenEngineOptions): Promise<Engine> {
  const ownerPath = join(dataDir, "owner");
  const indexPath = join(dataDir, "index");
  const blobsPath = join(dataDir, "blobs");
  await makeDirectory(ownerPath);
  await makeDirectory(indexPath);
  const lock =
    owner === undefined
      ? await takeOwnerLock(dataDir, ownerPath)
      : await joinOwner(dataDir, ownerPath, owner.pid);
  const opened: { close(): Promise<void> }[] = [{ close: () => lock.release() }];
  // In the order opposite to opening, each only once, and the lock whatever happens.
  const closeAll = async (): Promise<void> => {
    try {
      for (const one of opened.splice(1).toReversed()) await one.close();
    } finally {
      for (const last of opened.splice(0)) await last.close();
    }
  };
  try {
    const index = openLmdbIndex({ path: indexPath, durability });
    opened.push(index);
    // LMDB flushes its file but not the entry that names it.
    await syncDirectory(indexPath);
    await noteFormat(index, dataDir);
    const keyRing = masterKeys === "unused" ? noKeyRing : await loadKeyRing(dataDir, masterKeys, random);
    if (keyRing !== noKeyRing) await noteMasterKeys(index, keyRing, log);
    const blobs = await openDiskBlobs({
      root: blobsPath,
      durability,
      onLateError: (error) => log("error", "Cannot flush a blob", error),
    });
    opened.push(blobs);
    const room = await watchRoom(
      { disk: () => diskRoom(dataDir), index: () => index.reusableBytes() },
      clock,
    );
    const engine: Engine = {
      index,
      blobs,
      clock,
      random,
      ids: createIdSource(clock, random, {
        notBeforeMs: owner?.startMs,
        isShared: owner !== undefined || otherPins !== undefined,
      }),
      keyRing,
      limits: { ...defaultLimits, ...limits },
      log,
      pins: createPins(otherPins),
      locks: createKeyedLocks(),
      turns: createTurns(),
      cache: createDecodedCache(index),
      manifestCache: createManifestCache(),
      takeRoom: (bytes, where, later) => room.take(bytes, where, later),
      disk: async () => ({
        ...(await diskRoom(dataDir)),
        indexBytes: (await stat(join(indexPath, "data.mdb"))).size,
      }),
      close: closeAll,
    };
    if (hasMaintenance && owner === undefined) {
      await forgetBackup(dataDir);
      const maintenance = startMaintenance(engine);
      opened.push({ close: () => maintenance.stop() });
    }
    return engine;
  } catch (error) {
    await closeAll();
    throw error;
  }
}
