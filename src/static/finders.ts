/** Where static files come from: directories, packages, a storage. The first that has a name wins. */

import { statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { glob } from "tinyglobby";
import { DiskStorage } from "../storage/backends/disk.ts";
import { FileNotFoundError, ImproperlyConfigured } from "../storage/errors.ts";
import type { StorageFile } from "../storage/file.ts";
import type { Storage } from "../storage/storage.ts";
import { ignoreMatcher, prunedGlobs } from "./ignore.ts";
import { type Loaded, loadLocal, loadStored } from "./load.ts";

/** A static file where it was found. */
export interface StaticSource {
  /** Under which it is collected and linked, with the prefix of its directory. */
  readonly name: string;
  /** For people: the absolute path, or the name in the storage. */
  readonly place: string;
  /** The absolute path of a local file. */
  readonly path: string | null;
  /** Reads it at once where it is small. */
  readonly load: () => Promise<Loaded>;
  /** For serving it. */
  readonly open: () => Promise<StorageFile>;
}

/** Finds static files. Django's finders. */
export interface Finder {
  /** For people: where it looks. */
  readonly location: string;
  /** False where there is nothing to look into. */
  exists(): boolean;
  /** The file of a name, or null. Patterns to ignore do not matter here. */
  find(name: string): Promise<StaticSource | null>;
  /** All files but those that the patterns name, in the order of their names. */
  list(ignore: readonly string[]): Promise<StaticSource[]>;
}

/**
 * Finds the files of a directory, under a prefix.
 *
 * @param directory Absolute.
 * @throws ImproperlyConfigured for a prefix that begins or ends with a slash.
 */
export function directoryFinder(directory: string, prefix = ""): Finder {
  if (/^\/|\/$|(^|\/)\.\.?(\/|$)/.test(prefix)) {
    throw new ImproperlyConfigured(
      `The prefix ${JSON.stringify(prefix)} of static files is no directory: give it as "css" or "js/vendor".`,
    );
  }
  const files = new DiskStorage({ location: directory });
  const before = prefix === "" ? "" : `${prefix}/`;
  const source = (name: string): StaticSource => {
    const path = resolve(directory, name);
    return {
      name: before + name,
      place: path,
      path,
      load: () => loadLocal(path),
      open: () => files.open(name),
    };
  };
  return {
    location: directory,
    exists: () => statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false,
    async find(name) {
      if (!name.startsWith(before)) return null;
      const inside = name.slice(before.length);
      // The storage refuses names that lead out of the directory.
      const found = statSync(files.path(inside), { throwIfNoEntry: false });
      return found?.isFile() === true ? source(inside) : null;
    },
    async list(ignore) {
      const ignored = ignoreMatcher(ignore);
      const found = await glob("**", {
        cwd: directory,
        dot: true,
        ignore: prunedGlobs(ignore),
        onlyFiles: true,
      });
      return found
        .filter((name) => !ignored(name))
        .sort()
        .map(source);
    },
  };
}

/**
 * Finds the files in the folder `static/` of an installed package.
 *
 * @param root Absolute; `node_modules` is searched there and above.
 * @throws ImproperlyConfigured for a package that is not installed.
 */
export function packageFinder(name: string, root: string): Finder {
  return directoryFinder(join(packageDirectory(name, root), "static"));
}

/** Finds the files of a storage, which may be far away. */
export function storageFinder(storage: Storage): Finder {
  const source = (name: string): StaticSource => ({
    name,
    place: name,
    path: null,
    load: async () => loadStored(await storage.open(name)),
    open: () => storage.open(name),
  });
  const walk = async (directory: string, found: string[]): Promise<string[]> => {
    const [directories, files] = await storage.listdir(directory);
    const inside = (name: string): string => (directory === "" ? name : `${directory}/${name}`);
    found.push(...files.map(inside));
    for (const child of directories) await walk(inside(child), found);
    return found;
  };
  return {
    location: storage.constructor.name,
    exists: () => true,
    async find(name) {
      try {
        await (await storage.open(name, "r", { lazy: true })).close();
        return source(name);
      } catch (error) {
        if (error instanceof FileNotFoundError) return null;
        throw error;
      }
    },
    async list(ignore) {
      const ignored = ignoreMatcher(ignore);
      return (await walk("", [])).filter((name) => !ignored(name)).map(source);
    },
  };
}

/** The first file of a name, or null. */
export async function findStatic(finders: readonly Finder[], name: string): Promise<StaticSource | null> {
  for (const finder of finders) {
    const found = await finder.find(name);
    if (found !== null) return found;
  }
  return null;
}

/** All files of a name. The first is the one that is collected. */
export async function findAllStatic(finders: readonly Finder[], name: string): Promise<StaticSource[]> {
  const found = await Promise.all(finders.map((finder) => finder.find(name)));
  return found.filter((source) => source !== null);
}

/** Packages need not export their package.json, so that node cannot be asked. */
function packageDirectory(name: string, root: string): string {
  for (let directory = resolve(root); ; directory = dirname(directory)) {
    const found = join(directory, "node_modules", ...name.split("/"));
    if (statSync(found, { throwIfNoEntry: false })?.isDirectory() === true) return found;
    if (directory === dirname(directory)) break;
  }
  throw new ImproperlyConfigured(
    `The package ${JSON.stringify(name)} is not installed: static.packages names it, and there is no` +
      ` node_modules${sep}${name} in ${resolve(root)} or above it.`,
  );
}
