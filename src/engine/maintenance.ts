/** The engine's background work: the sweep after the start, then the trash from time to time. */

import { sweep } from "./sweep.ts";
import { emptyTrash } from "./trash.ts";
import type { Engine } from "./types.ts";

export interface Maintenance {
  /** Stops it, and waits for the step under way. */
  stop(): Promise<void>;
}

export function startMaintenance(engine: Engine): Maintenance {
  const stopping = new AbortController();
  const { signal } = stopping;
  const intervalMs = Math.max(1000, engine.limits.trashGraceMs / 4);
  let timer: NodeJS.Timeout | undefined;

  const round = async (isFirst: boolean): Promise<void> => {
    try {
      if (isFirst) {
        const removed = await sweep(engine, { signal });
        if (removed > 0) engine.log("info", `Removed ${removed} blobs that a crash had left`);
      }
      await emptyTrash(engine, { signal });
    } catch (error) {
      engine.log("error", "Background work failed; it is tried again", error);
    }
  };
  const schedule = (): void => {
    if (signal.aborted) return;
    timer = setTimeout(() => {
      running = round(false).then(schedule);
    }, intervalMs);
    // Nothing waits for the trash: it must not keep a process alive.
    timer.unref();
  };
  let running = round(true).then(schedule);

  return {
    async stop(): Promise<void> {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
