/**
 * Keeps what is in the trash from being removed while somebody reads the store as it was: a row in the index, so that it
 * holds in every process, with an end, so that it holds nothing for ever when its process is killed.
 */

import { randomBytes } from "node:crypto";

import { Draft } from "./atomic.ts";
import type { Index } from "./index/index.ts";
import { afterPrefix } from "./table-keys.ts";

const prefix = Buffer.from("trash-hold/");
const holdMs = 60_000;
const renewMs = 15_000;

/** Takes hold of the trash. It lasts until it is closed. */
export async function holdTrash(index: Index, clock: () => number): Promise<{ close(): Promise<void> }> {
  const key = Buffer.concat([prefix, Buffer.from(randomBytes(8).toString("hex"))]);
  const renew = async (): Promise<void> => {
    const until = Buffer.alloc(8);
    until.writeBigUInt64BE(BigInt(Math.floor(clock()) + holdMs));
    await index.commit(new Draft().put("meta", key, until));
  };
  await renew();
  let renewing = Promise.resolve();
  const timer = setInterval(() => {
    // One that fails is followed by three before the end.
    renewing = renewing.then(renew).catch(() => {});
  }, renewMs);
  return {
    async close(): Promise<void> {
      clearInterval(timer);
      await renewing;
      await index.commit(new Draft().delete("meta", key));
    },
  };
}

/** Whether anybody has hold of the trash. What has ended is removed. */
export async function isTrashHeld(index: Index, nowMs: number): Promise<boolean> {
  const snapshot = await index.snapshot();
  let rows;
  try {
    rows = await snapshot.range("meta", { start: prefix, end: afterPrefix(prefix), limit: 100 });
  } finally {
    snapshot.close();
  }
  const ended = rows.filter(({ value }) => Number(value.readBigUInt64BE()) <= nowMs);
  if (ended.length > 0) {
    const draft = new Draft();
    for (const { key, version } of ended) draft.check("meta", key, version).delete("meta", key);
    await index.commit(draft);
  }
  return ended.length < rows.length;
}

/** Whether a row of `meta` is such a hold. */
export function isTrashHold(key: Buffer): boolean {
  return key.subarray(0, prefix.length).equals(prefix);
}
