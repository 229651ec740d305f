import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BackupCounts, BackupProgress } from "../../engine/backup.ts";
import { type Command, CommandError, type Io } from "../command.ts";
import { formatBytes } from "../output.ts";
import { type Progress, ProgressBar } from "../progress-bar.ts";
import { printJson } from "../table.ts";

/** Copies a data directory, while it is served too. */
export const backup: Command = {
  path: "backup",
  summary: "Copy a data directory, also of a running server, into one that can be served.",
  details: `The copy is the store at the moment when the backup began, all of it verified as it is read. A later backup into the same
directory copies the files that are new, and until it is complete the earlier one stays as it is. To restore, serve the
directory: stowage serve --data DIR. "stowage check --data DIR" verifies it.

The file master-keys is left out, without which what is encrypted with SSE-S3 and SSE-KMS is lost: keep it at another place, or
have it copied with --with-master-keys.`,
  arguments: [
    { name: "<dir>", description: "A new or empty directory, or an earlier backup, best on another disk" },
  ],
  flags: [
    { flags: "--data <dir>", description: "Data directory", default: ".stowage" },
    { flags: "--with-master-keys", description: "Copy the file master-keys too" },
    { flags: "--json", description: "Print JSON for programs" },
  ],
  environment: [],
  examples: ["backup /mnt/backup/stowage --data /srv/stowage"],
  run: async (io, [to = ""], options) => {
    const { data, json, withMasterKeys } = options as {
      data: string;
      json?: boolean;
      withMasterKeys?: boolean;
    };
    const from = resolve(data);
    if (!existsSync(join(from, "index"))) {
      throw new CommandError(`there is no data directory ${from}`, "give the server's own with --data");
    }
    // Loaded here, as the store is by every command that opens it.
    const { backup: backUp, wrongDirectory } = await import("../../engine/backup.ts");
    const { keysFileName } = await import("../administrator.ts");
    const { masterKeysFile } = await import("../../engine/encryption/master-keys.ts");
    const stopping = new AbortController();
    void io.stopSignal().then(() => stopping.abort(new Error("it was stopped")));
    const files = [keysFileName, ...(withMasterKeys === true ? [masterKeysFile] : [])];
    let progress: Progress = { done: 0, total: 0, text: "verifying the index" };
    const bar = io.terminal ? new ProgressBar(io, () => progress) : null;
    let done;
    try {
      done = await backUp({
        from,
        to: resolve(to),
        files,
        signal: stopping.signal,
        onProgress: (now) => (progress = progressOf(now)),
      });
    } catch (cause) {
      const isWrong = (cause as NodeJS.ErrnoException).code === wrongDirectory;
      throw new CommandError(
        reasonOf(cause),
        isWrong ? "give another directory" : "an earlier backup in that directory is what it was",
        { cause },
      );
    } finally {
      bar?.end();
    }
    if (json === true) printJson(io, done);
    else printCounts(io, done);
    if (done.damage.length > 0) {
      throw new CommandError(
        `${done.damage.length} of the store's files could not be copied:\n${done.damage.join("\n")}`,
        'all else is in the backup; "stowage check" tells which objects they belong to',
      );
    }
    if (json !== true && withMasterKeys !== true && existsSync(join(from, masterKeysFile))) {
      io.stdout.write(
        `${masterKeysFile} is not in it: keep it at another place, or give --with-master-keys\n`,
      );
    }
  },
};

function progressOf({ of, done, total, bytes }: BackupProgress): Progress {
  const text =
    of === "rows"
      ? `${done} of ${total} rows of the index`
      : `${done} of ${total} files, ${formatBytes(bytes)} copied`;
  return { done, total, text };
}

function printCounts(
  io: Io,
  { rows, copiedBlobs, copiedBytes, keptBlobs, removedBlobs }: BackupCounts,
): void {
  const files = [
    `${copiedBlobs} files copied (${formatBytes(copiedBytes)})`,
    ...(keptBlobs > 0 ? [`${keptBlobs} there already`] : []),
    ...(removedBlobs > 0 ? [`${removedBlobs} removed that are needed no more`] : []),
  ];
  io.stdout.write(`${rows} rows of the index copied, ${files.join(", ")}\n`);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "InsufficientStorage" ? "there is no room for the backup" : message;
}
