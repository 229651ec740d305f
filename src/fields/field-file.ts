/** The file of a record. Django's FieldFile. */

import type { Content } from "../storage/content.ts";
import { StorageFile } from "../storage/file.ts";
import type { CallOptions, OpenOptions, UrlOptions } from "../storage/call-options.ts";
import type { Storage } from "../storage/storage.ts";
import { CachedFile } from "./cached-file.ts";
import { FileFieldError } from "./errors.ts";
import { type FieldValue, isEmptyInput, readContent } from "./field-content.ts";
import type { FileField } from "./file-field.ts";
import { withFiles } from "./with-files.ts";
import { removeFile, storeNew } from "./store.ts";

/** Saves the record with the name that its column now holds; empty for none. */
export type SaveRecord = (name: string) => Promise<unknown>;

export interface FieldSaveOptions extends CallOptions {
  /** Whether the record is saved too. Default: true. */
  readonly save?: boolean | undefined;
}

/** What waits to be stored. */
interface Pending {
  readonly content: Content | CachedFile;
  readonly filename: string | null;
}

/**
 * The file of a record, or none: `if (record.photo.name)` asks which.
 *
 * @example
 * for await (const chunk of await record.photo.open()) socket.write(chunk);
 */
export class FieldFile {
  readonly field: FileField;
  readonly #record: Readonly<Record<string, unknown>>;
  readonly #saveRecord: SaveRecord | null;
  /** What the column is to hold. */
  #name: string;
  /** What it holds in the database, as far as is known. */
  #saved: string;
  #pending: Pending | null = null;

  constructor(
    field: FileField,
    record: Readonly<Record<string, unknown>>,
    name: string,
    saveRecord: SaveRecord | null = null,
  ) {
    this.field = field;
    this.#record = record;
    this.#saveRecord = saveRecord;
    this.#name = name;
    this.#saved = name;
  }

  /** As the storage knows it; empty, and so false, where there is none. Of one that is not stored yet, its own name. */
  get name(): string {
    if (this.#pending === null) return this.#name;
    const { content, filename } = this.#pending;
    if (filename !== null) return filename;
    if (content instanceof CachedFile) return content.filename;
    return content instanceof Blob && !("name" in content) ? "file" : (content as File | StorageFile).name;
  }

  /** Whether nothing waits to be stored. */
  get committed(): boolean {
    return this.#pending === null;
  }

  get storage(): Storage {
    return this.field.storage;
  }

  /** What the database names, as far as is known; empty for none. */
  get savedName(): string {
    return this.#saved;
  }

  /** Bytes. @throws FileFieldError `NoFile` */
  async size(options?: CallOptions): Promise<number> {
    const pending = this.#pending?.content;
    if (pending instanceof Blob || pending instanceof StorageFile || pending instanceof CachedFile)
      return pending.size;
    return this.storage.size(this.#storedName("size"), options);
  }

  /** The address for a browser. @throws FileFieldError `NoFile`, `NotStored` */
  async url(options?: UrlOptions): Promise<string> {
    return this.storage.url(this.#storedName("url"), options);
  }

  /** The file for reading; one that waits to be stored can be read too. @throws FileFieldError `NoFile` */
  async open(options?: OpenOptions): Promise<StorageFile> {
    const pending = this.#pending?.content;
    if (pending instanceof CachedFile) return pending.open(options);
    if (pending instanceof StorageFile) return pending;
    if (pending instanceof Blob) return fileOfBlob(this.name, pending);
    return this.storage.open(this.#storedName("open"), "r", options);
  }

  /** Its place in the local file system. @throws FileFieldError `NoFile`; NotImplementedError where there is none. */
  get path(): string {
    return this.storage.path(this.#storedName("path"));
  }

  /**
   * Gives the field another file. Nothing is stored until the record is saved.
   *
   * @throws TypeError for what no field takes.
   */
  assign(value: FieldValue): this {
    if (value === null || value === undefined || isEmptyInput(value)) return this;
    if (value === false) return this.#become("", null);
    if (typeof value === "string") return this.#become(value, null);
    if (value instanceof FieldFile) return this.#become(value.#name, value.#pending);
    if (value instanceof Blob || value instanceof StorageFile || value instanceof CachedFile) {
      return this.#become(this.#name, { content: value, filename: null });
    }
    throw new TypeError(
      `The field ${JSON.stringify(this.field.name)} takes a File, a Blob, a file of a storage, the name of a stored` +
        ` file, null or false; this is ${typeof value}.`,
    );
  }

  /**
   * Stores a content at once, and saves the record. Where that fails the new file is removed; the old one goes only
   * afterwards.
   *
   * @param name What `uploadTo` makes the file's name of.
   * @returns The name under which it stands.
   * @throws TypeError where the record cannot be saved: of a row that an ORM gave, as of `field.of(record)`.
   */
  async save(
    name: string,
    content: Content,
    { save = true, signal }: FieldSaveOptions = {},
  ): Promise<string> {
    const saveRecord = save ? this.#recordSaver() : null;
    const before = this.#pending;
    this.#pending = { content, filename: name };
    try {
      return await withFiles(
        async (files) => {
          const stored = await files.save(this);
          await saveRecord?.(stored);
          return stored;
        },
        { signal, keepReplaced: saveRecord === null },
      );
    } catch (error) {
      this.#pending = before;
      throw error;
    }
  }

  /** Clears the field, saves the record and then deletes the file. Nothing happens where there is none. */
  async delete({ save = true, signal }: FieldSaveOptions = {}): Promise<void> {
    const saveRecord = save ? this.#recordSaver() : null;
    const { storage } = this;
    const name = this.#name;
    this.#become("", null);
    if (name === "") return;
    try {
      await saveRecord?.("");
    } catch (error) {
      this.#name = name;
      throw error;
    }
    this.#saved = "";
    await removeFile(storage, name, { signal });
  }

  /** The name; null for none. The file itself stays where it is. */
  toJSON(): string | null {
    return this.name === "" ? null : this.name;
  }

  toString(): string {
    return this.name;
  }

  // ------------------------------------------------------------------------------------------ called by FileChanges

  /** Stores what waits. @returns Whether there was something, and what to do when the transaction has ended. */
  async store({ signal }: CallOptions): Promise<StoredContent | null> {
    if (this.#pending === null) return null;
    const before = { name: this.#name, pending: this.#pending };
    const { field, storage } = this;
    const content = await readContent(before.pending.content, before.pending.filename);
    try {
      await field.check?.(content, field.name);
      const wanted = await field.nameFor(this.#record, content.filename);
      const { maxLength } = field;
      const contentType = await field.contentTypeOf(content);
      this.#name = await storeNew(storage, wanted, content.content, { maxLength, contentType, signal });
    } finally {
      await content.close?.();
    }
    this.#pending = null;
    const undo = (): void => {
      this.#name = before.name;
      this.#pending = before.pending;
    };
    return { storage, name: this.#name, undo, afterCommit: content.afterCommit };
  }

  /** The database holds the name now. */
  markSaved(): void {
    this.#saved = this.#name;
  }

  // ------------------------------------------------------------------------------------------------------------ helpers

  #become(name: string, pending: Pending | null): this {
    this.#name = name;
    this.#pending = pending;
    return this;
  }

  #storedName(asked: string): string {
    const field = JSON.stringify(this.field.name);
    if (this.#pending !== null) {
      throw new FileFieldError(
        this.field.name,
        "NotStored",
        `The file of the field ${field} is not stored yet, so it has no ${asked}.`,
        { fix: "Save the record first." },
      );
    }
    if (this.#name !== "") return this.#name;
    throw new FileFieldError(this.field.name, "NoFile", `The field ${field} has no file associated with it.`);
  }

  #recordSaver(): SaveRecord {
    if (this.#saveRecord !== null) return this.#saveRecord;
    throw new TypeError(
      `The field ${JSON.stringify(this.field.name)} cannot save its record: give { save: false } and save it` +
        ` yourself, or make the file by field.of(record, name, saveRecord).`,
    );
  }
}

/** A new file in a storage that no committed record names. */
export interface StoredContent {
  readonly storage: Storage;
  readonly name: string;
  /** Makes the field what it was before. */
  readonly undo: () => void;
  readonly afterCommit: (() => Promise<void>) | undefined;
}

function fileOfBlob(name: string, blob: Blob): StorageFile {
  return new StorageFile({
    name,
    size: blob.size,
    contentType: blob.type === "" ? "application/octet-stream" : blob.type,
    lastModified: new Date(blob instanceof File ? blob.lastModified : Date.now()),
    read: (start, end) => blob.slice(start, end).stream(),
  });
}
