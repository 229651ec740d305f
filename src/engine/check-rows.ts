/** How a check walks tables that may be damaged and may change meanwhile. */

import { DamagedRowError } from "./index/index.ts";
import type { Entry, Index, Table } from "./index/index.ts";
import { decodeManifest, decodePart } from "./records/manifest.ts";
import { decodeObject } from "./records/object.ts";
import type { Content } from "./records/object.ts";
import { decodeBlobUser, decodeTrash } from "./records/references.ts";
import { idBytes } from "./ids.ts";
import { afterKey } from "./table-keys.ts";

const batchRows = 200;

/** Every row of a table, and in the place of a damaged one the error that names it. */
export async function* walkTable(index: Index, table: Table): AsyncIterable<Entry | DamagedRowError> {
  let start: Buffer = Buffer.of(0);
  for (;;) {
    const { rows, damaged } = await readBatch(index, table, start);
    yield* rows;
    if (damaged !== undefined) yield damaged;
    const last = damaged?.key ?? rows.at(-1)?.key;
    if (last === undefined) return;
    start = afterKey(last);
  }
}

/** The rows up to the first damaged one. A snapshot for each batch: a long one would hold up the index. */
async function readBatch(
  index: Index,
  table: Table,
  start: Buffer,
): Promise<{ rows: Entry[]; damaged?: DamagedRowError }> {
  const snapshot = await index.snapshot();
  try {
    return { rows: await snapshot.range(table, { start, limit: batchRows }) };
  } catch (error) {
    if (!(error instanceof DamagedRowError)) throw error;
    const rows = await snapshot.range(table, { start, end: error.key, limit: batchRows });
    return { rows, damaged: error };
  } finally {
    snapshot.close();
  }
}

/** Whether a row is still what it was. */
export async function isCurrent(index: Index, table: Table, row: Entry): Promise<boolean> {
  const now = await index.get(table, row.key);
  return now?.version === row.version;
}

/** Ids in the trash, each as the text of its kind and its bytes. */
export async function readTrash(index: Index): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const row of walkTable(index, "trash")) {
    if (row instanceof DamagedRowError) continue;
    const trash = decodeTrash(row.value);
    found.add(`${trash.kind} ${trash.id.toString("latin1")}`);
  }
  return found;
}

/** Whether the record that a row of `blobs` tells of does name the blob. */
export async function isBlobNamed(index: Index, row: Entry): Promise<boolean> {
  const names = (content: Content): boolean => content.kind === "blob" && content.id.equals(row.key);
  const user = decodeBlobUser(row.value);
  if (user.kind === "object") {
    const object = await index.get("objects", user.objectKey);
    return object !== null && names(decodeObject(object.value, "", { id: "", displayName: "" }).content);
  }
  const part = await index.get("parts", user.partKey);
  if (part !== null && names(decodePart(part.value).content)) return true;
  const manifest = await index.get("manifests", user.partKey.subarray(0, idBytes));
  return manifest !== null && decodeManifest(manifest.value).some(({ content }) => names(content));
}
