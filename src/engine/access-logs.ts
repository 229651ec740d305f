/** Lines of server access logs that wait to be delivered as objects. */

import type { BucketLogging } from "../s3/logging.ts";
import { Draft } from "./atomic.ts";
import { idTimeMs } from "./ids.ts";
import { decodeJson, encodeJson } from "./records/json.ts";
import { afterPrefix, bucketPrefix, logRowKey } from "./table-keys.ts";
import type { Bucket, Engine } from "./types.ts";

/** What is stored with lines: enough to deliver them when the bucket is gone or logged otherwise. */
interface LogRecord {
  readonly source: { readonly name: string; readonly ownerId: string; readonly region: string };
  readonly logging: BucketLogging;
  readonly lines: string;
}

/** Lines of one source that go to one place. */
export interface WaitingLogs extends LogRecord {
  readonly rowKeys: readonly Buffer[];
  /** When the first of them was stored. */
  readonly sinceMs: number;
}

/**
 * Stores lines of a logged bucket.
 *
 * @throws S3Error InsufficientStorage
 */
export async function storeLogLines(engine: Engine, bucket: Bucket, lines: string): Promise<void> {
  const { logging, name, owner, region } = bucket;
  if (logging === undefined) return;
  engine.takeRoom(lines.length, "index");
  const record: LogRecord = { source: { name, ownerId: owner.id, region }, logging, lines };
  const key = logRowKey(bucketPrefix(bucket.id), engine.ids.next());
  await engine.index.commit(new Draft().put("logs", key, encodeJson(record)));
}

/** Rows that are read together, and characters that make an object. */
const batchRows = 200;
const mostCharacters = 16 * 1024 * 1024;

/** The oldest lines that wait, source by source. What was delivered must be removed before the next is asked for. */
export async function* readWaitingLogs(engine: Engine): AsyncIterable<WaitingLogs> {
  let start: Buffer = Buffer.of(0);
  for (;;) {
    const snapshot = await engine.index.snapshot();
    let rows;
    try {
      const [first] = await snapshot.range("logs", { start, limit: 1 });
      if (first === undefined) return;
      const source = first.key.subarray(0, bucketPrefixBytes);
      rows = await snapshot.range("logs", { start: first.key, end: afterPrefix(source), limit: batchRows });
    } finally {
      snapshot.close();
    }
    let waiting: WaitingLogs | undefined;
    let characters = 0;
    for (const row of rows) {
      const record = decodeJson(row.value, "access log") as LogRecord;
      if (waiting !== undefined && (!goesWith(waiting, record) || characters > mostCharacters)) break;
      characters += record.lines.length;
      waiting = {
        ...record,
        lines: (waiting?.lines ?? "") + record.lines,
        rowKeys: [...(waiting?.rowKeys ?? []), row.key],
        sinceMs: waiting?.sinceMs ?? idTimeMs(row.key.subarray(bucketPrefixBytes)),
      };
    }
    if (waiting === undefined) return;
    yield waiting;
    start = Buffer.concat([waiting.rowKeys.at(-1) as Buffer, Buffer.of(0)]);
  }
}

export async function removeLogs(engine: Engine, { rowKeys }: WaitingLogs): Promise<void> {
  const draft = new Draft();
  for (const key of rowKeys) draft.delete("logs", key);
  await engine.index.commit(draft);
}

const bucketPrefixBytes = 4;

function goesWith(waiting: LogRecord, next: LogRecord): boolean {
  return JSON.stringify(waiting.logging) === JSON.stringify(next.logging);
}
