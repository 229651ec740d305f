/** What the contract's tests share. */

import assert from "node:assert/strict";
import { SuspiciousFileOperation } from "../../storage/errors.ts";
import type { Storage } from "../../storage/storage.ts";

export const emptyFile = "";

export async function textOf(storage: Storage, name: string): Promise<string> {
  await using file = await storage.open(name);
  return await file.text();
}

/** Every name in the storage. */
export async function allNames(storage: Storage, directory = ""): Promise<string[]> {
  const [directories, files] = await storage.listdir(directory);
  const within = (name: string): string => (directory === "" ? name : `${directory}/${name}`);
  const below = await Promise.all(directories.map((name) => allNames(storage, within(name))));
  return [...files.map(within), ...below.flat()].sort();
}

/** For `assert.rejects`. */
export function isSuspicious(error: unknown): boolean {
  assert.ok(error instanceof SuspiciousFileOperation, String(error));
  return true;
}

/** The pieces one after the other, each when it is asked for. */
export async function* pieces<T>(...list: readonly T[]): AsyncGenerator<T> {
  yield* list;
}

/** Bytes that differ from place to place. */
export function patternBytes(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8) * 7) & 255);
}
