/** `staticUrl`: the static files of `stowage.config.ts`. */

import { StorageError } from "../storage/errors.ts";
import type { LoadConfigOptions } from "../storage/load-config.ts";
import { loadStaticSite } from "./load-site.ts";
import { openStaticFiles, type StaticFiles, type StaticFilesOptions } from "./static-files.ts";

let current: StaticFiles | null = null;

/**
 * Loads the configuration and the manifest for {@link staticUrl}: once, when the application starts.
 *
 * @throws As `loadConfig` and `openStaticFiles`.
 * @example
 * const files = await loadStatic();
 * html`<link rel="stylesheet" href="${staticUrl("css/site.css")}">`;
 */
export async function loadStatic({
  development = process.env["NODE_ENV"] !== "production",
  ...where
}: LoadConfigOptions & StaticFilesOptions = {}): Promise<StaticFiles> {
  current = await openStaticFiles(await loadStaticSite({ ...where, development }), { development });
  return current;
}

/** Makes these the files of {@link staticUrl}: where the configuration is at hand, and in tests. Puts back what was. */
export function useStatic(files: StaticFiles): () => void {
  const before = current;
  current = files;
  return () => {
    current = before;
  };
}

/**
 * The URL of a static file: Django's `{% static %}`.
 *
 * @throws StorageError `StaticNotLoaded` before {@link loadStatic}; `StaticFileMissing` for a file that was not
 *   collected.
 * @example
 * staticUrl("css/site.css"); // "/static/css/site.5d41402abc4b.css"
 */
export function staticUrl(path: string): string {
  if (current !== null) return current.url(path);
  throw new StorageError("StaticNotLoaded", `There is no URL of ${JSON.stringify(path)} yet.`, {
    fix: "Call await loadStatic() once when the application starts.",
  });
}
