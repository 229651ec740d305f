/** One page of something, as boto's `get_all_…` methods return it. */

/** A list that knows whether there is more. */
export class ResultSet<T> extends Array<T> {
  /** What is made of it by `map` or `filter` is a plain array. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  readonly isTruncated: boolean;
  /** What the next page begins after: its `marker` or `keyMarker`. Undefined on the last page. */
  readonly nextMarker: string | undefined;
  /** Of a page of uploads, the next page's `uploadIdMarker`. */
  readonly nextUploadIdMarker: string | undefined;
  /** Of a page of versions, the next page's `versionIdMarker`. */
  readonly nextVersionIdMarker: string | undefined;

  constructor(
    items: Iterable<T>,
    more: {
      readonly nextMarker?: string | undefined;
      readonly nextUploadIdMarker?: string | undefined;
      readonly nextVersionIdMarker?: string | undefined;
    } = {},
  ) {
    super();
    for (const item of items) this.push(item);
    this.isTruncated = more.nextMarker !== undefined;
    this.nextMarker = more.nextMarker;
    this.nextUploadIdMarker = more.nextUploadIdMarker;
    this.nextVersionIdMarker = more.nextVersionIdMarker;
  }
}
