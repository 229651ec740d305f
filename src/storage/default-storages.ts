/** `storages`: those of `stowage.config.ts`, which is loaded when one of them is first used. Django's `storages`. */

import type { StowageConfig } from "./config.ts";
import type { Content } from "./content.ts";
import { StorageError } from "./errors.ts";
import type { StorageFile } from "./file.ts";
import { type LoadConfigOptions, loadConfig } from "./load-config.ts";
import { aliasObject, createStorages, type Storages } from "./registry.ts";
import type {
  CallOptions,
  DeleteOptions,
  NameOptions,
  OpenMode,
  OpenOptions,
  SaveOptions,
  StatOptions,
  UrlOptions,
} from "./call-options.ts";
import { Storage } from "./storage.ts";
import type { StorageWriter } from "./writer.ts";

let loading: Promise<Storages> | null = null;
let loaded: Storages | null = null;

/**
 * The storages of the configuration file. They are at hand at once; the file is loaded with the first call of one of
 * their methods. Methods that do not return a promise need {@link loadStorages} before.
 *
 * @example
 * import { storages } from "stowage/storage";
 * const name = await storages.default.save("hello.txt", "Hello");
 */
export const storages: { readonly default: Storage; readonly [alias: string]: Storage } = aliasObject(
  [],
  storageOf,
) as { readonly default: Storage; readonly [alias: string]: Storage };

/** Loads the configuration for {@link storages}, once. */
export async function loadStorages(options?: LoadConfigOptions): Promise<Storages> {
  loading ??= loadConfig(options).then((config) => (loaded = createStorages(config)));
  try {
    return await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

/**
 * Makes a configuration that of {@link storages}, so that no file is searched: where an application imports its
 * configuration itself, and in tests.
 *
 * @returns Puts back what was there.
 */
export function useConfig(config: StowageConfig): () => void {
  const before = { loading, loaded };
  loaded = createStorages(config);
  loading = Promise.resolve(loaded);
  return () => {
    ({ loading, loaded } = before);
  };
}

/** `Storage.generateFilename`, also of a storage whose configuration is still to be loaded. */
export async function generateFilename(storage: Storage, filename: string): Promise<string> {
  try {
    return storage.generateFilename(filename);
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== "ConfigNotLoaded") throw error;
    await loadStorages();
    return storage.generateFilename(filename);
  }
}

const lazy = new Map<string, Storage>();

function storageOf(alias: string): Storage {
  const found = lazy.get(alias) ?? new LazyStorage(alias);
  lazy.set(alias, found);
  return found;
}

/** A storage that is known by its alias alone until it is used. */
class LazyStorage extends Storage {
  readonly #alias: string;

  constructor(alias: string) {
    super();
    this.#alias = alias;
  }

  override async save(name: string | null, content: Content, options?: SaveOptions): Promise<string> {
    return (await this.#load()).save(name, content, options);
  }

  override open(name: string, mode?: "r", options?: OpenOptions): Promise<StorageFile>;
  override open(name: string, mode: "w", options?: CallOptions): Promise<StorageWriter>;
  override open(name: string, mode: OpenMode, options?: OpenOptions): Promise<StorageFile | StorageWriter>;
  override async open(
    name: string,
    mode: OpenMode = "r",
    options?: OpenOptions,
  ): Promise<StorageFile | StorageWriter> {
    return (await this.#load()).open(name, mode, options);
  }

  override async delete(name: string, options?: DeleteOptions): Promise<void> {
    return (await this.#load()).delete(name, options);
  }

  override async exists(name: string, options?: StatOptions): Promise<boolean> {
    return (await this.#load()).exists(name, options);
  }

  override async listdir(directory?: string, options?: CallOptions): Promise<[string[], string[]]> {
    return (await this.#load()).listdir(directory, options);
  }

  override async size(name: string, options?: StatOptions): Promise<number> {
    return (await this.#load()).size(name, options);
  }

  override async url(name: string, options?: UrlOptions): Promise<string> {
    return (await this.#load()).url(name, options);
  }

  override async accessedTime(name: string, options?: StatOptions): Promise<Date> {
    return (await this.#load()).accessedTime(name, options);
  }

  override async createdTime(name: string, options?: StatOptions): Promise<Date> {
    return (await this.#load()).createdTime(name, options);
  }

  override async modifiedTime(name: string, options?: StatOptions): Promise<Date> {
    return (await this.#load()).modifiedTime(name, options);
  }

  override async getAvailableName(name: string, options?: NameOptions): Promise<string> {
    return (await this.#load()).getAvailableName(name, options);
  }

  override path(name: string): string {
    return this.#now().path(name);
  }

  override getValidName(name: string): string {
    return this.#now().getValidName(name);
  }

  override getAlternativeName(root: string, suffixes: string): string {
    return this.#now().getAlternativeName(root, suffixes);
  }

  override generateFilename(filename: string): string {
    return this.#now().generateFilename(filename);
  }

  override async close(): Promise<void> {
    if (loaded !== null) await this.#now().close();
  }

  // The parent's own methods above never come to these.
  protected override write(): never {
    throw new TypeError("A lazy storage passes everything on.");
  }
  protected override read(): never {
    return this.write();
  }
  protected override stat(): never {
    return this.write();
  }
  protected override list(): never {
    return this.write();
  }
  protected override remove(): never {
    return this.write();
  }

  async #load(): Promise<Storage> {
    return (await loadStorages())[this.#alias]!;
  }

  #now(): Storage {
    if (loaded !== null) return loaded[this.#alias]!;
    throw new StorageError("ConfigNotLoaded", `The storage "${this.#alias}" is not loaded yet.`, {
      fix: "Call await loadStorages() once when the application starts.",
    });
  }
}
