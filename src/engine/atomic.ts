/** Read, decide, commit if nothing changed meanwhile; otherwise again. */

import { setTimeout } from "node:timers/promises";

import { S3Error } from "../s3/errors.ts";
import type { Engine } from "./types.ts";
import type { Check, Commit, Delete, Put, Table } from "./index/index.ts";

/** What an attempt answers when its commit was refused. */
export const conflict: unique symbol = Symbol("conflict");

/** After the first attempt the contenders of one process take turns, so only other processes can make this many fail. */
const maxAttempts = 64;
/** From this attempt on, other processes are given way: each pause is up to twice as long as the last, up to a limit. */
const firstPauseAttempt = 4;
const longestPauseMs = 64;

/**
 * Attempts until one commits.
 *
 * @param name What the contenders contend for.
 * @param attempt Reads afresh, decides, commits; answers {@link conflict} when the commit was refused.
 * @throws S3Error ConditionalRequestConflict when every attempt was beaten by somebody else's.
 */
export async function atomically<T>(
  engine: Engine,
  name: string,
  attempt: () => Promise<T | typeof conflict>,
): Promise<T> {
  const first = await attempt();
  if (first !== conflict) return first;
  return engine.locks.run(name, async () => {
    for (let attempts = 1; attempts < maxAttempts; attempts++) {
      if (attempts >= firstPauseAttempt) {
        const limitMs = Math.min(longestPauseMs, 2 ** (attempts - firstPauseAttempt));
        await setTimeout((engine.random(1).readUInt8(0) / 255) * limitMs);
      }
      const result = await attempt();
      if (result !== conflict) return result;
    }
    throw new S3Error("ConditionalRequestConflict");
  });
}

/** A commit being put together. */
export class Draft implements Commit {
  readonly checks: Check[] = [];
  readonly puts: Put[] = [];
  readonly deletes: Delete[] = [];
  /** By how much it changes what its bucket holds, for buckets that have a quota. */
  readonly usage = { bytes: 0, objects: 0 };

  /** @param version Null: there must be no such row. */
  check(table: Table, key: Uint8Array, version: number | null): this {
    this.checks.push({ table, key, version });
    return this;
  }

  put(table: Table, key: Uint8Array, value: Uint8Array): this {
    this.puts.push({ table, key, value });
    return this;
  }

  delete(table: Table, key: Uint8Array): this {
    this.deletes.push({ table, key });
    return this;
  }

  /** Counts bytes and objects that come into the bucket, or leave it. */
  count(bytes: number, objects: number): this {
    this.usage.bytes += bytes;
    this.usage.objects += objects;
    return this;
  }

  /** The same once more, to be added to. */
  copy(): Draft {
    const copy = new Draft();
    copy.checks.push(...this.checks);
    copy.puts.push(...this.puts);
    copy.deletes.push(...this.deletes);
    return copy;
  }
}
