import { idTimeMs } from "./ids.ts";
import type { Engine } from "./types.ts";

/**
 * Removes the blobs that a crash left: those that no row names.
 *
 * A blob is written before the row that names it, so one that is being written now has no row either: ids since the
 * engine was opened are left alone.
 *
 * @returns How many blobs were removed.
 */
export async function sweep(
  engine: Engine,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  let removed = 0;
  for await (const id of engine.blobs.list()) {
    if (options.signal?.aborted === true) return removed;
    if (idTimeMs(id) >= engine.ids.startMs) continue;
    if ((await engine.index.get("blobs", id)) !== null) continue;
    await engine.blobs.remove(id);
    removed++;
  }
  return removed;
}
