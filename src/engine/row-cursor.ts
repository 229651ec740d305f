import type { Entry, Snapshot, Table } from "./index/index.ts";
import { afterKey } from "./table-keys.ts";

const leastBatchRows = 1;
const mostBatchRows = 1000;

/** Rows of a table in order, read in batches: smaller ones where the reader jumps, larger ones where it walks. */
export class RowCursor {
  readonly #snapshot: Snapshot;
  readonly #table: Table;
  readonly #end: Buffer | undefined;
  #from: Buffer;
  #batchRows: number;
  #rows: readonly Entry[] = [];
  #at = 0;
  #isOver: boolean;

  constructor(
    snapshot: Snapshot,
    table: Table,
    options: { readonly start: Buffer; readonly end: Buffer | undefined; readonly expectedRows: number },
  ) {
    this.#snapshot = snapshot;
    this.#table = table;
    this.#from = options.start;
    this.#end = options.end;
    this.#batchRows = clamp(options.expectedRows);
    this.#isOver = this.#end !== undefined && this.#from.compare(this.#end) >= 0;
  }

  /** The row that it stands at; undefined past the last. */
  async peek(): Promise<Entry | undefined> {
    if (this.#at >= this.#rows.length && !this.#isOver) await this.#read();
    return this.#rows[this.#at];
  }

  next(): void {
    this.#at++;
  }

  /** Goes forward to the first row whose key is not below `key`. */
  seek(key: Buffer): void {
    while (this.#at < this.#rows.length && (this.#rows[this.#at] as Entry).key.compare(key) < 0) this.#at++;
    if (this.#at < this.#rows.length || this.#from.compare(key) >= 0) return;
    this.#from = key;
    this.#isOver ||= this.#end !== undefined && key.compare(this.#end) >= 0;
    // `read` doubles it, so what is asked for next is half of what was asked for last.
    this.#batchRows = clamp(this.#batchRows >> 2);
  }

  async #read(): Promise<void> {
    const limit = this.#batchRows;
    this.#rows = await this.#snapshot.range(this.#table, { start: this.#from, end: this.#end, limit });
    this.#at = 0;
    const last = this.#rows.at(-1);
    if (last === undefined || this.#rows.length < limit) this.#isOver = true;
    else this.#from = afterKey(last.key);
    this.#batchRows = clamp(limit * 2);
  }
}

function clamp(rows: number): number {
  return Math.max(leastBatchRows, Math.min(rows, mostBatchRows));
}
