/**
 * Removes what no record names any more, once nobody can be reading it.
 *
 * A row of `trash` is handled in steps that may each be the last before a crash: files first, then rows, the row of
 * `trash` itself with the last of them. What was done already is no error the second time.
 */

import { Draft } from "./atomic.ts";
import { idTimeMs } from "./ids.ts";
import type { Entry } from "./index/index.ts";
import { decodeManifest, decodePart } from "./records/manifest.ts";
import type { PartRecord } from "./records/manifest.ts";
import { decodeTrash, encodeTrash } from "./records/references.ts";
import { afterKey, afterPrefix, partKey, splitUploadKey } from "./table-keys.ts";
import { isTrashHeld } from "./trash-hold.ts";
import type { Engine } from "./types.ts";

/** Rows of `trash`, of parts and of uploads that are handled in one commit. */
const batchRows = 200;

type IsPinned = (id: Buffer) => boolean;
const nobody: IsPinned = () => false;

/**
 * Handles the trash that is older than the grace, while nobody has hold of it.
 *
 * @param options.graceMs Default: the engine's limit.
 * @returns How many rows were handled.
 */
export async function emptyTrash(
  engine: Engine,
  options: { readonly graceMs?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const { graceMs = engine.limits.trashGraceMs, signal } = options;
  let handled = 0;
  let start: Buffer = Buffer.of(0);
  for (;;) {
    const rows = await rangeOf(engine, "trash", start);
    if (rows.length > 0 && (await isTrashHeld(engine.index, engine.clock()))) return handled;
    const ripe = rows.filter((row) => idTimeMs(row.key) <= engine.clock() - graceMs);
    // Asked when the rows are ripe: whoever reads their content began before they were written.
    const isPinned = ripe.length === 0 ? nobody : await engine.pins.look();
    handled += await removeBlobs(engine, ripe, isPinned);
    for (const row of ripe) {
      if (signal?.aborted) return handled;
      try {
        if (await removeGroup(engine, row, isPinned)) handled++;
      } catch (error) {
        // One that cannot be removed must not keep the others.
        engine.log("error", `Cannot remove trash ${row.key.toString("hex")}; it is tried again`, error);
      }
    }
    const last = ripe.at(-1);
    if (last === undefined || signal?.aborted || ripe.length < rows.length) return handled;
    start = afterKey(last.key);
  }
}

/** Removes the single blobs among the rows that nobody is reading, and their rows in one commit. */
async function removeBlobs(engine: Engine, rows: readonly Entry[], isPinned: IsPinned): Promise<number> {
  const draft = new Draft();
  let removed = 0;
  const remove = async (row: Entry): Promise<void> => {
    const { kind, id } = decodeTrash(row.value);
    if (kind !== "blob" || isPinned(id)) return;
    try {
      await engine.blobs.remove(id);
      draft.delete("trash", row.key).delete("blobs", id);
      removed++;
    } catch (error) {
      engine.log("error", `Cannot remove blob ${id.toString("hex")}; it is tried again`, error);
    }
  };
  await Promise.all(rows.map((row) => remove(row)));
  if (removed > 0) await engine.index.commit(draft);
  return removed;
}

/** @returns False for a single blob, and when somebody is still reading it. */
async function removeGroup(engine: Engine, row: Entry, isPinned: IsPinned): Promise<boolean> {
  const { kind, id } = decodeTrash(row.value);
  switch (kind) {
    case "manifest":
      return isPinned(id) ? false : removeManifest(engine, row, id);
    case "upload":
      return removeParts(engine, row, id);
    case "bucket":
      return removeUploads(engine, row, id);
    default:
      return false;
  }
}

async function removeManifest(engine: Engine, row: Entry, id: Buffer): Promise<boolean> {
  const manifest = await engine.index.get("manifests", id);
  const parts = manifest === null ? [] : decodeManifest(manifest.value);
  for (let at = 0; at < parts.length; at += batchRows) {
    const draft = new Draft();
    await removeBytes(engine, draft, parts.slice(at, at + batchRows));
    await engine.index.commit(draft);
  }
  await engine.index.commit(new Draft().delete("manifests", id).delete("trash", row.key));
  return true;
}

async function removeParts(engine: Engine, row: Entry, uploadId: Buffer): Promise<boolean> {
  for (;;) {
    const rows = await rangeOf(engine, "parts", partKey(uploadId, 0), afterPrefix(uploadId));
    const draft = new Draft();
    await removeBytes(
      engine,
      draft,
      rows.map((part) => decodePart(part.value)),
    );
    for (const part of rows) draft.delete("parts", part.key);
    if (rows.length < batchRows) {
      await engine.index.commit(draft.delete("trash", row.key));
      return true;
    }
    await engine.index.commit(draft);
  }
}

async function removeUploads(engine: Engine, row: Entry, bucketId: Buffer): Promise<boolean> {
  for (;;) {
    const rows = await rangeOf(engine, "uploads", bucketId, afterPrefix(bucketId));
    const draft = new Draft();
    for (const upload of rows) {
      const { uploadId } = splitUploadKey(upload.key);
      // The check keeps a part that is stored at this moment from outliving its upload.
      draft
        .check("uploads", upload.key, upload.version)
        .delete("uploads", upload.key)
        .put("trash", engine.ids.next(), encodeTrash({ kind: "upload", id: uploadId }));
    }
    const isLast = rows.length < batchRows;
    if (isLast) draft.delete("trash", row.key);
    if ((await engine.index.commit(draft)) && isLast) return true;
  }
}

async function removeBytes(engine: Engine, draft: Draft, parts: readonly PartRecord[]): Promise<void> {
  const removals: Promise<void>[] = [];
  for (const { content } of parts) {
    if (content.kind === "inline") draft.delete("inline", content.id);
    if (content.kind === "blob") {
      removals.push(engine.blobs.remove(content.id));
      draft.delete("blobs", content.id);
    }
  }
  await Promise.all(removals);
}

async function rangeOf(
  engine: Engine,
  table: "trash" | "parts" | "uploads",
  start: Buffer,
  end?: Buffer,
): Promise<Entry[]> {
  const snapshot = await engine.index.snapshot();
  try {
    return await snapshot.range(table, { start, end, limit: batchRows });
  } finally {
    snapshot.close();
  }
}
