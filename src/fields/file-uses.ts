/** What `stowage orphans` has to know: which records name the files of a storage. */

import type { StowageConfig } from "../storage/config.ts";
import type { FileFields } from "./with-files.ts";

/** Records of a table, and which of their properties are files. */
export interface FileUse {
  /** By property, such as `fileFieldsOf(table)`. Every field that stores below the same directories must be listed. */
  readonly fields: FileFields;
  /** All records, with at least these properties: names or file fields. Of a large table, page by page. */
  readonly records: () => RecordSource;
  /** Where files are of fields whose `uploadTo` is a function. */
  readonly directories?: readonly string[] | undefined;
  /** Called at the end, so that the program can. */
  readonly close?: (() => unknown) | undefined;
}

export type RecordSource =
  | AsyncIterable<Readonly<Record<string, unknown>>>
  | Iterable<Readonly<Record<string, unknown>>>
  | PromiseLike<Iterable<Readonly<Record<string, unknown>>>>;

/** Called only by `stowage orphans`, so that the configuration by itself loads no database. */
export type FileUses = () => readonly FileUse[] | PromiseLike<readonly FileUse[]>;

// A registered symbol: the configuration may be loaded by another copy of this module than the program.
const key: unique symbol = Symbol.for("stowage.file-uses") as never;

/**
 * A configuration that knows which records name files.
 *
 * @example
 * export default withFileUses(defineConfig({ storages: { default: media } }), async () => {
 *   const { db, myObjects } = await import("./src/database.ts");
 *   return [{ fields: fileFieldsOf(myObjects), records: () => db.select().from(myObjects) }];
 * });
 */
export function withFileUses<Config extends StowageConfig>(config: Config, uses: FileUses): Config {
  return { ...config, [key]: uses };
}

/** What {@link withFileUses} added to a configuration, or null. */
export function fileUsesOf(config: StowageConfig): FileUses | null {
  return (config as { readonly [key]?: FileUses })[key] ?? null;
}
