/** The engine's own background work: the sweep after the start, then the trash from time to time. */

import { type Jobs, startJobs } from "./jobs.ts";
import { sweep } from "./sweep.ts";
import { emptyTrash } from "./trash.ts";
import type { Engine } from "./types.ts";

/** Starts it. To stop it is to wait for the step under way. */
export function startMaintenance(engine: Engine): Jobs {
  let isSwept = false;
  const run = async (signal: AbortSignal): Promise<void> => {
    if (!isSwept) {
      const removed = await sweep(engine, { signal });
      if (removed > 0) engine.log("info", `Removed ${removed} blobs that a crash had left`);
      isSwept = !signal.aborted;
    }
    await emptyTrash(engine, { signal });
  };
  const intervalMs = Math.max(1000, engine.limits.trashGraceMs / 4);
  return startJobs([{ name: "trash", intervalMs, run }], { log: engine.log });
}
