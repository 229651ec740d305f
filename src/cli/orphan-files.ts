/** What `stowage orphans` does. */

import { type FileUse, fileUsesOf } from "../fields/file-uses.ts";
import { deleteOrphans, findOrphans, type OrphanReport } from "../fields/orphans.ts";
import { loadStorages } from "../storage/default-storages.ts";
import { loadConfig } from "../storage/load-config.ts";
import { CommandError, type Io } from "./command.ts";
import { foreseen } from "./static-flags.ts";
import { printJson, printTable } from "./table.ts";

export interface OrphansOptions {
  readonly config?: string;
  readonly delete?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  /** Seconds. */
  readonly olderThan: number;
}

/** @throws {CommandError} For a configuration that cannot be used, and where deleting looks like a mistake. */
export async function printOrphans(io: Io, options: OrphansOptions): Promise<void> {
  const uses = await foreseen(() => loadUses(options.config));
  try {
    const report = await foreseen(() => findOrphans(uses, { graceSeconds: options.olderThan }));
    if (options.delete === true) {
      if (options.force !== true) refuseStrange(report);
      await foreseen(() => deleteOrphans(report.orphans));
    }
    print(io, report, options);
  } finally {
    // Whatever keeps connections open keeps the program from ending.
    for (const { close, fields } of uses) {
      await close?.();
      for (const { storage } of Object.values(fields)) await storage.close();
    }
  }
}

async function loadUses(file: string | undefined): Promise<readonly FileUse[]> {
  const config = await loadConfig({ file });
  const uses = fileUsesOf(config);
  if (uses === null) {
    throw new CommandError(
      "the configuration does not say which records name files",
      "export default withFileUses(defineConfig(…), () => […])",
    );
  }
  // Fields without a storage of their own use the configuration's.
  await loadStorages({ file });
  try {
    return (await uses()).map((use) => ({ ...use, records: () => readable(use.records) }));
  } catch (error) {
    throw unreadable(error);
  }
}

async function* readable(records: FileUse["records"]): AsyncGenerator<Readonly<Record<string, unknown>>> {
  try {
    yield* await records();
  } catch (error) {
    throw unreadable(error);
  }
}

/** The database's failures are none of ours. */
function unreadable(cause: unknown): CommandError {
  return new CommandError(
    `the records cannot be read: ${lastCause(cause).message}`,
    "look at withFileUses() in the configuration, and at the database",
    { cause },
  );
}

/** What an ORM's error is about. */
function lastCause(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error ? lastCause(error.cause) : error;
}

function refuseStrange({ orphans, files, names }: OrphanReport): void {
  if (names > 0 || orphans.length === 0) return;
  throw new CommandError(
    `the records name no file at all, but there are ${files}: this may be the wrong database`,
    "give --force if it is the right one",
  );
}

function print(io: Io, { orphans, files, names }: OrphanReport, options: OrphansOptions): void {
  const deleted = options.delete === true;
  const rows = orphans.map(({ name, size, modifiedTime }) => ({
    name,
    size,
    modified: modifiedTime.toISOString(),
  }));
  if (options.json === true) return printJson(io, { orphans: rows, files, names, deleted });
  if (rows.length > 0) {
    const cells = rows.map(({ name, size, modified }) => [String(size), modified, printable(name)]);
    printTable(io, ["BYTES", "MODIFIED", "NAME"], cells);
  }
  const count = rows.length === 1 ? "1 orphan" : `${rows.length} orphans`;
  io.stderr.write(`${count} ${deleted ? "deleted" : "found"} among ${files} files.\n`);
}

/** Names are whatever was uploaded: none may move the cursor of a terminal. */
function printable(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
}
