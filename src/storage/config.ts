/** What stands in `stowage.config.ts`. */

import { ImproperlyConfigured } from "./errors.ts";
import type { StaticConfig } from "./static-config.ts";
import type { Storage } from "./storage.ts";

/** A storage, or a function that makes it when it is first used. */
export type StorageEntry<Made extends Storage = Storage> = Made | (() => Made);

export interface StowageConfig {
  /** Storages by alias. `default` is for files that people upload, `staticfiles` for static files. */
  readonly storages: Readonly<Record<string, StorageEntry>>;
  readonly static?: StaticConfig | undefined;
}

const keys: ReadonlySet<string> = new Set(["storages", "static"] satisfies (keyof StowageConfig)[]);

/**
 * A configuration, checked. It has no effect by itself: export it from `stowage.config.ts`, or hand it to
 * `createStorages`.
 *
 * @throws ImproperlyConfigured for a key that there is not, and where there are no storages.
 * @example
 * export default defineConfig({
 *   storages: {
 *     default: s3({ location: "media" }),
 *     staticfiles: s3({ location: "static", querystringAuth: false }),
 *   },
 * });
 */
export function defineConfig<const Config extends StowageConfig>(config: Config): Config {
  requireStorages(config);
  for (const key of Object.keys(config)) {
    if (keys.has(key)) continue;
    throw new ImproperlyConfigured(
      `The configuration has no ${JSON.stringify(key)}: it has ${[...keys].join(" and ")}.`,
    );
  }
  return config;
}

/** @throws ImproperlyConfigured for what is no configuration: whoever does not compile has no types to help. */
export function requireStorages(config: StowageConfig | undefined): void {
  const storages: unknown = config?.storages;
  if (typeof storages === "object" && storages !== null && !Array.isArray(storages)) return;
  throw new ImproperlyConfigured("The configuration has no storages.", {
    fix: "Give { storages: { default: s3(…) } }.",
  });
}
