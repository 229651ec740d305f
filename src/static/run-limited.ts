/** Work on many things, a few at a time. */

import pLimit from "p-limit";

export interface RunLimitedOptions {
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `work` for each item, and after a failure for no further one.
 *
 * @throws What the first failing call threw, once every call has ended.
 */
export async function runLimited<T>(
  items: Iterable<T>,
  { concurrency, signal }: RunLimitedOptions,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const limit = pLimit(concurrency);
  const failures: unknown[] = [];
  const step = async (item: T): Promise<void> => {
    if (failures.length > 0) return;
    try {
      signal?.throwIfAborted();
      await work(item);
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from(items, (item) => limit(step, item)));
  if (failures.length > 0) throw failures[0];
}
