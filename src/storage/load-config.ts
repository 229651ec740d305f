/** `stowage.config.ts`: where it is found and how it is loaded. The only file that knows jiti. */

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { StowageConfig } from "./config.ts";
import { ImproperlyConfigured, StorageError } from "./errors.ts";

export interface LoadConfigOptions {
  /** Where the search begins; it goes on in the directories above. Default: process.cwd(). */
  readonly directory?: string | undefined;
  /** The file itself: nothing is searched. */
  readonly file?: string | undefined;
}

export const configNames: readonly string[] = ["ts", "mts", "js", "mjs"].map(
  (extension) => `stowage.config.${extension}`,
);

/**
 * Loads the configuration that a file exports as its default. TypeScript needs no build.
 *
 * @throws ImproperlyConfigured where there is no file, or it exports none; StorageError where it cannot be loaded.
 * @example
 * const storages = createStorages(await loadConfig());
 */
export async function loadConfig({
  directory = process.cwd(),
  file,
}: LoadConfigOptions = {}): Promise<StowageConfig> {
  const path = file === undefined ? findConfig(directory) : resolve(directory, file);
  if (!existsSync(path)) throw new ImproperlyConfigured(`There is no configuration ${path}.`);
  let config: unknown;
  try {
    const { createJiti } = await import("jiti");
    const jiti = createJiti(import.meta.url, { interopDefault: false });
    config = (await jiti.import<{ default?: unknown }>(path)).default;
  } catch (cause) {
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
    throw new StorageError("ConfigNotLoaded", `The configuration ${path} could not be loaded: ${why}.`, {
      // What a bundler has put in the place of import() throws this.
      fix: codeOf(cause) === "MODULE_NOT_FOUND" ? fixForBundles : undefined,
      cause,
    });
  }
  if (isConfig(config)) return config;
  throw new ImproperlyConfigured(`${path} exports no configuration.`, {
    fix: 'Have it say "export default defineConfig({ storages: … })".',
  });
}

const fixForBundles =
  "Where it imports nothing that is missing, the program is bundled: have it import the configuration itself, and give it to createStorages() or useConfig().";

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function findConfig(from: string): string {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    for (const name of configNames) {
      const path = join(directory, name);
      if (existsSync(path)) return path;
    }
    if (dirname(directory) === directory) break;
  }
  throw new ImproperlyConfigured(`There is no stowage.config.ts in ${resolve(from)} or above it.`, {
    fix: "Make one that exports defineConfig({ storages: … }), or run this where it is.",
  });
}

function isConfig(value: unknown): value is StowageConfig {
  return (
    typeof value === "object" && value !== null && "storages" in value && typeof value.storages === "object"
  );
}
