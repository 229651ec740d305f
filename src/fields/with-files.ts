/**
 * Files and a transaction, as one. New files are stored before the database commits, and old ones deleted after it: a
 * crash in between leaves files that no record names, which `stowage orphans` finds, and never a record without a file.
 */

import type { CallOptions } from "../storage/call-options.ts";
import type { Storage } from "../storage/storage.ts";
import { type FieldValue, isEmptyInput } from "./field-content.ts";
import type { FieldFile, StoredContent } from "./field-file.ts";
import type { FileField } from "./file-field.ts";
import { lostTouch, saysRolledBack } from "./outcome.ts";
import { removeFile } from "./store.ts";

export interface WithFilesOptions extends CallOptions {
  /** Whether files that were replaced stay, for whoever saves the record later. Default: false. */
  readonly keepReplaced?: boolean | undefined;
  /** What a form has stored already, as `parseUploads` gives it: it goes where the work is undone, and else is kept. */
  readonly uploads?: { discard(): Promise<void>; keep(): void } | undefined;
  /** Told of a file that could not be removed; it stays for `stowage orphans`. Default: process.emitWarning. */
  readonly onLeftover?: ((name: string, error: unknown) => void) | undefined;
}

/** Fields by the property of a record that holds their name. */
export type FileFields = Readonly<Record<string, FileField>>;

/** Values as the database takes them: the name of a stored file, null where it was cleared, nothing where it stays. */
export type StoredValues<Values, Fields extends FileFields> = {
  [Name in keyof Values]: Name extends keyof Fields ? string | null | undefined : Values[Name];
};

export interface StoreOptions {
  /** The record as the database has it, where there is one. Its files go when they are replaced. */
  readonly previous?: Readonly<Record<string, unknown>> | undefined;
  /** What `uploadTo` is given. Default: the previous record with the values. */
  readonly record?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Does work that changes files and records. Where it resolves, the files it replaced are deleted; where it rejects, the
 * files it stored. It is to reject only if nothing was committed: what may fail afterwards, as sending mail, belongs
 * behind it.
 *
 * @returns What the work returns.
 * @throws Whatever the work throws. A file that cannot be removed is no error but a warning.
 * @example
 * await withFiles((files) =>
 *   db.transaction((tx) =>
 *     files.within(async () => {
 *       const values = await files.store({ photo }, { title: "Cat", photo: upload });
 *       await tx.insert(pictures).values(values);
 *     }),
 *   ),
 * );
 */
export async function withFiles<Result>(
  work: (files: FileChanges) => Promise<Result>,
  options: WithFilesOptions = {},
): Promise<Result> {
  const files = new FileChanges(options);
  let result: Result;
  try {
    result = await work(files);
  } catch (error) {
    await files.rollBack(error);
    throw error;
  }
  await files.commit();
  return result;
}

/** A file, and where it is. */
interface Place {
  readonly storage: Storage;
  readonly name: string;
}

/** What {@link withFiles} hands to its work. */
export class FileChanges {
  readonly #options: WithFilesOptions;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #running = new Set<Promise<unknown>>();
  readonly #stored: StoredContent[] = [];
  readonly #replaced: Place[] = [];
  readonly #saved: FieldFile[] = [];
  /** Stored in a body that threw: of no use, whatever comes. */
  readonly #discarded: StoredContent[] = [];
  /** What storing failed with: then it was not the database. */
  readonly #failures = new WeakSet<object>();
  #ended = false;
  /** How far the transaction came, where the work told by {@link within}. */
  #body: "unknown" | "running" | "threw" | "returned" = "unknown";

  constructor(options: WithFilesOptions) {
    const { signal } = options;
    this.#options = options;
    this.#signal = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
  }

  /**
   * Does what is done inside of a transaction. It makes the end of the transaction exact: what was thrown inside means a
   * roll back, and what comes after it is a commit that may have gone through although the connection was lost. Then the
   * files stay, for `stowage orphans` to decide. It may be called again, for a transaction that is tried anew, and within
   * itself, for a savepoint: what was done in one that threw is forgotten.
   *
   * @example
   * await withFiles((files) => prisma.$transaction((tx) => files.within(async () => { … })));
   */
  async within<Result>(body: () => Promise<Result>): Promise<Result> {
    const marks = [this.#stored.length, this.#replaced.length, this.#saved.length] as const;
    this.#body = "running";
    try {
      const result = await body();
      this.#body = "returned";
      return result;
    } catch (error) {
      this.#body = "threw";
      this.#forget(...marks);
      throw error;
    }
  }

  /**
   * Stores what was assigned to a record's file; to be called when the record is saved.
   *
   * @returns The name for the column, empty for none.
   */
  async save(file: FieldFile): Promise<string> {
    if (this.#ended) throw new TypeError("The work of withFiles() has ended: nothing can be saved any more.");
    const step = this.#store(file);
    const tracked = step.catch(() => {});
    this.#running.add(tracked);
    try {
      return await step;
    } catch (error) {
      if (typeof error === "object" && error !== null) this.#failures.add(error);
      throw error;
    } finally {
      this.#running.delete(tracked);
    }
  }

  /**
   * Stores the files among values for a record.
   *
   * @param fields By property.
   * @param values A property that is null or undefined is left out; false becomes null. The empty string stays, for a
   *   column that cannot be null.
   * @returns The values with names in place of files.
   * @example
   * const values = await files.store({ photo }, { title: "Cat", photo: upload }); // { title: "Cat", photo: "cat.jpg" }
   */
  async store<Values extends Readonly<Record<string, unknown>>, Fields extends FileFields>(
    fields: Fields,
    values: Values,
    { previous = {}, record = { ...previous, ...values } }: StoreOptions = {},
  ): Promise<StoredValues<Values, Fields>> {
    const stored: Record<string, unknown> = { ...values };
    for (const [property, field] of Object.entries(fields)) {
      const value = stored[property] as FieldValue;
      if (value === null || value === undefined || isEmptyInput(value)) {
        delete stored[property];
        continue;
      }
      const name = await this.save(field.of(record).assign(value));
      stored[property] = name === "" && value !== "" ? null : name;
    }
    this.replace(fields, previous, stored);
    return stored as StoredValues<Values, Fields>;
  }

  /**
   * To be called when a record gets other names: the files it had go after the commit. {@link store} does it for
   * `previous`; an ORM's helper may do it later, when it has read and locked the record.
   */
  replace(
    fields: FileFields,
    previous: Readonly<Record<string, unknown>>,
    values: Readonly<Record<string, unknown>>,
  ): void {
    for (const [property, { storage }] of Object.entries(fields)) {
      const [old, name] = [nameOf(previous[property]), values[property]];
      if (old !== "" && name !== undefined && old !== nameOf(name))
        this.#replaced.push({ storage, name: old });
    }
  }

  /**
   * To be called when there is no record any more that could take what {@link store} stored for it: the files go, whatever
   * comes of the transaction.
   *
   * @param values What {@link store} returned.
   */
  discard(fields: FileFields, values: Readonly<Record<string, unknown>>): void {
    for (const [property, { storage }] of Object.entries(fields)) {
      const name = nameOf(values[property]);
      const place = this.#stored.findIndex((file) => file.name === name && file.storage === storage);
      if (place === -1) continue;
      const [file] = this.#stored.splice(place, 1);
      this.#saved.splice(
        this.#saved.findIndex((saved) => saved.name === name && saved.storage === storage),
        1,
      );
      this.#discarded.push(file!);
      file!.undo();
    }
  }

  /** To be called when a record is deleted: the files of fields with `deleteWith: "record"` go with it. */
  deleteRecord(fields: FileFields, record: Readonly<Record<string, unknown>>): void {
    for (const [property, field] of Object.entries(fields)) {
      const name = nameOf(record[property]);
      if (field.deleteWith === "record" && name !== "") this.#replaced.push({ storage: field.storage, name });
    }
  }

  /** Called by {@link withFiles}: the transaction has committed. */
  async commit(): Promise<void> {
    await this.#end();
    this.#options.uploads?.keep();
    const inUse = new Set<string>();
    for (const file of this.#saved) {
      if (file.name !== "") inUse.add(file.name);
      if (this.#options.keepReplaced !== true) file.markSaved();
    }
    // Of two files that one record was given in turn, only the second is named.
    const old = [
      ...this.#discarded,
      ...this.#stored,
      ...(this.#options.keepReplaced === true ? [] : this.#replaced),
    ];
    await this.#remove(old.filter(({ name }) => !inUse.has(name)));
    for (const { name, afterCommit } of this.#stored) {
      await afterCommit?.().catch((error: unknown) => this.#tell(name, error));
    }
  }

  /** Called by {@link withFiles}: the work rejected. */
  async rollBack(error: unknown): Promise<void> {
    this.#stop.abort(error);
    await this.#end();
    for (const { undo } of [...this.#stored].reverse()) undo();
    const stays = this.#mayHaveCommitted(error);
    await this.#remove(stays ? this.#discarded : [...this.#discarded, ...this.#stored]);
    if (stays) this.#options.uploads?.keep();
    else await this.#discardUploads();
  }

  async #discardUploads(): Promise<void> {
    try {
      await this.#options.uploads?.discard();
    } catch (error) {
      this.#tell("of the form", error);
    }
  }

  #forget(stored: number, replaced: number, saved: number): void {
    const discarded = this.#stored.splice(stored);
    for (const { undo } of discarded.reverse()) undo();
    this.#discarded.push(...discarded);
    this.#replaced.splice(replaced);
    this.#saved.splice(saved);
  }

  async #store(file: FieldFile): Promise<string> {
    const { storage, savedName } = file;
    const stored = await file.store({ signal: this.#signal });
    if (stored !== null) this.#stored.push(stored);
    if (savedName !== "" && savedName !== file.name) this.#replaced.push({ storage, name: savedName });
    this.#saved.push(file);
    return file.name;
  }

  /** Waits for what the work began and did not wait for. */
  async #end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#running);
  }

  #mayHaveCommitted(error: unknown): boolean {
    if (this.#body === "threw") return false;
    if (this.#body === "unknown" && typeof error === "object" && error !== null && this.#failures.has(error))
      return false;
    return this.#body === "returned" ? !saysRolledBack(error) : lostTouch(error);
  }

  async #remove(places: readonly Place[]): Promise<void> {
    await Promise.all(
      places.map(({ storage, name }) =>
        removeFile(storage, name, {}).catch((error: unknown) => this.#tell(name, error)),
      ),
    );
  }

  #tell(name: string, error: unknown): void {
    const { onLeftover } = this.#options;
    if (onLeftover !== undefined) return onLeftover(name, error);
    const why = error instanceof Error ? error.message : String(error);
    process.emitWarning(`The file ${JSON.stringify(name)} could not be removed: ${why}`, "StowageWarning");
  }
}

/** The name that a column holds, of a string or a {@link FieldFile}. */
function nameOf(value: unknown): string {
  return typeof value === "string" ? value : ((value as FieldFile | null | undefined)?.toString() ?? "");
}
