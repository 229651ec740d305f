/** Storages by alias, each made once and when it is first used. */

import { requireStorages, type StorageEntry, type StowageConfig } from "./config.ts";
import { ImproperlyConfigured, StorageError } from "./errors.ts";
import { Storage } from "./storage.ts";

/** The storages of a configuration: a property for each alias, of the class that its entry makes. */
export type Storages<Config extends StowageConfig = StowageConfig> = {
  readonly [Alias in keyof Config["storages"]]: Config["storages"][Alias] extends StorageEntry<infer Made>
    ? Made
    : never;
};

/**
 * The storages of a configuration. One that is a function is called when its alias is first used, and once.
 *
 * Reading an alias throws ImproperlyConfigured where there is none of that name, and StorageError where its function
 * fails; both name the alias.
 *
 * @example
 * const storages = createStorages(defineConfig({ storages: { default: memory() } }));
 * await storages.default.save("hello.txt", "Hello");
 */
export function createStorages<const Config extends StowageConfig>(config: Config): Storages<Config> {
  requireStorages(config);
  const made = new Map<string, Storage>();
  const find = (alias: string): Storage => {
    const found = made.get(alias);
    if (found !== undefined) return found;
    const storage = make(alias, config.storages);
    made.set(alias, storage);
    return storage;
  };
  return aliasObject(Object.keys(config.storages), find) as Storages<Config>;
}

/** An object with a property for each alias, that throws for others instead of giving undefined. */
export function aliasObject(
  aliases: readonly string[],
  find: (alias: string) => Storage,
): Readonly<Record<string, Storage>> {
  const own: Record<string, Storage> = {};
  for (const alias of aliases) {
    Object.defineProperty(own, alias, { enumerable: true, get: () => find(alias) });
  }
  return new Proxy(own, {
    get(target, alias, receiver) {
      // `then` is asked for by await, the symbols and the rest by whatever prints an object.
      if (typeof alias === "symbol" || alias === "then" || alias in Object.prototype) {
        return Reflect.get(target, alias, receiver) as unknown;
      }
      return find(alias);
    },
  });
}

function make(alias: string, entries: Readonly<Record<string, StorageEntry>>): Storage {
  const entry = Object.hasOwn(entries, alias) ? entries[alias] : undefined;
  if (entry === undefined) {
    const known = Object.keys(entries).map((name) => JSON.stringify(name));
    throw new ImproperlyConfigured(
      `There is no storage ${JSON.stringify(alias)}: the configuration has ${known.join(", ") || "none"}.`,
    );
  }
  let storage: unknown;
  try {
    storage = typeof entry === "function" ? entry() : entry;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError(
      "StorageNotLoaded",
      `The storage ${JSON.stringify(alias)} could not be made: ${why}`,
      {
        cause,
      },
    );
  }
  if (storage instanceof Storage) return storage;
  if (looksLikeStorage(storage)) {
    throw new ImproperlyConfigured(
      `The storage ${JSON.stringify(alias)} is no Storage of the Stowage that runs here, but of another installation of it.`,
      {
        fix: "Run the project's own, as npx stowage does, and have the project install it once: npm ls stowage shows where it is.",
      },
    );
  }
  throw new ImproperlyConfigured(
    `The storage ${JSON.stringify(alias)} is ${storage === null ? "null" : typeof storage}, not a Storage:` +
      ` give s3(…), disk(…), memory(…) or a function that returns one.`,
  );
}

/** A class of another installation is another class: its files, targets and errors would be strange here one by one. */
function looksLikeStorage(value: unknown): boolean {
  const methods = ["save", "open", "getAvailableName", "generateFilename"];
  return (
    typeof value === "object" &&
    value !== null &&
    methods.every((name) => typeof (value as Record<string, unknown>)[name] === "function")
  );
}
