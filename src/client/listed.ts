/** What boto's listings show beside keys, and the pages that they come in. */

import type { Bucket } from "./bucket.ts";
import type { ListedVersion } from "../s3/documents/list-versions.ts";
import type { RequestOptions } from "./send.ts";
import { User } from "./user.ts";

/** A common prefix: what a listing with a delimiter shows for all the keys below it. It ends in the delimiter. */
export class Prefix {
  readonly bucket: Bucket;
  readonly name: string;

  constructor(bucket: Bucket, name: string) {
    this.bucket = bucket;
    this.name = name;
  }
}

/** What a listing of versions shows where an object was deleted: a version that says that the object was deleted, and has no bytes. */
export class DeleteMarker {
  readonly bucket: Bucket;
  readonly name: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly lastModified: Date;
  readonly owner: User | undefined;
  readonly deleteMarker = true;

  constructor(bucket: Bucket, listed: ListedVersion) {
    this.bucket = bucket;
    this.name = listed.key;
    this.versionId = listed.versionId;
    this.isLatest = listed.isLatest;
    this.lastModified = new Date(listed.lastModifiedMs);
    this.owner = listed.owner && User.from(listed.owner);
  }

  /** The name; boto has both. */
  get key(): string {
    return this.name;
  }

  /** Removes the marker. The version before it, should there be one, is current again. */
  async delete(options?: RequestOptions): Promise<void> {
    await this.bucket.deleteKey(this.name, { ...options, versionId: this.versionId });
  }
}

/** One page of something, as boto's `get_all_…` methods return it: a list that knows whether there is more. */
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
