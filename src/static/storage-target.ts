/** Any storage as the destination of static files: by the methods that all of them have. */

import type { Storage } from "../storage/storage.ts";
import { type Loaded, loadStored, md5Of } from "./load.ts";
import type { Listed, PutOptions, StaticTarget } from "./target.ts";

export class StorageTarget implements StaticTarget {
  readonly location: string | null = null;
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async isEmpty(): Promise<boolean> {
    const [directories, files] = await this.#storage.listdir("");
    return directories.length + files.length === 0;
  }

  async list(): Promise<Map<string, Listed>> {
    const all = new Map<string, Listed>();
    const walk = async (directory: string): Promise<void> => {
      const [directories, files] = await this.#storage.listdir(directory);
      for (const file of files) {
        const name = directory === "" ? file : `${directory}/${file}`;
        all.set(name, { size: await this.#storage.size(name) });
      }
      for (const child of directories) await walk(directory === "" ? child : `${directory}/${child}`);
    };
    await walk("");
    return all;
  }

  async holds(name: string, { size }: Listed, content: Loaded, md5: string): Promise<boolean> {
    return size === content.size && md5 === (await md5Of(await loadStored(await this.#storage.open(name))));
  }

  async mayHold(_name: string, { size, link }: Listed, content: Loaded): Promise<boolean> {
    return size === content.size && link === undefined;
  }

  async put(name: string, content: Loaded, { replaces, signal }: PutOptions): Promise<void> {
    // open() leaves what is there where nothing is written.
    if (content.size === 0 && replaces) await this.#storage.delete(name);
    const writer = await this.#storage.open(name, "w", { signal });
    try {
      for await (const chunk of content.chunks()) await writer.write(chunk);
    } catch (error) {
      await writer.abort(error);
      throw error;
    }
    await writer.close();
  }

  async link(_name: string, _path: string): Promise<void> {
    throw new TypeError(`${this.#storage.constructor.name} has no symbolic links.`);
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#storage.delete(name);
  }
}
