/**
 * Storages of files: Django's storage API. This room knows names, contents and backends; it never contains a server,
 * and what it knows of S3 is the client's.
 *
 * {@link Storage} is the parent of every backend. It checks names, draws free ones and makes one content of all that can
 * be stored. A backend only computes: five small methods, and more where it can do better.
 */

import { randomInt } from "node:crypto";
import { checkNames, type NamesOf } from "../s3/known-names.ts";
import type {
  CallOptions,
  DeleteOptions,
  FileStat,
  NameOptions,
  OpenMode,
  OpenOptions,
  SaveOptions,
  StatOptions,
  StorageContext,
  UrlOptions,
  WriteOptions,
} from "./call-options.ts";
import { type Content, ContentSource } from "./content.ts";
import { FileNotFoundError, NotImplementedError, StorageError, SuspiciousFileOperation } from "./errors.ts";
import type { StorageFile } from "./file.ts";
import {
  checkNameLength,
  freeName,
  isPossibleName,
  joinName,
  normalizeName,
  randomLetters,
  splitName,
  toValidName,
  validateFileName,
} from "./names.ts";
import { StorageWriter } from "./writer.ts";

const saveOptionNames: NamesOf<SaveOptions> = { signal: 1, maxLength: 1, contentType: 1, overwrite: 1 };

/** As often a backend may answer that a name is taken which was free a moment before. */
const maxAttempts = 100;

/**
 * A storage of files.
 *
 * Names are relative, with forward slashes: `photos/cat.jpg`. Every method throws {@link SuspiciousFileOperation} for a
 * name that leads out of the storage or has a control character in it, and what a backend does not have throws
 * {@link NotImplementedError}.
 *
 * A backend extends it with `write`, `read`, `stat`, `list` and `remove`; `storageContract` of `stowage/testing` tells
 * whether it behaves. The names that these are given are checked.
 *
 * @see https://docs.djangoproject.com/en/stable/ref/files/storage/
 */
export abstract class Storage {
  protected readonly context: {
    readonly [Name in keyof StorageContext]-?: NonNullable<StorageContext[Name]>;
  };

  constructor({ env = process.env, clock = Date.now, random = randomFraction }: StorageContext = {}) {
    this.context = { env, clock, random };
  }

  // ---------------------------------------------------------------------------------------------- what a backend has

  /**
   * Stores the content under exactly this name.
   *
   * @returns The name as it was stored, or null where it is taken and must not be overwritten. After null the parent
   *   comes again with another name and the same content, of which until then only `head()` may have been read, or
   *   `prepared` made.
   */
  protected abstract write(
    name: string,
    content: ContentSource,
    options: WriteOptions,
  ): Promise<string | null>;

  /** Opens a file. @throws FileNotFoundError */
  protected abstract read(name: string, options: OpenOptions): Promise<StorageFile>;

  /** What is known of a file, or null where no file has the name. */
  protected abstract stat(name: string, options: StatOptions): Promise<FileStat | null>;

  /** The names directly in a directory, without it; the root is `""`. Nothing for one that is not there. */
  protected abstract list(
    directory: string,
    options: CallOptions,
  ): Promise<readonly [directories: string[], files: string[]]>;

  /** Removes a file. One that is not there is no error, and a directory of that name stays. */
  protected abstract remove(name: string, options: CallOptions): Promise<void>;

  /** Whether anything is in a directory. */
  protected async hasContents(directory: string, options: StatOptions): Promise<boolean> {
    const [directories, files] = await this.list(directory, options);
    return directories.length + files.length > 0;
  }

  /** Removes a directory with all that is in it. */
  protected async removeDirectory(directory: string, options: CallOptions): Promise<void> {
    const [directories, files] = await this.list(directory, options);
    for (const file of files) await this.remove(joinName(directory, file), options);
    for (const child of directories) await this.removeDirectory(joinName(directory, child), options);
  }

  /** The address of a file. */
  protected async urlOf(_name: string, _options: UrlOptions): Promise<string> {
    throw new NotImplementedError(`${this.constructor.name} has no URLs.`);
  }

  /** Whether {@link save} replaces a file of the same name. */
  protected get overwrites(): boolean {
    return false;
  }

  // -------------------------------------------------------------------------------------------------- what people call

  /**
   * Stores a content, under the name or one like it that is free.
   *
   * @param name Null: the content's own, as a File has one.
   * @param content Of any size. A stream is read to its end; a StorageFile stays open.
   * @returns The name under which it stands. Keep this one.
   * @throws StorageError `NameTooLong`; whatever the content's stream throws, and then nothing was stored.
   * @example
   * const name = await storage.save("photos/cat.jpg", file); // "photos/cat_h3kd9Zq.jpg" where there was a cat
   */
  async save(name: string | null, content: Content, options: SaveOptions = {}): Promise<string> {
    checkNames("save()", options, saveOptionNames);
    const { signal, contentType, maxLength, overwrite = this.overwrites } = options;
    signal?.throwIfAborted();
    const source = new ContentSource(content, { signal });
    try {
      const wanted = validateFileName(givenName(name, source));
      const taken = new Set<string>();
      for (let attempt = 0; attempt < maxAttempts; attempt++) {
        // Another draw of our own where a backend's getAvailableName() insists on what was taken meanwhile.
        let free = await this.getAvailableName(wanted, { maxLength, overwrite });
        if (taken.has(free)) free = await this.#freeName(wanted, { maxLength, overwrite }, taken);
        free = normalizeName(validateFileName(free));
        checkNameLength(free);
        const stored = await this.write(free, source, { overwrite, contentType, signal });
        if (stored !== null) return validateFileName(stored);
        taken.add(free);
      }
      throw new StorageError(
        "NoFreeName",
        `Cannot save ${JSON.stringify(wanted)}: ${maxAttempts} names in a row were taken by others.`,
      );
    } catch (error) {
      await source.discard(error);
      throw error;
    }
  }

  /**
   * Opens a file.
   *
   * @throws FileNotFoundError
   * @example
   * const text = await (await storage.open("notes.txt")).text();
   */
  open(name: string, mode?: "r", options?: OpenOptions): Promise<StorageFile>;
  /** Opens a file for writing under exactly this name. It stands there when it is closed. */
  open(name: string, mode: "w", options?: CallOptions): Promise<StorageWriter>;
  open(name: string, mode: OpenMode, options?: OpenOptions): Promise<StorageFile | StorageWriter>;
  async open(
    name: string,
    mode: OpenMode = "r",
    options: OpenOptions = {},
  ): Promise<StorageFile | StorageWriter> {
    options.signal?.throwIfAborted();
    const path = normalizeName(validateFileName(name));
    if (mode === "w") return this.#openToWrite(path, options);
    if (mode === "r") {
      if (!isPossibleName(path)) throw new FileNotFoundError(path);
      return this.read(path, options);
    }
    throw new TypeError(`The mode is ${JSON.stringify(mode)}; a file is opened with "r" or "w".`);
  }

  /**
   * Deletes a file; where no file has the name, the directory of that name with all that is in it. What is not there is
   * no error.
   *
   * @throws SuspiciousFileOperation for the root: `""`, `/` and `.`.
   */
  async delete(name: string, { recursive = true, ...options }: DeleteOptions = {}): Promise<void> {
    const path = normalizeName(name);
    if (path === "") {
      throw new SuspiciousFileOperation(
        `delete(${JSON.stringify(name)}) would delete everything in the storage: name a file or a directory.`,
      );
    }
    if (!isPossibleName(path)) return;
    const canBeFile = !path.endsWith("/");
    if (!recursive) return canBeFile ? this.remove(path, options) : undefined;
    // What was listed before is not asked: a file that came since would leave its directory to be deleted.
    const isFile = canBeFile && (await this.stat(path, { ...options, live: true })) !== null;
    return isFile ? this.remove(path, options) : this.removeDirectory(directoryOf(path), options);
  }

  /** Whether there is a file of that name, or a directory with something in it. */
  async exists(name: string, options: StatOptions = {}): Promise<boolean> {
    const path = normalizeName(name);
    if (!isPossibleName(path)) return false;
    const isFile = path !== "" && !path.endsWith("/") && (await this.stat(path, options)) !== null;
    return isFile || this.hasContents(directoryOf(path), options);
  }

  /**
   * What is directly in a directory, by name. Nothing for a directory that is not there.
   *
   * @param directory Default: the root.
   * @example
   * const [directories, files] = await storage.listdir("photos");
   */
  async listdir(
    directory = "",
    options: CallOptions = {},
  ): Promise<[directories: string[], files: string[]]> {
    const [directories, files] = await this.list(directoryOf(normalizeName(directory)), options);
    return [directories, files];
  }

  /** Bytes as they are stored. @throws FileNotFoundError */
  async size(name: string, options: StatOptions = {}): Promise<number> {
    return (await this.#statOf(name, options)).size;
  }

  /**
   * The address of a file, for a browser. The file need not be there. Asynchronous, because credentials may have to be
   * fetched before a URL can be signed.
   */
  async url(name: string, options: UrlOptions = {}): Promise<string> {
    // Django: slashes at the beginning would make the rest a host.
    return this.urlOf(normalizeName(name.replace(/^[/\\]+/, "")), options);
  }

  /** When the file was last read. @throws FileNotFoundError */
  async accessedTime(name: string, options: StatOptions = {}): Promise<Date> {
    const { accessedTime } = await this.#statOf(name, options);
    if (accessedTime !== undefined) return accessedTime;
    throw new NotImplementedError(`${this.constructor.name} does not keep when a file was read.`);
  }

  /** When the file was made. @throws FileNotFoundError */
  async createdTime(name: string, options: StatOptions = {}): Promise<Date> {
    const { createdTime } = await this.#statOf(name, options);
    if (createdTime !== undefined) return createdTime;
    throw new NotImplementedError(
      `${this.constructor.name} does not keep when a file was made. modifiedTime() tells when it was stored.`,
    );
  }

  /** When the file was last written. @throws FileNotFoundError */
  async modifiedTime(name: string, options: StatOptions = {}): Promise<Date> {
    return (await this.#statOf(name, options)).modifiedTime;
  }

  /** The file's place in the local file system. @throws NotImplementedError where there is none. */
  path(_name: string): string {
    throw new NotImplementedError(
      `${this.constructor.name} has no local paths. Read the file with open(), or link to it with url().`,
    );
  }

  /** A name for this storage made of one that somebody typed: without spaces and special characters. */
  getValidName(name: string): string {
    return toValidName(name);
  }

  /** A name that is free, and not too long: the one given, or one with seven letters and digits before its suffixes. */
  async getAvailableName(name: string, options: NameOptions = {}): Promise<string> {
    return this.#freeName(name, options, new Set());
  }

  /** Another name for one that is taken. `root` is without directories, `suffixes` as in `.tar.gz`. */
  getAlternativeName(root: string, suffixes: string): string {
    return `${root}_${randomLetters(7, this.context.random)}${suffixes}`;
  }

  /** A name for {@link save}: the directories as they are, the base name made valid. */
  generateFilename(filename: string): string {
    const [directory, base] = splitName(filename.replaceAll("\\", "/"));
    const name = joinName(directory, this.getValidName(base));
    return normalizeName(validateFileName(name));
  }

  /** Closes connections. The storage is of no use afterwards. */
  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // ------------------------------------------------------------------------------------------------------------ helpers

  #freeName(
    name: string,
    { maxLength, overwrite = this.overwrites }: NameOptions,
    taken: ReadonlySet<string>,
  ): Promise<string> {
    return freeName(name, {
      maxLength: maxLength ?? null,
      isTaken: async (candidate) => {
        checkNameLength(candidate);
        return taken.has(candidate) || (!overwrite && (await this.exists(candidate)));
      },
      alternative: (root, suffixes) => this.getAlternativeName(root, suffixes),
    });
  }

  #openToWrite(name: string, { signal }: CallOptions): StorageWriter {
    checkNameLength(name);
    return new StorageWriter(name, async (bytes) => {
      const source = new ContentSource(bytes, { signal });
      try {
        // Nothing written: only a file that is not there comes to be, as in django-storages.
        const { bytes: first, whole } = await source.head(0);
        const overwrite = first.length > 0 || !whole;
        const stored = await this.write(name, source, { overwrite, signal, incremental: true });
        if (stored === null) await source.discard();
      } catch (error) {
        await source.discard(error);
        throw error;
      }
    });
  }

  async #statOf(name: string, options: StatOptions): Promise<FileStat> {
    const path = normalizeName(validateFileName(name));
    const stat = isPossibleName(path) ? await this.stat(path, options) : null;
    if (stat === null) throw new FileNotFoundError(path);
    return stat;
  }
}

function givenName(name: string | null, source: ContentSource): string {
  const given = name ?? source.name;
  if (given !== undefined) return given;
  throw new TypeError("The content has no name of its own: give save() one.");
}

/** A directory's name without the slash at its end. */
function directoryOf(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

function randomFraction(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
