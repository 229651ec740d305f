/** Opens the store of a data directory, and says in a command's words why it cannot. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  DataDirectoryInUseError,
  type Engine,
  type EngineLog,
  type EngineOwner,
  openEngine,
} from "../engine/engine.ts";
import { CommandError } from "./command.ts";

/** The ways out, by who opens. */
const fixes = {
  server: { missing: "", inUse: "stop it, or give another with --data" },
  accounts: {
    missing:
      "give a stopped server's own with --data, or the address of a running one with --endpoint or in AWS_ENDPOINT_URL_S3",
    inUse: "reach the running server with --endpoint",
  },
  check: {
    missing: "give the server's own with --data",
    inUse: "stop it, or check a backup, which stowage backup makes while it runs",
  },
} as const;

/** How to open. */
export interface OpenOptions {
  /** The server makes a directory where there is none; it alone does the store's background work. The others visit. */
  readonly as: keyof typeof fixes;
  readonly durability?: "strict" | "relaxed";
  readonly log?: EngineLog;
  /** Keys that the operator gave to the server. A visitor touches no objects and needs none. */
  readonly masterKeys?: readonly Uint8Array[];
  /** For a worker: the process that owns the directory. */
  readonly owner?: EngineOwner;
  /** For that process: what its workers are reading. */
  readonly otherPins?: () => Promise<readonly string[]>;
}

/**
 * Opens a data directory.
 *
 * @throws {CommandError} When it is missing, in use or not to be opened.
 */
export async function openDataDirectory(dataDir: string, options: OpenOptions): Promise<Engine> {
  const { as, durability, log, owner, otherPins } = options;
  const masterKeys = as === "server" ? options.masterKeys : "unused";
  if (as !== "server" && !existsSync(join(dataDir, "index"))) {
    throw new CommandError(`there is no data directory ${dataDir}`, fixes[as].missing);
  }
  try {
    return await openEngine({
      dataDir,
      durability,
      log,
      masterKeys,
      maintenance: as === "server",
      owner,
      otherPins,
    });
  } catch (cause) {
    if (cause instanceof DataDirectoryInUseError) {
      const owner = cause.pid === undefined ? "another process" : `process ${cause.pid}`;
      throw new CommandError(`the data directory ${dataDir} is in use by ${owner}`, fixes[as].inUse, {
        cause,
      });
    }
    const { code, message } = cause as NodeJS.ErrnoException;
    const isDamaged = /^(?:MDB_(?:CORRUPTED|INVALID|PAGE_NOTFOUND)\b|The index is damaged)/.test(message);
    throw new CommandError(
      `cannot open the data directory ${dataDir}: ${reasons[code ?? ""] ?? message}`,
      isDamaged
        ? "restore it from a backup: its index is damaged, or was copied while a server ran"
        : "give with --data a directory that can be written",
      { cause },
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "there is no room on the disk",
  ENOTDIR: "it is no directory",
  EEXIST: "it is no directory",
};
