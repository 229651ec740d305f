/** What a listing with a delimiter shows for all the keys below it. */

import type { Bucket } from "./bucket.ts";

/** A common prefix. It ends in the delimiter. */
export class Prefix {
  readonly bucket: Bucket;
  readonly name: string;

  constructor(bucket: Bucket, name: string) {
    this.bucket = bucket;
    this.name = name;
  }
}
