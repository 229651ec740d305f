/** Links to static files, and the files themselves for whoever has no other server for them. */

import { FileNotFoundError, ImproperlyConfigured, StorageError } from "../storage/errors.ts";
import { encodePath } from "../storage/urls.ts";
import { readManifest, manifestName, type StaticManifest } from "./manifest.ts";
import { respondFromFinders, respondFromStorage } from "./respond.ts";
import { pathOfBase, type StaticSite, staticBase, usualUrl } from "./site.ts";
import { assetsOf, type ViteAssets } from "./vite-manifest.ts";

export interface StaticFilesOptions {
  /**
   * Whether links are plain and files come from where they are found, so that nothing has to be collected.
   * Default: unless NODE_ENV is `production`.
   */
  readonly development?: boolean | undefined;
}

/** A site's static files, as pages use them. */
export interface StaticFiles {
  /** What links begin with. Ends with a slash. */
  readonly base: string;
  readonly development: boolean;
  /** What was collected; null in development, and where names are not hashed. */
  readonly manifest: StaticManifest | null;

  /**
   * The URL of a static file. A query and a fragment stay as they are.
   *
   * @throws StorageError `StaticFileMissing` for a file that was not collected. In development nothing is checked.
   */
  readonly url: (path: string) => string;

  /**
   * What a page needs for an entry that Vite has built, as URLs.
   *
   * @throws StorageError `StaticFileMissing` for an entry that Vite's manifest does not have.
   */
  readonly viteAssets: (entry: string) => ViteAssets;

  /**
   * The answer to a request for a static file; null for a path that is not below the base. In development from the
   * finders. In production from what was collected, compressed where the browser takes it and a variant is there, and
   * names with a hash are kept by the browser for ever.
   */
  readonly respond: (request: Request) => Promise<Response | null>;
}

/**
 * Opens a site's static files: reads the manifest, once.
 *
 * @throws In production StorageError `ManifestMissing` and `ManifestCorrupt`, and ImproperlyConfigured for a storage that
 *   signs its URLs, so that each would be another one.
 * @example
 * const files = await openStaticFiles(createStaticSite(config));
 * files.url("css/site.css"); // "/static/css/site.5d41402abc4b.css"
 */
export async function openStaticFiles(
  site: StaticSite,
  { development = process.env["NODE_ENV"] !== "production" }: StaticFilesOptions = {},
): Promise<StaticFiles> {
  // In development the application serves them itself, whatever CDN there is later.
  const base = development ? pathOfBase(site.url ?? usualUrl) : await stableBase(site);
  const manifest = development || !site.hashed ? null : await loadManifest(site);
  const vite = (development ? site.vite : (manifest?.vite ?? site.vite)) ?? {};
  const hashedNames = new Set(manifest?.paths.values());
  const urlOf = (name: string): string => base + encodePath(name);
  const path = pathOfBase(base);
  return {
    base,
    development,
    manifest,
    url(path) {
      const [, name = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(path) ?? [];
      const entry = Object.hasOwn(vite, name) ? vite[name] : undefined;
      if (entry !== undefined) return urlOf(entry.file) + rest;
      // A directory has no content that could be hashed.
      if (manifest === null || name === "" || name.endsWith("/")) return urlOf(name) + rest;
      const hashed = manifest.paths.get(name);
      if (hashed === undefined) throw missing(name);
      return urlOf(hashed) + rest;
    },
    viteAssets(entry) {
      const assets = assetsOf(vite, entry);
      if (assets === null) throw missing(entry);
      const { script, styles, preloads } = assets;
      return {
        script: script === "" ? "" : urlOf(script),
        styles: styles.map(urlOf),
        preloads: preloads.map(urlOf),
      };
    },
    async respond(request) {
      const name = nameOf(new URL(request.url).pathname, path);
      if (name === null) return null;
      if (request.method !== "GET" && request.method !== "HEAD") {
        return new Response(null, { status: 405, headers: { allow: "GET, HEAD" } });
      }
      return development
        ? respondFromFinders(site, name, request)
        : respondFromStorage(site, name, { request, isImmutable: hashedNames.has(name) });
    },
  };
}

async function stableBase(site: StaticSite): Promise<string> {
  const base = await staticBase(site);
  if (base !== null) return base;
  throw new ImproperlyConfigured(
    "The storage of static files signs its URLs, and links to static files must stay the same.",
    { fix: "Give it querystringAuth: false, or set static.url." },
  );
}

async function loadManifest({ storage }: StaticSite): Promise<StaticManifest> {
  try {
    const file = await storage.open(manifestName);
    const text = await file.text();
    await file.close();
    return readManifest(text);
  } catch (cause) {
    if (!(cause instanceof FileNotFoundError)) throw cause;
    throw new StorageError("ManifestMissing", `The storage of static files has no ${manifestName}.`, {
      cause,
      fix: "Run stowage collectstatic, or set NODE_ENV to development.",
    });
  }
}

function nameOf(pathname: string, base: string): string | null {
  if (!pathname.startsWith(base)) return null;
  try {
    return decodeURIComponent(pathname.slice(base.length));
  } catch {
    return null;
  }
}

function missing(name: string): StorageError {
  return new StorageError(
    "StaticFileMissing",
    `There is no static file ${JSON.stringify(name)} in ${manifestName}.`,
    {
      fix: "Correct the name, or run stowage collectstatic.",
    },
  );
}
