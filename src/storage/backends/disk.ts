/**
 * Files in a directory of the local file system. Django's FileSystemStorage.
 *
 * A file is written beside its place, in `.stowage-parts` of the location, and gets its name when it is whole and on the
 * device. Where nothing may be overwritten, the system itself says to all but one of those who want a name that it is
 * taken.
 */

import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import {
  type FileHandle,
  chmod,
  lstat,
  mkdir,
  open,
  opendir,
  readdir,
  rm,
  stat,
  unlink,
} from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { compareKeys } from "../../s3/keys.ts";
import { contentTypeOfName, defaultContentType } from "../content-type.ts";
import type { ContentSource, Prepared } from "../content.ts";
import {
  fileChanged,
  FileNotFoundError,
  ImproperlyConfigured,
  NotImplementedError,
  StorageError,
  SuspiciousFileOperation,
} from "../errors.ts";
import { StorageFile } from "../file.ts";
import { normalizeName } from "../names.ts";
import { checkOptions } from "../options.ts";
import type { FileStat, StatOptions, StorageContext, UrlOptions, WriteOptions } from "../call-options.ts";
import { Storage } from "../storage.ts";
import { urlBelow } from "../urls.ts";
import { codeOf, flush, placeFile } from "./disk-place.ts";

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

/** Where files are until they are whole. No name of a file begins with it. */
const partsName = ".stowage-parts";

/** What was left in there by a process that is gone is removed when nothing was added for so long. */
const staleMs = 24 * 60 * 60 * 1000;

/** As often a directory that somebody else removes is made again. */
const maxAttempts = 10;

const chunkBytes = 256 * 1024;

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

/** What {@link disk} makes; a storage of one's own can extend it. */
export class DiskStorage extends Storage {
  /** The directory, absolute. */
  readonly location: string;
  readonly #options: DiskOptions;
  #swept: Promise<void> | null = null;

  constructor(options: DiskOptions, context?: StorageContext) {
    super(context);
    checkOptions("disk", options ?? {}, optionNames);
    if (!options?.location)
      throw new ImproperlyConfigured("disk() needs a location: the directory of the files.");
    this.location = resolve(options.location);
    this.#options = options;
  }

  override path(name: string): string {
    const path = resolve(this.location, normalizeName(name));
    const [first] = relative(this.location, path).split(sep);
    // Of what passes normalizeName() only names with a drive letter, on Windows, lead elsewhere.
    if (path !== this.location && !path.startsWith(withSeparator(this.location))) throw outside(name);
    if (first === partsName) throw outside(name);
    return path;
  }

  override async exists(name: string, { signal }: StatOptions = {}): Promise<boolean> {
    signal?.throwIfAborted();
    const found = await orNull(lstat(this.path(name)));
    if (found === null) return false;
    // A broken link is there too: nothing can be created in its place.
    return found.isDirectory()
      ? this.hasContents(normalizeName(name).replace(/\/$/, ""))
      : !name.endsWith("/");
  }

  protected override get overwrites(): boolean {
    return this.#options.allowOverwrite ?? false;
  }

  protected override async write(
    name: string,
    content: ContentSource,
    { overwrite }: WriteOptions,
  ): Promise<string | null> {
    const path = this.path(name);
    // Seen before the content is read; what is taken while it is read shows at its end.
    if ((await this.#isTaken(path)) && !overwrite) return null;
    const part = content.prepared instanceof Part ? content.prepared : await this.#writePart(content);
    if (!(await this.#inDirectoryOf(path, () => placeFile(part.path, path, { overwrite })))) return null;
    content.prepared = null;
    return name;
  }

  protected override async read(name: string): Promise<StorageFile> {
    const path = this.path(name);
    const found = await orNull(stat(path));
    if (found === null || !found.isFile()) throw new FileNotFoundError(name);
    return new StorageFile({
      name,
      size: found.size,
      contentType: (await contentTypeOfName(name)) ?? defaultContentType,
      lastModified: found.mtime,
      etag: versionOf(found),
      read: (start, end) => readRange(name, path, { version: versionOf(found), start, end }),
    });
  }

  protected override async stat(name: string): Promise<FileStat | null> {
    const found = await orNull(stat(this.path(name)));
    if (found === null || found.isDirectory()) return null;
    return {
      size: found.size,
      modifiedTime: found.mtime,
      // Not every file system keeps when a file was made.
      createdTime: found.birthtimeMs > 0 ? found.birthtime : found.ctime,
      accessedTime: found.atime,
    };
  }

  protected override async list(directory: string): Promise<[string[], string[]]> {
    const path = this.path(directory);
    const directories: string[] = [];
    const files: string[] = [];
    for (const entry of (await orNull(readdir(path, { withFileTypes: true }))) ?? []) {
      if (directory === "" && entry.name === partsName) continue;
      const isDirectory = entry.isSymbolicLink()
        ? ((await orNull(stat(join(path, entry.name))))?.isDirectory() ?? false)
        : entry.isDirectory();
      (isDirectory ? directories : files).push(entry.name);
    }
    return [directories.sort(compareKeys), files.sort(compareKeys)];
  }

  protected override async hasContents(directory: string): Promise<boolean> {
    const entries = await orNull(opendir(this.path(directory)));
    if (entries === null) return false;
    for await (const entry of entries) {
      if (directory !== "" || entry.name !== partsName) return true;
    }
    return false;
  }

  protected override async remove(name: string): Promise<void> {
    const path = this.path(name);
    try {
      await orNull(unlink(path));
    } catch (error) {
      // What POSIX says of a directory, and Linux.
      const code = codeOf(error);
      const isDirectory =
        code === "EISDIR" || (code === "EPERM" && (await orNull(lstat(path)))?.isDirectory());
      if (isDirectory !== true) throw error;
    }
  }

  protected override async removeDirectory(directory: string): Promise<void> {
    const path = this.path(directory);
    // `name/` means a directory. A link is removed, and not what it leads to.
    if ((await orNull(lstat(path)))?.isFile() === true) return;
    await orNull(rm(path, { recursive: true, force: true }));
  }

  protected override async urlOf(name: string, { query }: UrlOptions): Promise<string> {
    const { baseUrl } = this.#options;
    if (baseUrl === undefined) {
      throw new NotImplementedError("This storage has no URLs.", {
        fix: 'Give disk({ baseUrl: "/media/" }), and serve its directory there.',
      });
    }
    return urlBelow(baseUrl, name, query);
  }

  /** Whether anything has a name. */
  async #isTaken(path: string): Promise<boolean> {
    try {
      await lstat(path);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === "ENOENT") return false;
      throw code === "ENOTDIR" ? notADirectory(dirname(path), error) : error;
    }
  }

  async #writePart(content: ContentSource): Promise<Part> {
    const part = new Part(join(this.location, partsName, randomBytes(12).toString("hex")));
    content.prepared = part;
    await (this.#swept ??= sweep(dirname(part.path), this.context.clock()));
    const { fileMode } = this.#options;
    const file = await this.#inDirectoryOf(part.path, () => open(part.path, "wx", fileMode ?? 0o666));
    try {
      for await (const chunk of content) await writeAll(file, chunk);
      // The mode that open() was given is cut by the umask.
      if (fileMode !== undefined) await file.chmod(fileMode);
      await file.sync();
    } finally {
      await file.close();
    }
    return part;
  }

  /** Does something in a file's directory, which is made where it is not there, or is there no more. */
  async #inDirectoryOf<T>(path: string, act: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        const code = codeOf(error);
        if (code === "ENOTDIR") throw notADirectory(dirname(path), error);
        if (code !== "ENOENT" || attempt === maxAttempts) throw error;
        await this.#makeDirectory(dirname(path));
      }
    }
  }

  async #makeDirectory(directory: string): Promise<void> {
    const { directoryMode } = this.#options;
    let first: string | undefined;
    try {
      first = await mkdir(directory, { recursive: true, mode: directoryMode ?? 0o777 });
    } catch (error) {
      const code = codeOf(error);
      if (code === "EEXIST" || code === "ENOTDIR") throw notADirectory(directory, error);
      throw error;
    }
    if (first === undefined) return;
    for (let made = directory; made.startsWith(first); made = dirname(made)) {
      // The mode is cut by the umask: it is set for each directory that was made.
      if (directoryMode !== undefined) await chmod(made, directoryMode);
      await flush(dirname(made));
    }
  }
}

/** A file that is whole, and has no name yet. */
class Part implements Prepared {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  discard(): Promise<void> {
    return rm(this.path, { force: true });
  }
}

/** A write may take only part of what it is given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

async function* readRange(
  name: string,
  path: string,
  { version, start, end }: { readonly version: string; readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const file = await orNull(open(path, "r"));
  if (file === null) throw new FileNotFoundError(name);
  try {
    if (versionOf(await file.stat()) !== version) throw fileChanged(name);
    for (let at = start; at < end;) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, end - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw fileChanged(name);
      at += bytesRead;
      yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** What is different for every content that a path has had: a file is never written in place. */
function versionOf({ ino, size, mtimeMs }: Stats): string {
  return [ino, size, Math.round(mtimeMs * 1000)].map((number) => number.toString(36)).join("-");
}

/** Removes what processes that are gone have left. */
async function sweep(directory: string, nowMs: number): Promise<void> {
  for (const name of (await orNull(readdir(directory))) ?? []) {
    const path = join(directory, name);
    const found = await orNull(lstat(path));
    if (found !== null && nowMs - found.mtimeMs > staleMs) await orNull(unlink(path));
  }
}

function withSeparator(directory: string): string {
  return directory.endsWith(sep) ? directory : directory + sep;
}

function outside(name: string): SuspiciousFileOperation {
  return new SuspiciousFileOperation(`The name ${JSON.stringify(name)} leads out of the storage.`);
}

function notADirectory(directory: string, cause: unknown): StorageError {
  return new StorageError("NotADirectory", `${directory} is no directory, or something above it is none.`, {
    cause,
  });
}

/** Null for what is not there. */
async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return null;
    throw error;
  }
}
