/**
 * Removes the blobs that a crash left: those that no row names.
 *
 * That no row is found is no proof of it where the index is damaged, so before anything is removed the index must be
 * whole, and no record may name what is to be removed.
 */

import { hasRow, readTrash, walkTable } from "./check-rows.ts";
import { idTimeMs } from "./ids.ts";
import { DamagedRowError, wordsOfFinding } from "./index/index.ts";
import type { Index } from "./index/index.ts";
import { contentsOf } from "./records/contents.ts";
import type { Engine } from "./types.ts";

/**
 * A blob is written before the row that names it, so one that is being written now has no row either: ids since the
 * engine was opened are left alone.
 *
 * @returns How many blobs were removed. None where the index is damaged; the log says so then.
 */
export async function sweep(
  engine: Engine,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const { signal } = options;
  const strays = await findStrays(engine, signal);
  if (strays.size === 0) return 0;
  const doubt = await doubtOf(engine.index, strays, signal);
  if (doubt !== null) {
    engine.log(
      "error",
      `Left ${strays.size} files that no row of the index names: ${doubt}. Stop the server, run \`stowage check\`, and restore the data directory from a backup`,
    );
    return 0;
  }
  let removed = 0;
  for (const id of strays) {
    signal?.throwIfAborted();
    await engine.blobs.remove(Buffer.from(id, "hex"));
    removed++;
  }
  return removed;
}

/** Ids in hexadecimal digits. */
async function findStrays(engine: Engine, signal: AbortSignal | undefined): Promise<Set<string>> {
  const strays = new Set<string>();
  for await (const id of engine.blobs.list()) {
    signal?.throwIfAborted();
    if (idTimeMs(id) < engine.ids.startMs && !(await hasRow(engine.index, id)))
      strays.add(id.toString("hex"));
  }
  return strays;
}

/** Why the index is not to be believed that nothing names the strays; null where it is. */
async function doubtOf(
  index: Index,
  strays: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const [finding] = await index.verify({ signal });
  if (finding !== undefined) {
    return `the index is damaged (${wordsOfFinding(finding)})`;
  }
  // A list of parts in the trash goes after the rows of their blobs have gone.
  const trash = await readTrash(index);
  for (const table of ["blobs", "objects", "versions", "manifests", "parts"] as const) {
    for await (const row of walkTable(index, table)) {
      signal?.throwIfAborted();
      if (row instanceof DamagedRowError) return row.message;
      if (table === "manifests" && trash.has(`manifest ${row.key.toString("latin1")}`)) continue;
      for (const content of contentsOf(table, row.value)) {
        if (content.kind === "blob" && strays.has(content.id.toString("hex"))) {
          return `a record of "${table}" names the blob ${content.id.toString("hex")}`;
        }
      }
    }
  }
  return null;
}
