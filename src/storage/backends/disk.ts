/** Files in a directory of the local file system. Django's FileSystemStorage. */

import type { ContentSource } from "../content.ts";
import type { StorageFile } from "../file.ts";
import { checkOptions } from "../options.ts";
import { type FileStat, Storage, type StorageContext, type WriteOptions } from "../storage.ts";

export interface DiskOptions {
  /** The directory, by an absolute path or one from process.cwd(). It is made with the first file. */
  readonly location: string;
  /** What URLs begin with, such as `/media/`. Default: none, and {@link Storage.url} throws. */
  readonly baseUrl?: string | undefined;
  /** Mode of files, such as 0o644. Default: what the process's umask leaves of 0o666. */
  readonly fileMode?: number | undefined;
  /** Mode of directories that are made. Default: what the process's umask leaves of 0o777. */
  readonly directoryMode?: number | undefined;
  /** Whether save() replaces a file of the same name. Default: false. */
  readonly allowOverwrite?: boolean | undefined;
}

const optionNames = [
  "location",
  "baseUrl",
  "fileMode",
  "directoryMode",
  "allowOverwrite",
] as const satisfies (keyof DiskOptions)[];

/**
 * A storage in a directory.
 *
 * @throws ImproperlyConfigured for an option that there is not.
 * @example
 * const media = disk({ location: "media", baseUrl: "/media/" });
 */
export function disk(options: DiskOptions, context?: StorageContext): DiskStorage {
  return new DiskStorage(options, context);
}

export class DiskStorage extends Storage {
  readonly #options: DiskOptions;

  constructor(options: DiskOptions, context?: StorageContext) {
    super(context);
    checkOptions("disk", options, optionNames);
    this.#options = options;
  }

  protected override async write(_n: string, _c: ContentSource, _o: WriteOptions): Promise<string | null> {
    throw new Error(`soon ${this.#options.location}`);
  }
  protected override async read(_name: string): Promise<StorageFile> {
    throw new Error("soon");
  }
  protected override async stat(_name: string): Promise<FileStat | null> {
    throw new Error("soon");
  }
  protected override async list(_directory: string): Promise<[string[], string[]]> {
    throw new Error("soon");
  }
  protected override async remove(_name: string): Promise<void> {
    throw new Error("soon");
  }
}
