/** The option preloadMetadata: one listing of a storage, and what the storage itself has changed since. */

import type { FileStat } from "../call-options.ts";

export interface PreloadedObject {
  readonly key: string;
  readonly size: number;
  readonly lastModifiedMs: number;
}

export class Preloaded {
  readonly #list: () => AsyncIterable<PreloadedObject>;
  /** By key; null for what was written since. */
  #listing: Promise<Map<string, FileStat | null>> | null = null;

  /** @param list Lists all objects. Called with the first question, and again where it failed. */
  constructor(list: () => AsyncIterable<PreloadedObject>) {
    this.#list = list;
  }

  /** Null for what is not there; undefined for what was written since and has to be asked for. */
  async stat(key: string): Promise<FileStat | null | undefined> {
    const found = (await this.#listed()).get(key);
    return found === null ? undefined : (found ?? null);
  }

  async hasPrefix(prefix: string): Promise<boolean> {
    for (const key of (await this.#listed()).keys()) if (key.startsWith(prefix)) return true;
    return false;
  }

  async noteWritten(key: string): Promise<void> {
    (await this.#soFar())?.set(key, null);
  }

  async noteDeleted(keys: Iterable<string>): Promise<void> {
    const listing = await this.#soFar();
    for (const key of keys) listing?.delete(key);
  }

  async #listed(): Promise<Map<string, FileStat | null>> {
    this.#listing ??= this.#listAll();
    try {
      return await this.#listing;
    } catch (error) {
      this.#listing = null;
      throw error;
    }
  }

  /** Null where nobody has asked yet. A listing that fails is told to who asked for it, and not to who changes a file. */
  async #soFar(): Promise<Map<string, FileStat | null> | null> {
    return this.#listing?.catch(() => null) ?? null;
  }

  async #listAll(): Promise<Map<string, FileStat | null>> {
    const all = new Map<string, FileStat | null>();
    for await (const { key, size, lastModifiedMs } of this.#list()) {
      // Some servers list milliseconds; the header of the object itself has whole seconds.
      all.set(key, { size, modifiedTime: new Date(Math.floor(lastModifiedMs / 1000) * 1000) });
    }
    return all;
  }
}
