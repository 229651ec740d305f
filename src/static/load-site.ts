/** The site of `stowage.config.ts`. */

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { configNames, loadConfig, type LoadConfigOptions } from "../storage/load-config.ts";
import { createStaticSite, type StaticSite, type StaticSiteOptions } from "./site.ts";

/**
 * The static files of the configuration that stands in a directory or above it. Relative paths in it are relative to it.
 *
 * @throws ImproperlyConfigured where there is none, or it cannot be; StorageError where it cannot be loaded.
 */
export async function loadStaticSite({
  directory = process.cwd(),
  file = findFile(directory),
  ...options
}: LoadConfigOptions & Pick<StaticSiteOptions, "development"> = {}): Promise<StaticSite> {
  const config = await loadConfig({ directory, file });
  const root = file === undefined ? resolve(directory) : dirname(resolve(directory, file));
  return createStaticSite(config, { ...options, root });
}

function findFile(from: string): string | undefined {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const found = configNames.map((name) => join(directory, name)).find(existsSync);
    if (found !== undefined || directory === dirname(directory)) return found;
  }
}
