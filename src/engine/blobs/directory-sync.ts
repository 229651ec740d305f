/** Flushes directories: an entry is durable only then. Those who ask while a flush runs share the next one. */

import type { FileHandle, open as openFile } from "node:fs/promises";

interface Directory {
  readonly handle: Promise<FileHandle>;
  running: Promise<void> | null;
  next: Promise<void> | null;
}

export class DirectorySync {
  readonly #directories = new Map<string, Directory>();
  readonly #open: typeof openFile;

  constructor(open: typeof openFile) {
    this.#open = open;
  }

  /** Resolves when every entry that was made before the call is on the disk. */
  sync(path: string): Promise<void> {
    let directory = this.#directories.get(path);
    if (directory === undefined) {
      const handle = this.#open(path, "r");
      handle.catch(() => this.#directories.delete(path));
      directory = { handle, running: null, next: null };
      this.#directories.set(path, directory);
    }
    const known = directory;
    if (known.running === null) return run(known);
    // The running flush may have begun before the entry was there.
    known.next ??= known.running
      .catch(() => {})
      .then(() => {
        known.next = null;
        return run(known);
      });
    return known.next;
  }

  async close(): Promise<void> {
    for (const { handle, running, next } of this.#directories.values()) {
      await Promise.allSettled([running, next]);
      const opened = await handle.catch(() => null);
      await opened?.close();
    }
    this.#directories.clear();
  }
}

function run(directory: Directory): Promise<void> {
  const running = directory.handle
    .then((handle) => handle.sync())
    .finally(() => {
      if (directory.running === running) directory.running = null;
    });
  directory.running = running;
  return running;
}
