/** How a check walks tables that may be damaged and may change meanwhile. */

import { DamagedRowError } from "./index/index.ts";
import type { Entry, Index, Snapshot, Table } from "./index/index.ts";
import { contentsOf } from "./records/contents.ts";
import { decodeManifest, decodePart } from "./records/manifest.ts";
import { decodeObject } from "./records/object.ts";
import type { Content } from "./records/object.ts";
import { decodeBlobUser, decodeTrash } from "./records/references.ts";
import { idBytes } from "./ids.ts";
import { afterKey, afterPrefix } from "./table-keys.ts";

const batchRows = 200;

/** Every row of a table, and in the place of a damaged one the error that names it. */
export async function* walkTable(index: Index, table: Table): AsyncIterable<Entry | DamagedRowError> {
  let start: Buffer = Buffer.of(0);
  for (;;) {
    // A snapshot for each batch: a long one would hold up the index.
    const snapshot = await index.snapshot();
    let batch;
    try {
      batch = await rowsUpToDamage(snapshot, table, start);
    } finally {
      snapshot.close();
    }
    const { rows, damaged } = batch;
    yield* rows;
    if (damaged !== undefined) yield damaged;
    const last = damaged?.key ?? rows.at(-1)?.key;
    if (last === undefined) return;
    start = afterKey(last);
  }
}

/** Some rows, up to the first damaged one. */
export async function rowsUpToDamage(
  snapshot: Snapshot,
  table: Table,
  start: Buffer,
): Promise<{ rows: Entry[]; damaged?: DamagedRowError }> {
  try {
    return { rows: await snapshot.range(table, { start, limit: batchRows }) };
  } catch (error) {
    if (!(error instanceof DamagedRowError)) throw error;
    const rows = await snapshot.range(table, { start, end: error.key, limit: batchRows });
    return { rows, damaged: error };
  }
}

/** Whether a blob has a row, which may be damaged. */
export async function hasRow(index: Index, blobId: Buffer): Promise<boolean> {
  try {
    return (await index.get("blobs", blobId)) !== null;
  } catch (error) {
    if (error instanceof DamagedRowError) return true;
    throw error;
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

/** A key's rows of `objects` and `versions`, of one moment. @throws DamagedRowError */
async function* versionsOf(index: Index, objectKey: Buffer): AsyncIterable<Entry> {
  const snapshot = await index.snapshot();
  try {
    const current = await snapshot.get("objects", objectKey);
    if (current !== null) yield current;
    let start: Buffer = Buffer.concat([objectKey, Buffer.of(0)]);
    const end = afterPrefix(start);
    for (;;) {
      const rows = await snapshot.range("versions", { start, end, limit: batchRows });
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < batchRows) return;
      start = afterKey(last.key);
    }
  } finally {
    snapshot.close();
  }
}

/** Ids of all that objects, versions and manifests name, each as the text of its bytes. */
export async function readNamed(index: Index): Promise<Set<string>> {
  const named = new Set<string>();
  for (const table of ["versions", "objects", "manifests"] as const) {
    for await (const row of walkTable(index, table)) {
      if (row instanceof DamagedRowError) continue;
      for (const content of contentsOf(table, row.value)) {
        if (content.kind !== "none") named.add(content.id.toString("latin1"));
      }
    }
  }
  return named;
}

/** Whether the record that a row of `blobs` tells of does name the blob. */
export async function isBlobNamed(index: Index, row: Entry): Promise<boolean> {
  const names = (content: Content): boolean => content.kind === "blob" && content.id.equals(row.key);
  const user = decodeBlobUser(row.value);
  if (user.kind === "object") {
    for await (const object of versionsOf(index, user.objectKey)) {
      if (names(decodeObject(object.value, "", { id: "", displayName: "" }).content)) return true;
    }
    return false;
  }
  const part = await index.get("parts", user.partKey);
  if (part !== null && names(decodePart(part.value).content)) return true;
  const manifest = await index.get("manifests", user.partKey.subarray(0, idBytes));
  return manifest !== null && decodeManifest(manifest.value).some(({ content }) => names(content));
}
