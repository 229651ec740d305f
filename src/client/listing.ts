/** Listings that run on: every entry of every page, with the next page fetched while one is read. */

import type { ListedObject, ObjectListV2 } from "../s3/documents/list-objects.ts";
import type { ListObjectsV2Input } from "./inputs.ts";
import type { RequestOptions, S3Client } from "./s3-client.ts";

/** Gets a page; `next` is what the page before said, undefined for the first. Without a `next` it is the last. */
export type PageSource<Page> = (
  next: string | undefined,
) => Promise<{ readonly page: Page; readonly next: string | undefined }>;

/**
 * A listing. It can be read several times; each begins anew.
 *
 * @example
 * for await (const key of bucket.list({ prefix: "photos/" })) console.log(key.name);
 * for await (const page of bucket.list().pages()) console.log(page.length);
 */
export class Listing<Page, Entry> implements AsyncIterable<Entry> {
  readonly #source: PageSource<Page>;
  readonly #entries: (page: Page) => Iterable<Entry>;

  constructor(source: PageSource<Page>, entries: (page: Page) => Iterable<Entry>) {
    this.#source = source;
    this.#entries = entries;
  }

  /** Page by page, as the server cuts them. */
  async *pages(): AsyncGenerator<Page, void, undefined> {
    let coming = this.#source(undefined);
    for (;;) {
      const { page, next } = await coming;
      if (next === undefined) {
        yield page;
        return;
      }
      coming = this.#source(next);
      // Whoever stops here never sees what becomes of it.
      coming.catch(() => {});
      yield page;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry, void, undefined> {
    for await (const page of this.pages()) yield* this.#entries(page);
  }

  /** All entries. */
  async toArray(): Promise<Entry[]> {
    const entries: Entry[] = [];
    for await (const entry of this) entries.push(entry);
    return entries;
  }
}

/** Every object of a listing; its common prefixes stand in the pages. */
export function listObjects(
  client: S3Client,
  input: ListObjectsV2Input,
  options?: RequestOptions,
): Listing<ObjectListV2, ListedObject> {
  return new Listing(
    async (continuationToken) => {
      const page = await client.listObjectsV2({ ...input, continuationToken }, options);
      // A server that says "truncated" and no more would be asked for the same page for ever.
      return { page, next: page.isTruncated ? page.nextContinuationToken : undefined };
    },
    (page) => page.objects,
  );
}
