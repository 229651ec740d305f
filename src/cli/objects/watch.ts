/** Changes of a bucket, found by listing it again and again. */

import { setTimeout as sleep } from "node:timers/promises";
import { S3ConnectionError, S3ResponseError } from "../../client/errors.ts";
import type { S3Client } from "../../client/s3-client.ts";
import type { Io } from "../command.ts";
import { formatBytes, formatTime, printable, printJsonLine, printLine } from "../output.ts";
import type { S3Url } from "../s3-url.ts";
import { commandErrorOf } from "../s3-failure.ts";
import { findObjects, type FindOptions, type FoundObject, selectionOf } from "./find-objects.ts";

export interface WatchOptions extends FindOptions {
  /** Seconds. */
  readonly interval: number;
  readonly json?: boolean;
}

/** What is remembered of an object. */
type Known = Pick<FoundObject, "key" | "size" | "etag" | "lastModifiedMs">;

/** Prints until it is stopped. */
export async function watch(io: Io, client: S3Client, url: S3Url, options: WatchOptions): Promise<void> {
  const { bucket, key } = url;
  const isFolder = key === "" || key.endsWith("/");
  const selection = selectionOf(url, { ...options, recursive: options.recursive === true || isFolder });
  const stopping = new AbortController();
  void io.stopSignal().then(() => stopping.abort());
  let before: readonly Known[] | null = null;
  let isAway = false;
  while (!stopping.signal.aborted) {
    try {
      const now: Known[] = [];
      const changes: Change[] = [];
      // A listing that breaks off tells nothing: the next one would tell the same again.
      for await (const change of changesOf(before, findObjects(client, bucket, selection), now))
        changes.push(change);
      if (before === null && io.terminal) io.stderr.write(`watching ${now.length} objects; Ctrl+C ends it\n`);
      [before, isAway] = [now, false];
      for (const change of changes) await printChange(io, change, options);
    } catch (error) {
      // At the beginning it may be the command that is wrong; later the server is away, and comes back.
      if (before === null || !isPassing(error)) throw error;
      if (!isAway) io.stderr.write(`stowage: ${commandErrorOf(error)?.message}; it is asked again\n`);
      isAway = true;
    }
    await sleep(options.interval * 1000, undefined, { signal: stopping.signal }).catch(() => {});
  }
}

type Change = readonly [kind: "created" | "changed" | "removed", object: Known];

/**
 * Two listings side by side, both in the order of their keys' bytes.
 *
 * @param before null: the first, of which nothing is told. @param now Gets what is there.
 */
async function* changesOf(
  before: readonly Known[] | null,
  objects: AsyncIterable<FoundObject>,
  now: Known[],
): AsyncGenerator<Change> {
  let at = 0;
  for await (const { key, size, etag, lastModifiedMs } of objects) {
    const object = { key, size, etag, lastModifiedMs };
    now.push(object);
    if (before === null) continue;
    let old = before[at];
    for (; old !== undefined && isBefore(old.key, key); old = before[++at]) yield ["removed", old];
    if (old?.key !== key) {
      yield ["created", object];
      continue;
    }
    at++;
    if (old.etag !== etag || old.lastModifiedMs !== lastModifiedMs) yield ["changed", object];
  }
  for (const old of before?.slice(at) ?? []) yield ["removed", old];
}

function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

async function printChange(io: Io, [kind, object]: Change, { json = false }: WatchOptions): Promise<void> {
  const { key, size, etag, lastModifiedMs } = object;
  if (json) {
    const modified = new Date(lastModifiedMs).toISOString();
    await printJsonLine(io, { event: kind, key, ...(kind === "removed" ? {} : { size, etag, modified }) });
    return;
  }
  const [time, amount] =
    kind === "removed" ? [formatTime(Date.now()), ""] : [formatTime(lastModifiedMs), formatBytes(size)];
  await printLine(io, `${time}  ${kind}  ${amount.padStart(10)}  ${printable(key)}`);
}

function isPassing(error: unknown): boolean {
  return error instanceof S3ConnectionError || (error instanceof S3ResponseError && error.status >= 500);
}
