/** Listings that run on: every entry of every page, with the next page fetched while one is read. */

import { S3DataError } from "./errors.ts";

/**
 * A page, what is in it, and what the next one begins after; without a `next` it is the last. An empty one: there is more, and the
 * server does not say where.
 */
export interface ListingPage<Page, Entry> {
  readonly page: Page;
  readonly entries: Iterable<Entry>;
  readonly next: string | undefined;
}

/** Gets a page; `next` is what the page before said, undefined for the first. */
export type PageSource<Page, Entry> = (next: string | undefined) => Promise<ListingPage<Page, Entry>>;

/**
 * A listing. It can be read several times; each begins anew.
 *
 * @example
 * for await (const key of bucket.list({ prefix: "photos/" })) console.log(key.name);
 * for await (const page of bucket.list().pages()) console.log(page.length);
 */
export class Listing<Page, Entry> implements AsyncIterable<Entry> {
  readonly #source: PageSource<Page, Entry>;

  constructor(source: PageSource<Page, Entry>) {
    this.#source = source;
  }

  /** Page by page, as the server cuts them. */
  async *pages(): AsyncGenerator<Page, void, undefined> {
    for await (const { page } of this.#pages()) yield page;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry, void, undefined> {
    for await (const { entries } of this.#pages()) yield* entries;
  }

  async *#pages(): AsyncGenerator<ListingPage<Page, Entry>, void, undefined> {
    let asked: string | undefined;
    let coming = this.#source(undefined);
    for (;;) {
      const current = await coming;
      // Taken for the last page, it would make a sync delete what is not on it; asked for again, it would come for ever.
      if (current.next === "" || (current.next !== undefined && current.next === asked)) throw endless();
      asked = current.next;
      if (current.next === undefined) {
        yield current;
        return;
      }
      coming = this.#source(current.next);
      // Whoever stops here never sees what becomes of it.
      coming.catch(() => {});
      yield current;
    }
  }

  /** All entries. */
  async toArray(): Promise<Entry[]> {
    const entries: Entry[] = [];
    for await (const entry of this) entries.push(entry);
    return entries;
  }
}

function endless(): S3DataError {
  const problem = "the server says that there is more, and not where";
  return new S3DataError(
    "MalformedAnswer",
    { operation: "A listing" },
    problem,
    "Is the endpoint an S3 server?",
  );
}
