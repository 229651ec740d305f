/** What a store as a whole is written in; each record has a format of its own beside. */

import type { Index } from "./index/index.ts";

/**
 * 2 has files of which an earlier version cannot read the checksums; what stands in 1 is read as it is.
 */
const format = 2;
const oldestFormat = 1;
const formatKey = Buffer.from("format");

/**
 * @param dataDir For the message.
 * @returns The format; null for a store in which nothing was written yet.
 * @throws Error for a store of a later version.
 */
export async function readFormat(index: Index, dataDir: string): Promise<number | null> {
  const found = (await index.get("meta", formatKey))?.value[0] ?? null;
  if (found !== null && (found < oldestFormat || found > format)) {
    throw new Error(
      `Cannot open "${dataDir}": it is of format ${found}, this version knows format ${oldestFormat} to ${format}`,
    );
  }
  return found;
}

/** Says in the store what is written into it from now on, so that an earlier version refuses it. @throws as above */
export async function noteFormat(index: Index, dataDir: string): Promise<void> {
  if ((await readFormat(index, dataDir)) === format) return;
  await index.commit({ puts: [{ table: "meta", key: formatKey, value: Buffer.of(format) }] });
}
