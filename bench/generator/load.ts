/** A closed loop: so many connections, each sending its next request when the last is answered. */

import { Connection, type Target, type WireRequest, type WireResponse } from "./connection.ts";

/** How hard, and until when: whichever of the two limits comes first. */
export interface LoadOptions {
  readonly concurrency: number;
  /** How long is measured, in milliseconds. */
  readonly durationMs: number;
  /** Load of the same kind before it, not measured, in milliseconds. */
  readonly warmupMs: number;
  /** How many requests at most, with those of the warm-up. */
  readonly maxRequests: number;
  /**
   * Never sleep. Waking a process that sleeps on another core costs whoever wakes it an interrupt, on a virtual machine
   * an exit to the host with all that it flushes: the server would pay for a generator that waits for it.
   */
  readonly spin: boolean;
}

/** What was measured. */
export interface LoadResult {
  readonly operations: number;
  readonly seconds: number;
  readonly operationsPerSecond: number;
  readonly bytesReceivedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Share of the time in which the generator had something to do; near 1, it is the limit. */
  readonly generatorBusy: number;
  readonly errors: number;
  /** The first error in words. */
  readonly firstError: string | null;
}

/**
 * Sends requests until a limit is reached.
 *
 * @param next The next request, or `null` when there is none left.
 */
export async function runLoad(
  target: Target,
  next: () => WireRequest | null,
  options: LoadOptions,
): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: options.concurrency }, () => Connection.open(target)),
  );
  const latencies: number[] = [];
  let sent = 0;
  let errors = 0;
  let firstError: string | null = null;
  let bytes = 0;
  const startedAt = performance.now() + options.warmupMs;
  const until = startedAt + options.durationMs;
  let endedAt = startedAt;

  const failed = (what: string): void => {
    errors += 1;
    firstError ??= what;
  };
  const loop = async (first: Connection): Promise<void> => {
    let connection = first;
    for (;;) {
      const at = performance.now();
      if (at >= until || sent >= options.maxRequests) break;
      const request = next();
      if (request === null) break;
      sent += 1;
      let response: WireResponse;
      try {
        response = await connection.send(request);
      } catch (error) {
        failed((error as Error).message);
        connection = await Connection.open(target);
        continue;
      }
      const now = performance.now();
      if (!isExpected(request, response)) failed(describe(request, response));
      else if (at >= startedAt && now <= until) {
        latencies.push(now - at);
        bytes += response.bodyBytes;
        endedAt = now;
      }
    }
    connection.close();
  };
  const idle = watchIdle(options.spin, () => sent);
  await Promise.all(connections.map(loop));
  const generatorBusy = 1 - idle.stop();

  const sorted = Float64Array.from(latencies).sort();
  const seconds = Math.max(endedAt - startedAt, 1) / 1000;
  return {
    operations: sorted.length,
    seconds,
    operationsPerSecond: sorted.length / seconds,
    bytesReceivedPerSecond: bytes / seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    maxMs: percentile(sorted, 1),
    generatorBusy,
    errors,
    firstError,
  };
}

/** Measures how long nothing was sent or received; `stop()` gives the share of the time. */
function watchIdle(spin: boolean, progress: () => number): { stop(): number } {
  const begunAt = performance.now();
  if (!spin) {
    const before = performance.eventLoopUtilization();
    return { stop: () => 1 - performance.eventLoopUtilization(before).utilization };
  }
  let idleMs = 0;
  let turnedAt = begunAt;
  let seen = progress();
  let isOver = false;
  const turn = (): void => {
    const now = performance.now();
    if (progress() === seen) idleMs += now - turnedAt;
    seen = progress();
    turnedAt = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop(): number {
      isOver = true;
      return idleMs / (performance.now() - begunAt);
    },
  };
}

function isExpected({ expect }: WireRequest, response: WireResponse): boolean {
  return (
    response.status === expect.status &&
    (expect.bodyBytes === null || response.bodyBytes === expect.bodyBytes) &&
    (expect.bodyEnd === null || response.tail.trimEnd().endsWith(expect.bodyEnd))
  );
}

function describe(request: WireRequest, { status, bodyBytes, tail }: WireResponse): string {
  const line = request.head.toString("latin1", 0, request.head.indexOf("\r\n"));
  return `${line}: ${status} with ${bodyBytes} bytes of body${status >= 300 ? `: ${tail}` : ""}`;
}

/** The value below which a share of a sorted list lies. */
export function percentile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}
