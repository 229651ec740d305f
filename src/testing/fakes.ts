/** Stand-ins for storages. */

import { memory } from "../storage/backends/memory.ts";
import type { StowageConfig } from "../storage/config.ts";
import type { Storage } from "../storage/storage.ts";

/**
 * A configuration with a storage in memory for each of another's.
 *
 * @example
 * const restore = useConfig(fakeConfig(config));
 * after(restore);
 */
export function fakeConfig(config: StowageConfig): StowageConfig {
  const storages = Object.keys(config.storages).map((alias) => [alias, memory({ baseUrl: `/${alias}/` })]);
  return { ...config, storages: Object.fromEntries(storages) as StowageConfig["storages"] };
}

/** The methods of a storage that return promises. */
export type StorageMethod =
  | "save"
  | "open"
  | "delete"
  | "exists"
  | "listdir"
  | "size"
  | "url"
  | "accessedTime"
  | "createdTime"
  | "modifiedTime";

/**
 * A storage of which some methods fail, to see what an application does then. The others work as before.
 *
 * @example
 * const full = failingStorage(memory(), { save: new Error("ENOSPC: no space left on device") });
 */
export function failingStorage<Backend extends Storage>(
  storage: Backend,
  failures: { readonly [Method in StorageMethod]?: Error },
): Backend {
  return new Proxy(storage, {
    get(target, name) {
      const failure = (failures as Readonly<Record<string | symbol, Error | undefined>>)[name];
      if (failure !== undefined) return () => Promise.reject(failure);
      const value: unknown = Reflect.get(target, name, target);
      // A method that was taken from the proxy must not see the proxy: it has no private fields.
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
