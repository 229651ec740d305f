/**
 * One owner of a data directory.
 *
 * The lock is the reader table of a small LMDB environment that is used for nothing else. A process that has it open
 * holds a lock of the operating system on its file and a row in the table. The system lets go of the lock when the
 * process ends, however it ends, and LMDB then clears the rows of the dead: nothing goes stale, process ids may be used
 * again or be the same in two containers, and it works without a native module of our own.
 */

import { realpathSync, unlinkSync } from "node:fs";
import { join } from "node:path";

import { open } from "lmdb";

import { prepareDataFile } from "./index/data-file.ts";

/** The data directory belongs to another process, or was opened twice in this one. */
export class DataDirectoryInUseError extends Error {
  override readonly name: string = "DataDirectoryInUseError";
  readonly code: string = "DATA_DIRECTORY_IN_USE";
  /** Process id of the owner; undefined when it cannot be told. */
  readonly pid: number | undefined;

  constructor(directory: string, pid: number | undefined) {
    const owner = pid === undefined ? "another process" : `process ${pid}`;
    super(`Cannot open "${directory}": it is in use by ${owner}`);
    this.pid = pid;
  }
}

export interface OwnerLock {
  release(): Promise<void>;
}

/**
 * The directories that this process owns. Opening LMDB's lock file twice would let go of the first lock; and an
 * environment that nobody refers to is closed with the garbage, so what holds the lock is kept here.
 */
const owned = new Map<string, unknown[]>();

/**
 * Takes the lock of a data directory.
 *
 * @param directory The data directory, for the message.
 * @param path Where the lock's files are; made when they are not there.
 * @throws DataDirectoryInUseError
 */
export async function takeOwnerLock(directory: string, path: string): Promise<OwnerLock> {
  const realDirectory = realpathSync(directory);
  if (owned.has(realDirectory)) throw new DataDirectoryInUseError(directory, process.pid);
  const holders: unknown[] = [];
  owned.set(realDirectory, holders);
  try {
    const environment = openEnvironment(path);
    holders.push(environment);
    const release = async (): Promise<void> => {
      await environment.close();
      owned.delete(realDirectory);
    };
    const refuseIf = async (isOwned: (pids: readonly number[]) => boolean): Promise<void> => {
      environment.readerCheck();
      const pids = readerPids(environment.readerList());
      if (!isOwned(pids)) return;
      await release();
      throw new DataDirectoryInUseError(directory, pids.find((pid) => pid !== process.pid) ?? pids[0]);
    };
    // Before taking a row, also because LMDB cannot give one to a process whose id, that of another container, has one.
    await refuseIf((pids) => pids.length > 0);
    // Takes a row of the table and keeps it: nobody ever writes here, so an old snapshot costs nothing.
    holders.push(environment.useReadTransaction());
    // Two that came at the same moment see each other now, and both go.
    await refuseIf((pids) => pids.length > 1);
    return { release };
  } catch (error) {
    owned.delete(realDirectory);
    throw error;
  }
}

/**
 * Stands beside the owner of a data directory: a process that works for it. As long as it lives nobody else can become
 * the owner, also when the owner itself is gone.
 *
 * @param ownerPid The owner, which must hold the lock already.
 * @throws Error when it does not.
 */
export async function joinOwner(directory: string, path: string, ownerPid: number): Promise<OwnerLock> {
  const environment = openEnvironment(path);
  const holders: unknown[] = [environment, environment.useReadTransaction()];
  const realDirectory = realpathSync(directory);
  owned.set(realDirectory, holders);
  const release = async (): Promise<void> => {
    await environment.close();
    owned.delete(realDirectory);
  };
  environment.readerCheck();
  if (readerPids(environment.readerList()).includes(ownerPid)) return { release };
  await release();
  throw new Error(`Cannot open "${directory}" for process ${ownerPid}: it is not the owner`);
}

function openEnvironment(path: string): LockEnvironment {
  // Nothing is ever written here, so nothing is lost. A power cut in the first seconds of a directory may leave it torn.
  const dataFile = join(path, "data.mdb");
  if (prepareDataFile(dataFile, []) !== null) unlinkSync(dataFile);
  const options = { path, overlappingSync: false, mapSize: 2 ** 20, permissionsMode: 0o600 };
  return open(options) as LockEnvironment;
}

/** What this file uses of lmdb-js, some of which its types do not know. */
interface LockEnvironment {
  useReadTransaction(): unknown;
  readerCheck(): number;
  /** A heading, then a line for each reader: process id, thread, transaction. */
  readerList(): string;
  close(): Promise<void>;
}

function readerPids(list: string): number[] {
  return [...list.matchAll(/^ *(\d+) /gm)].map((match) => Number(match[1]));
}
