/** A directory as the destination of static files. */

import { mkdirSync, mkdtempSync, renameSync, rmdirSync, symlinkSync, unlinkSync } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DiskStorage } from "../storage/backends/disk.ts";
import { type Loaded, loadLocal, md5Of } from "./load.ts";
import { StorageTarget } from "./storage-target.ts";
import type { Listed } from "./target.ts";

export class DiskTarget extends StorageTarget {
  override readonly location: string;
  readonly #storage: DiskStorage;

  constructor(storage: DiskStorage) {
    super(storage);
    this.#storage = storage;
    this.location = storage.location;
  }

  override async list(): Promise<Map<string, Listed>> {
    const all = new Map<string, Listed>();
    const [directories, files] = await this.#storage.listdir("");
    // What the storage keeps for itself at its root is no file; below it there is nothing of its own.
    for (const file of files) await this.#look(file, all);
    for (const directory of directories) await this.#walk(directory, all);
    return all;
  }

  override async holds(name: string, { size }: Listed, content: Loaded, md5: string): Promise<boolean> {
    return size === content.size && md5 === (await md5Of(await loadLocal(this.#storage.path(name))));
  }

  override async link(name: string, path: string): Promise<void> {
    const place = this.#storage.path(name);
    mkdirSync(dirname(place), { recursive: true });
    // A link cannot be made over a file, but it can be moved there.
    const aside = mkdtempSync(join(dirname(place), ".link-"));
    try {
      symlinkSync(path, join(aside, "link"));
      renameSync(join(aside, "link"), place);
    } finally {
      rmdirSync(aside);
    }
  }

  override async remove(names: readonly string[]): Promise<void> {
    for (const name of names) unlinkSync(this.#storage.path(name));
  }

  async #walk(directory: string, all: Map<string, Listed>): Promise<void> {
    for (const entry of await readdir(this.#storage.path(directory), { withFileTypes: true })) {
      const name = `${directory}/${entry.name}`;
      if (entry.isDirectory()) await this.#walk(name, all);
      else await this.#look(name, all);
    }
  }

  async #look(name: string, all: Map<string, Listed>): Promise<void> {
    const path = this.#storage.path(name);
    const found = await lstat(path);
    all.set(name, { size: found.size, link: found.isSymbolicLink() ? await readlink(path) : undefined });
  }
}
