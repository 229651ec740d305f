/**
 * Static files: found in directories and packages, collected into a storage under names with their hash, linked to by
 * `staticUrl`. Django's staticfiles. This room knows storages and no server; it never decides what a page looks like.
 *
 * Here: the settings of a site, read once.
 */

import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { DiskStorage } from "../storage/backends/disk.ts";
import type { StowageConfig } from "../storage/config.ts";
import { ImproperlyConfigured, NotImplementedError } from "../storage/errors.ts";
import { createStorages, type Storages } from "../storage/registry.ts";
import type { StaticConfig, StaticDirectory } from "../storage/static-config.ts";
import type { Storage } from "../storage/storage.ts";
import { directoryFinder, type Finder, packageFinder, storageFinder } from "./finders.ts";
import { prefixChunks, readViteManifest, type ViteBuild, type ViteChunks } from "./vite-manifest.ts";

/** A site's static files, as its configuration describes them. */
export interface StaticSite {
  /** Ends with a slash. Null: as the storage says. */
  readonly url: string | null;
  /** What the files are collected into. */
  readonly storage: Storage;
  readonly finders: readonly Finder[];
  readonly ignore: readonly string[];
  readonly hashed: boolean;
  readonly precompress: readonly ("br" | "gzip")[];
  readonly moduleImports: boolean;
  readonly missingReferences: "error" | "warn";
  /** Entries of Vite, under the names that their files are collected by. */
  readonly vite: ViteChunks | null;
}

export interface StaticSiteOptions {
  /** What relative paths are relative to. Default: process.cwd(). */
  readonly root?: string | undefined;
  /** Storages that were made already. Default: made from the configuration. */
  readonly storages?: Storages | undefined;
  /** Whether Vite may not have built anything yet. Default: false. */
  readonly development?: boolean | undefined;
}

const keys: ReadonlySet<string> = new Set([
  "url",
  "storage",
  "directories",
  "packages",
  "sources",
  "ignore",
  "hashed",
  "precompress",
  "moduleImports",
  "missingReferences",
  "viteManifest",
] satisfies (keyof StaticConfig)[]);

/**
 * The static files of a configuration. No storage is asked for anything.
 *
 * @throws ImproperlyConfigured for settings that cannot be.
 * @example
 * const site = createStaticSite(config, { root: import.meta.dirname });
 * await collectStatic(site);
 */
export function createStaticSite(
  config: StowageConfig,
  { root = process.cwd(), storages = createStorages(config), development = false }: StaticSiteOptions = {},
): StaticSite {
  const settings = config.static ?? {};
  for (const key of Object.keys(settings)) {
    if (keys.has(key)) continue;
    throw new ImproperlyConfigured(
      `static has no setting ${JSON.stringify(key)}. Its settings are ${[...keys].join(", ")}.`,
    );
  }
  const usual = existsSync(join(root, "static")) ? ["static"] : [];
  const directories = (settings.directories ?? usual).map((one) => directoryOf(one, root));
  const manifest = settings.viteManifest === undefined ? null : resolve(root, settings.viteManifest);
  const build =
    manifest === null || (development && !existsSync(manifest)) ? null : readViteManifest(manifest);
  // What Vite has built is collected without being named a second time.
  if (build !== null && prefixOf(build, directories) === null) {
    directories.push({ directory: build.directory, prefix: "" });
  }
  return {
    url: settings.url === undefined ? null : checkUrl(settings.url),
    storage: storages[settings.storage ?? "staticfiles"]!,
    finders: [
      ...directories.map(({ directory, prefix }) => directoryFinder(directory, prefix)),
      ...(settings.packages ?? []).map((name) => packageFinder(name, root)),
      ...(settings.sources ?? []).map((alias) => storageFinder(storages[alias]!)),
    ],
    ignore: settings.ignore ?? [],
    hashed: settings.hashed ?? true,
    precompress: settings.precompress ?? [],
    moduleImports: settings.moduleImports ?? false,
    missingReferences: settings.missingReferences ?? "error",
    vite: build === null ? null : prefixChunks(build.chunks, prefixOf(build, directories) ?? ""),
  };
}

/** Where static files are as long as nothing else is said. */
export const usualUrl = "/static/";

/** Where browsers find a site's static files; ends with a slash. Null for a storage that signs its URLs. */
export async function staticBase({
  url,
  storage,
}: Pick<StaticSite, "url" | "storage">): Promise<string | null> {
  if (url !== null) return url;
  const probe = "x";
  try {
    const found = await storage.url(probe);
    return found.endsWith(`/${probe}`) ? found.slice(0, -probe.length) : null;
  } catch (error) {
    if (error instanceof NotImplementedError) return usualUrl;
    throw error;
  }
}

/** The directory that the files are collected into, absolute; null where the storage is no directory. */
export function destinationOf({ storage }: Pick<StaticSite, "storage">): string | null {
  return storage instanceof DiskStorage ? storage.location : null;
}

/** The path of a base: that of a CDN has a host before it. */
export function pathOfBase(base: string): string {
  return base.startsWith("/") && !base.startsWith("//") ? base : new URL(base, "http://localhost").pathname;
}

function directoryOf(
  one: string | StaticDirectory,
  root: string,
): Required<StaticDirectory> & { prefix: string } {
  const { directory, prefix = "" } = typeof one === "string" ? { directory: one } : one;
  return { directory: resolve(root, directory), prefix };
}

/** Under which name a build's directory is collected, or null where it is in none of the directories. */
function prefixOf(
  { directory: built }: ViteBuild,
  directories: readonly { readonly directory: string; readonly prefix: string }[],
): string | null {
  for (const { directory, prefix } of directories) {
    const inside = relative(directory, built);
    if (inside.startsWith("..") || isAbsolute(inside)) continue;
    return join(prefix, inside).replaceAll("\\", "/").replace(/^\.$/, "");
  }
  return null;
}

function checkUrl(url: string): string {
  const good = url.startsWith("/") || (URL.canParse(url) && /^https?:/.test(url));
  if (good && url.endsWith("/") && !/[?#]/.test(url)) return url;
  throw new ImproperlyConfigured(
    `static.url is ${JSON.stringify(url)}: it is a path or a URL that ends with a slash, such as "/static/".`,
  );
}
