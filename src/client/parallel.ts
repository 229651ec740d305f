/** Work on many things, a few at a time. */

import { unlessAborted } from "./send.ts";

export interface ParallelOptions {
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `work` for each item, at most `concurrency` at a time; the next item is taken from its source only when there is
 * room, so that a source that makes what it gives makes no more than is under way.
 *
 * @param work Gets a signal that is aborted when another call has failed.
 * @throws What the first failing call threw, once every call has ended.
 */
export async function runParallel<T>(
  items: AsyncIterable<T> | Iterable<T>,
  { concurrency, signal }: ParallelOptions,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal?.reason);
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  let failure: { readonly error: unknown } | null = null;
  const fail = (error: unknown): void => {
    failure ??= { error };
    stop.abort(error);
  };
  const running = new Set<Promise<void>>();
  try {
    const source = Symbol.asyncIterator in items ? eachUnlessAborted(items, stop.signal) : items;
    for await (const item of source) {
      if (stop.signal.aborted) break;
      const run: Promise<void> = work(item, stop.signal)
        .catch(fail)
        .finally(() => running.delete(run));
      running.add(run);
      if (running.size >= concurrency) await Promise.race(running);
      if (stop.signal.aborted) break;
    }
  } catch (error) {
    fail(error);
  } finally {
    await Promise.all(running);
    signal?.removeEventListener("abort", onAbort);
  }
  signal?.throwIfAborted();
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
}

/**
 * What a source gives, until the signal is aborted: one that stands still hears of no signal by itself. Whoever leaves the loop ends
 * the source.
 */
export async function* eachUnlessAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await unlessAborted(iterator.next(), signal);
      if (done === true) return;
      yield value;
    }
  } finally {
    const ended = iterator.return?.();
    // One that stands still does not answer either.
    if (signal?.aborted === true) ended?.catch(() => {});
    else await ended;
  }
}
