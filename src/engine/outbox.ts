/** The messages that wait for their delivery, by webhook and in the order of the changes. */

import { Draft } from "./atomic.ts";
import { decodeMessage } from "./events.ts";
import type { Message } from "./events.ts";
import type { Entry } from "./index/index.ts";
import { afterPrefix, outboxKey, splitOutboxKey } from "./table-keys.ts";
import type { Engine } from "./types.ts";

export interface WaitingMessage extends Message {
  /** 32 hexadecimal digits: the same whenever the message is sent again. */
  readonly id: string;
  readonly rowKey: Buffer;
}

/** A webhook's oldest messages. */
export async function readOutbox(engine: Engine, webhook: string, limit: number): Promise<WaitingMessage[]> {
  const start = outboxKey(webhook);
  const rows = await range(engine, start, afterPrefix(start), limit);
  return rows.map(({ key, value }) => ({
    ...decodeMessage(value),
    id: splitOutboxKey(key).id.toString("hex"),
    rowKey: key,
  }));
}

export async function removeFromOutbox(
  engine: Engine,
  messages: readonly Pick<WaitingMessage, "rowKey">[],
): Promise<void> {
  if (messages.length === 0) return;
  const draft = new Draft();
  for (const { rowKey } of messages) draft.delete("outbox", rowKey);
  await engine.index.commit(draft);
}

/** Messages removed in one step, at most. */
const trimRows = 1000;

/**
 * Removes the oldest messages while there are more than may wait.
 *
 * @returns How many were removed.
 */
export async function trimOutbox(engine: Engine, most: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const excess = (await engine.index.count("outbox")) - most;
    if (excess <= 0) return removed;
    const webhook = await oldestWebhook(engine);
    if (webhook === null) return removed;
    const oldest = await readOutbox(engine, webhook, Math.min(excess, trimRows));
    await removeFromOutbox(engine, oldest);
    removed += oldest.length;
  }
}

/** The webhook whose first message has waited for the longest. */
async function oldestWebhook(engine: Engine): Promise<string | null> {
  let oldest: { webhook: string; id: Buffer } | null = null;
  let start: Buffer | undefined = Buffer.of(0);
  while (start !== undefined) {
    const [row] = await range(engine, start, undefined, 1);
    if (row === undefined) break;
    const found = splitOutboxKey(row.key);
    if (oldest === null || found.id.compare(oldest.id) < 0) oldest = found;
    start = afterPrefix(outboxKey(found.webhook));
  }
  return oldest?.webhook ?? null;
}

async function range(
  engine: Engine,
  start: Buffer,
  end: Buffer | undefined,
  limit: number,
): Promise<Entry[]> {
  const snapshot = await engine.index.snapshot();
  try {
    return await snapshot.range("outbox", { start, end, limit });
  } finally {
    snapshot.close();
  }
}
