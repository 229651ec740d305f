/**
 * Work that keeps the processor for milliseconds, such as a page of a listing: one piece after the other, so that what
 * each has in memory is gone before the next begins, and with the requests of others in between.
 */

import { setImmediate } from "node:timers/promises";

/** How long pieces follow one another before others have their turn. */
const turnMs = 2;

export interface Turns {
  /** Runs `task` when those before it are done. It must not wait for another one's turn. */
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const waiting: (() => Promise<void>)[] = [];
  let isWorking = false;
  const work = async (): Promise<void> => {
    isWorking = true;
    let sinceMs = performance.now();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await next();
      if (performance.now() - sinceMs < turnMs) continue;
      await setImmediate();
      sinceMs = performance.now();
    }
    isWorking = false;
  };
  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        waiting.push(() => task().then(resolve, reject));
        if (!isWorking) void work();
      }),
  };
}
