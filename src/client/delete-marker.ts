/** What a listing of versions shows where an object was deleted. */

import type { ListedVersion } from "../s3/documents/list-versions.ts";
import type { Bucket } from "./bucket.ts";
import type { RequestOptions } from "./send.ts";
import { User } from "./user.ts";

/** boto's DeleteMarker: a version that says that the object was deleted, and has no bytes. */
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
