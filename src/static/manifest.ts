/** `staticfiles.json`: which hashed name stands for which name. Django reads ours, and we read Django's. */

import { StorageError } from "../storage/errors.ts";
import { compareKeys } from "../s3/keys.ts";
import { hashOf } from "./hashed-name.ts";
import type { ViteChunk } from "./vite-manifest.ts";

export const manifestName = "staticfiles.json";

export interface StaticManifest {
  /** Hashed names by name. */
  readonly paths: ReadonlyMap<string, string>;
  /** 12 digits of the MD5 of all pairs: another one whenever a file is another one. */
  readonly hash: string;
  /** Entries of Vite, where the application has any. Django does not look at them. */
  readonly vite?: Readonly<Record<string, ViteChunk>> | undefined;
}

/** A manifest of these pairs. */
export function createManifest(
  paths: Iterable<readonly [name: string, hashed: string]>,
  vite?: Readonly<Record<string, ViteChunk>>,
): StaticManifest {
  const sorted = [...paths].sort(([a], [b]) => compareKeys(a, b));
  return { paths: new Map(sorted), hash: hashOf(Buffer.from(pythonJson(sorted))), vite };
}

/**
 * The text of a manifest, byte for byte as Django 6.1 writes it.
 *
 * @see https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/#manifeststaticfilesstorage
 */
export function writeManifest({ paths, hash, vite }: StaticManifest): string {
  return pythonJson({
    paths,
    version: "1.1",
    hash,
    ...(vite === undefined ? {} : { vite }),
  });
}

/**
 * Reads a manifest, ours or Django's.
 *
 * @throws StorageError `ManifestCorrupt` for a text that is none.
 */
export function readManifest(text: string): StaticManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt("it is no JSON", cause);
  }
  if (!isRecord(value)) throw corrupt("it is no object");
  const { version, paths = {}, hash = "", vite } = value;
  if (version !== "1.0" && version !== "1.1") {
    throw corrupt(`its version is ${JSON.stringify(version)}, and only "1.0" and "1.1" are known`);
  }
  if (!isRecord(paths)) throw corrupt("its paths are no object");
  const pairs = Object.entries(paths).map(([name, hashed]): [string, string] => {
    if (typeof hashed === "string") return [name, hashed];
    throw corrupt(`the path of ${JSON.stringify(name)} is no text`);
  });
  return {
    paths: new Map(pairs),
    hash: typeof hash === "string" ? hash : "",
    vite: isRecord(vite) ? (vite as Record<string, ViteChunk>) : undefined,
  };
}

/** JSON as Python's json.dumps writes it: a space after each comma and colon, and ASCII alone. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  // A Map, because an object would put names like "1" first.
  if (value instanceof Map || isRecord(value)) {
    const pairs = value instanceof Map ? [...value] : Object.entries(value);
    return `{${pairs.map(([name, one]) => `${pythonJson(name)}: ${pythonJson(one)}`).join(", ")}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function corrupt(why: string, cause?: unknown): StorageError {
  return new StorageError("ManifestCorrupt", `${manifestName} cannot be read: ${why}.`, {
    cause,
    fix: "Run stowage collectstatic again.",
  });
}
