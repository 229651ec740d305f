/** Files that no record names: what crashes and lost connections leave behind. */

import { FileNotFoundError, ImproperlyConfigured } from "../storage/errors.ts";
import { joinName, normalizeName } from "../storage/names.ts";
import type { CallOptions } from "../storage/call-options.ts";
import type { Storage } from "../storage/storage.ts";
import type { FileField } from "./file-field.ts";
import type { FileUse } from "./file-uses.ts";
import { removeFile } from "./store.ts";

export interface OrphanOptions extends CallOptions {
  /** Younger files are left out: their transaction may be under way. Default: a day. */
  readonly graceSeconds?: number | undefined;
  /** Milliseconds since the epoch. Default: Date.now. */
  readonly clock?: (() => number) | undefined;
}

/** A file that no record names. */
export interface Orphan {
  readonly storage: Storage;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedTime: Date;
}

export interface OrphanReport {
  readonly orphans: readonly Orphan[];
  /** How many files were looked at. */
  readonly files: number;
  /** How many names the records hold. None, where there are files, means rather the wrong database. */
  readonly names: number;
}

const defaultGraceSeconds = 24 * 60 * 60;

/**
 * Finds the files below the directories of fields that no record names.
 *
 * The storages are listed before the records are asked: a file that is listed was stored before, so that its record, if
 * the transaction has committed, is seen. The grace is for those that have not.
 *
 * @throws ImproperlyConfigured for a field whose `uploadTo` is a function, without directories.
 */
export async function findOrphans(
  uses: readonly FileUse[],
  options: OrphanOptions = {},
): Promise<OrphanReport> {
  const { graceSeconds = defaultGraceSeconds, clock = Date.now, signal } = options;
  const listed: { readonly storage: Storage; readonly name: string }[] = [];
  for (const [storage, directories] of placesOf(uses)) {
    for (const directory of outermost(directories)) {
      for await (const name of filesBelow(storage, directory, { signal })) listed.push({ storage, name });
    }
  }
  const names = await namesOf(uses);
  const oldestMs = clock() - graceSeconds * 1000;
  const orphans: Orphan[] = [];
  for (const { storage, name } of listed) {
    // By the name alone, whatever the storage: two of them may be one bucket.
    if (names.has(name)) continue;
    const orphan = await statOf(storage, name, { signal });
    if (orphan !== null && orphan.modifiedTime.getTime() <= oldestMs) orphans.push(orphan);
  }
  return { orphans, files: listed.length, names: names.size };
}

/** Deletes files that {@link findOrphans} found. */
export async function deleteOrphans(orphans: readonly Orphan[], options: CallOptions = {}): Promise<void> {
  for (const { storage, name } of orphans) await removeFile(storage, name, options);
}

function placesOf(uses: readonly FileUse[]): Map<Storage, Set<string>> {
  const places = new Map<Storage, Set<string>>();
  for (const { fields, directories = [] } of uses) {
    for (const field of Object.values(fields)) {
      const { storage } = field;
      const known = places.get(storage) ?? new Set();
      for (const directory of directoriesOf(field, directories)) known.add(normalizeName(directory));
      places.set(storage, known);
    }
  }
  return places;
}

function directoriesOf({ name, directory }: FileField, given: readonly string[]): readonly string[] {
  if (directory !== null) return [directory];
  if (given.length > 0) return given;
  throw new ImproperlyConfigured(
    `The files of the field ${JSON.stringify(name)} may be anywhere, as its uploadTo is a function.`,
    { fix: "Say where with directories." },
  );
}

/** Without those that are below another. */
function outermost(directories: ReadonlySet<string>): string[] {
  if (directories.has("")) return [""];
  const all = [...directories].map((directory) => directory.replace(/\/$/, ""));
  return all.filter((one) => !all.some((other) => one.startsWith(`${other}/`)));
}

async function* filesBelow(
  storage: Storage,
  directory: string,
  options: CallOptions,
): AsyncGenerator<string> {
  const [directories, files] = await storage.listdir(directory, options);
  for (const file of files) yield joinName(directory, file);
  for (const child of directories) yield* filesBelow(storage, joinName(directory, child), options);
}

async function namesOf(uses: readonly FileUse[]): Promise<Set<string>> {
  const names = new Set<string>();
  for (const { fields, records } of uses) {
    const properties = Object.keys(fields);
    for await (const record of await records()) {
      for (const property of properties) {
        if (!(property in record)) {
          throw new ImproperlyConfigured(`The records have no property ${JSON.stringify(property)}.`);
        }
        const value = record[property];
        if (value === null || value === undefined) continue;
        const name = typeof value === "string" ? value : (value as { readonly name: string }).name;
        if (name === "") continue;
        names.add(name);
        names.add(plainName(name));
      }
    }
  }
  return names;
}

/** The name as a listing tells it. */
function plainName(name: string): string {
  try {
    return normalizeName(name);
  } catch {
    // No file has it.
    return name;
  }
}

async function statOf(storage: Storage, name: string, { signal }: CallOptions): Promise<Orphan | null> {
  // What was listed long ago says nothing of how old a file is.
  const options = { signal, live: true };
  try {
    const modifiedTime = await storage.modifiedTime(name, options);
    return { storage, name, size: await storage.size(name, options), modifiedTime };
  } catch (error) {
    // Somebody was faster.
    if (error instanceof FileNotFoundError) return null;
    throw error;
  }
}
