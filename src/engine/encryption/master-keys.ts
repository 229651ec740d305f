/** Where the master keys come from: the operator, or a file in the data directory that is made when it is not there. */

import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";

import type { Index } from "../index/index.ts";
import { syncDirectory } from "../make-directory.ts";
import { afterPrefix } from "../table-keys.ts";
import type { EngineLog } from "../types.ts";
import { createKeyRing, keyBytes } from "./key-ring.ts";
import type { KeyRing } from "./key-ring.ts";

/** Within the data directory: a key a line, the current one first. */
export const masterKeysFile = "master-keys";

const header = `# Stowage's master keys, a line each, the current one first. They encrypt the keys of encrypted objects:
# without them those objects are lost. Keep a copy where the backups of the data directory are not.
`;

/**
 * The ring of a store.
 *
 * @param given The operator's keys, the current one first. What the file in the data directory has comes after them.
 * @param random Draws a key where there is neither.
 */
export async function loadKeyRing(
  dataDir: string,
  given: readonly Uint8Array[],
  random: (bytes: number) => Buffer,
): Promise<KeyRing> {
  const path = join(dataDir, masterKeysFile);
  const kept = await readKeysFile(path);
  if (kept !== null) return createKeyRing([...given, ...kept]);
  if (given.length > 0) return createKeyRing(given);
  const made = Buffer.from(random(keyBytes));
  await writeKeysFile(dataDir, path, made);
  return createKeyRing([made]);
}

/**
 * Reads keys: base64 of 32 bytes each, apart by white space or commas; a line that begins with `#` says nothing.
 *
 * @throws RangeError that does not tell the key.
 */
export function parseMasterKeys(text: string): Uint8Array[] {
  const words = text
    .replaceAll(/^#.*$/gm, "")
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  return words.map((word, at) => {
    const bytes = Buffer.from(word, "base64");
    if (
      bytes.length === keyBytes &&
      bytes.toString("base64").replace(/=+$/, "") === word.replace(/=+$/, "")
    ) {
      return bytes;
    }
    throw new RangeError(`Cannot use master key ${at + 1}: it must be ${keyBytes} bytes in base64`);
  });
}

/**
 * Notes which keys the store was opened with, and says which of an earlier time are missing: what they encrypted cannot
 * be read.
 */
export async function noteMasterKeys(index: Index, ring: KeyRing, log: EngineLog): Promise<void> {
  const prefix = Buffer.from("master key ");
  const snapshot = await index.snapshot();
  let rows;
  try {
    rows = await snapshot.range("meta", { start: prefix, end: afterPrefix(prefix), limit: 1000 });
  } finally {
    snapshot.close();
  }
  const noted = new Set(rows.map((row) => row.key.toString("utf8", prefix.length)));
  for (const id of noted) {
    if (ring.keys.some((key) => key.id === id)) continue;
    log("error", `The master key ${id} is missing: objects that it encrypted cannot be read`);
  }
  if (noted.has(ring.current.id)) return;
  const key = Buffer.concat([prefix, Buffer.from(ring.current.id)]);
  await index.commit({ puts: [{ table: "meta", key, value: Buffer.alloc(0) }] });
}

async function readKeysFile(path: string): Promise<Uint8Array[] | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    const keys = parseMasterKeys(text);
    if (keys.length > 0) return keys;
  } catch (cause) {
    throw new Error(`Cannot read the master keys in "${path}": ${(cause as Error).message}`, { cause });
  }
  throw new Error(`Cannot read the master keys in "${path}": there is none`);
}

/** Durable before the first object is encrypted with it, and whole or not there. */
async function writeKeysFile(dataDir: string, path: string, key: Uint8Array): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, "w", 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${header}${Buffer.from(key).toString("base64")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  await syncDirectory(dataDir);
}
