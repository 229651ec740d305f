/** Files in memory: the contract in few lines, for tests. */

import { contentTypeFor } from "../content-type.ts";
import type { ContentSource } from "../content.ts";
import { FileNotFoundError, NotImplementedError } from "../errors.ts";
import { StorageFile } from "../file.ts";
import { compareKeys } from "../../s3/keys.ts";
import { checkOptions } from "../options.ts";
import type { FileStat, StorageContext, UrlOptions, WriteOptions } from "../call-options.ts";
import { Storage } from "../storage.ts";
import { urlBelow } from "../urls.ts";

export interface MemoryOptions {
  /** What URLs begin with, such as `/media/`. Default: none, and {@link Storage.url} throws. */
  readonly baseUrl?: string | undefined;
  /** Whether save() replaces a file of the same name. Default: false. */
  readonly allowOverwrite?: boolean | undefined;
}

const optionNames = ["baseUrl", "allowOverwrite"] as const satisfies (keyof MemoryOptions)[];

interface MemoryFile {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly etag: string;
  readonly createdMs: number;
  readonly modifiedMs: number;
  accessedMs: number;
}

/** A storage in memory; it is gone with the process. @throws ImproperlyConfigured for an option that there is not. */
export function memory(options?: MemoryOptions, context?: StorageContext): MemoryStorage {
  return new MemoryStorage(options, context);
}

/** What {@link memory} makes; a storage of one's own can extend it. */
export class MemoryStorage extends Storage {
  readonly #files = new Map<string, MemoryFile>();
  readonly #options: MemoryOptions;
  #versions = 0;

  constructor(options: MemoryOptions = {}, context?: StorageContext) {
    super(context);
    checkOptions("memory", options, optionNames);
    this.#options = options;
  }

  protected override get overwrites(): boolean {
    return this.#options.allowOverwrite ?? false;
  }

  protected override async write(
    name: string,
    content: ContentSource,
    { overwrite, contentType }: WriteOptions,
  ): Promise<string | null> {
    if (!overwrite && this.#files.has(name)) return null;
    const { bytes } = await content.head(Number.POSITIVE_INFINITY);
    const type = await contentTypeFor(name, content, contentType);
    const before = this.#files.get(name);
    // Somebody else may have been faster.
    if (!overwrite && before !== undefined) return null;
    const now = this.context.clock();
    this.#files.set(name, {
      bytes: new Uint8Array(bytes),
      contentType: type,
      etag: String(++this.#versions),
      createdMs: before?.createdMs ?? now,
      modifiedMs: now,
      accessedMs: now,
    });
    return name;
  }

  protected override async read(name: string): Promise<StorageFile> {
    const file = this.#files.get(name);
    if (file === undefined) throw new FileNotFoundError(name);
    const { bytes, contentType, etag, modifiedMs } = file;
    const clock = this.context.clock;
    return new StorageFile({
      name,
      size: bytes.length,
      contentType,
      etag,
      lastModified: new Date(modifiedMs),
      async *read(start, end) {
        file.accessedMs = clock();
        yield bytes.slice(start, end);
      },
    });
  }

  protected override async stat(name: string): Promise<FileStat | null> {
    const file = this.#files.get(name);
    if (file === undefined) return null;
    return {
      size: file.bytes.length,
      createdTime: new Date(file.createdMs),
      modifiedTime: new Date(file.modifiedMs),
      accessedTime: new Date(file.accessedMs),
    };
  }

  protected override async list(directory: string): Promise<[string[], string[]]> {
    const prefix = directory === "" ? "" : `${directory}/`;
    const directories = new Set<string>();
    const files: string[] = [];
    for (const name of this.#files.keys()) {
      if (!name.startsWith(prefix)) continue;
      const [first = "", ...rest] = name.slice(prefix.length).split("/");
      if (rest.length === 0) files.push(first);
      else directories.add(first);
    }
    return [[...directories].sort(compareKeys), files.sort(compareKeys)];
  }

  protected override async remove(name: string): Promise<void> {
    this.#files.delete(name);
  }

  protected override async urlOf(name: string, { query }: UrlOptions): Promise<string> {
    const { baseUrl } = this.#options;
    if (baseUrl === undefined) {
      throw new NotImplementedError("This storage has no URLs.", {
        fix: 'Give memory({ baseUrl: "/media/" }).',
      });
    }
    return urlBelow(baseUrl, name, query);
  }
}
