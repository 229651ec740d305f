/** Vite's manifest: which files belong to an entry of an application that Vite has built. */

import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { ImproperlyConfigured } from "../storage/errors.ts";

/** An entry or a chunk of a build. Its files are names of static files, which have their hash already. */
export interface ViteChunk {
  readonly file: string;
  readonly css?: readonly string[] | undefined;
  readonly assets?: readonly string[] | undefined;
  /** Chunks that it imports, by their names in the manifest. */
  readonly imports?: readonly string[] | undefined;
  readonly isEntry?: boolean | undefined;
}

export type ViteChunks = Readonly<Record<string, ViteChunk>>;

export interface ViteBuild {
  /** Where Vite has written to: `build.outDir`, absolute. */
  readonly directory: string;
  /** By the name of their source, such as `src/main.ts`. The files are relative to the directory. */
  readonly chunks: ViteChunks;
}

/**
 * Reads the manifest of a build with `build.manifest: true`.
 *
 * @throws ImproperlyConfigured where there is none, or it is none.
 * @see https://vite.dev/guide/backend-integration
 */
export function readViteManifest(path: string): ViteBuild {
  let chunks: unknown;
  try {
    chunks = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new ImproperlyConfigured(`Vite's manifest ${path} cannot be read.`, {
      cause,
      fix: "Run vite build with build.manifest: true, or correct static.viteManifest.",
    });
  }
  const isChunks =
    typeof chunks === "object" &&
    chunks !== null &&
    Object.values(chunks).every((chunk: unknown) => typeof (chunk as ViteChunk | null)?.file === "string");
  if (!isChunks) throw new ImproperlyConfigured(`${path} is no manifest of Vite.`);
  const directory = dirname(resolve(path));
  return {
    // Vite 5 and later write .vite/manifest.json.
    directory: basename(directory) === ".vite" ? dirname(directory) : directory,
    chunks: chunks as ViteChunks,
  };
}

/** The chunks with names as they are when the build is collected under a prefix. */
export function prefixChunks(chunks: ViteChunks, prefix: string): ViteChunks {
  const under = (name: string): string => (prefix === "" ? name : `${prefix}/${name}`);
  return Object.fromEntries(
    Object.entries(chunks).map(([key, { file, css, assets, imports, isEntry }]) => [
      key,
      {
        file: under(file),
        ...(css === undefined ? {} : { css: css.map(under) }),
        ...(assets === undefined ? {} : { assets: assets.map(under) }),
        ...(imports === undefined ? {} : { imports }),
        ...(isEntry === undefined ? {} : { isEntry }),
      },
    ]),
  );
}

/** Every file of a build: their names have a hash already. */
export function filesOfChunks(chunks: ViteChunks): Set<string> {
  return new Set(
    Object.values(chunks).flatMap(({ file, css = [], assets = [] }) => [file, ...css, ...assets]),
  );
}

/** What a page needs for an entry: its script, all style sheets, and the scripts that are worth fetching early. */
export interface ViteAssets {
  readonly script: string;
  readonly styles: readonly string[];
  readonly preloads: readonly string[];
}

/** The assets of an entry, or null where the build has none of that name. */
export function assetsOf(chunks: ViteChunks, entry: string): ViteAssets | null {
  const chunk = Object.hasOwn(chunks, entry) ? chunks[entry] : undefined;
  if (chunk === undefined) return null;
  const styles = new Set<string>();
  const preloads = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const one = chunks[name];
    if (one === undefined || seen.has(name)) return;
    seen.add(name);
    // Style sheets of what is imported come first, so that the importer's may overrule them.
    for (const imported of one.imports ?? []) visit(imported);
    for (const style of one.css ?? []) styles.add(style);
    if (one !== chunk) preloads.add(one.file);
  };
  visit(entry);
  const isStyle = chunk.file.endsWith(".css");
  if (isStyle) styles.add(chunk.file);
  return { script: isStyle ? "" : chunk.file, styles: [...styles], preloads: [...preloads] };
}
