/** Files in a bucket of S3. django-storages' S3Storage. */

import type { S3Client } from "../../client/s3-client.ts";
import type { ContentSource } from "../content.ts";
import type { StorageFile } from "../file.ts";
import {
  type CallOptions,
  type FileStat,
  type OpenOptions,
  Storage,
  type StorageContext,
  type WriteOptions,
} from "../storage.ts";
import type { S3Options } from "./s3-options.ts";

/**
 * A storage in a bucket of S3. Nothing is sent, and no keys are looked for, before it is used.
 *
 * @throws ImproperlyConfigured for options that there are not, or that contradict each other.
 * @example
 * const media = s3({ bucketName: "mysite", location: "media" });
 */
export function s3(options?: S3Options, context?: StorageContext): S3Storage {
  return new S3Storage(options, context);
}

export class S3Storage extends Storage {
  /** Defaults of a class of one's own: under its options, over the environment. */
  static readonly defaults: S3Options = {};

  readonly options: S3Options;

  constructor(options: S3Options = {}, context?: StorageContext) {
    super(context);
    this.options = options;
  }

  /** The client that the storage uses: for direct uploads, copies and whatever else S3 can do. */
  get client(): S3Client {
    throw new Error("soon");
  }

  /** @throws ImproperlyConfigured where nothing names it. */
  get bucketName(): string {
    throw new Error("soon");
  }

  /** The key of a name: with the location before it. */
  keyOf(_name: string): string {
    throw new Error("soon");
  }

  protected override async write(_n: string, _c: ContentSource, _o: WriteOptions): Promise<string | null> {
    throw new Error("soon");
  }
  protected override async read(_name: string, _o: OpenOptions): Promise<StorageFile> {
    throw new Error("soon");
  }
  protected override async stat(_name: string, _o: CallOptions): Promise<FileStat | null> {
    throw new Error("soon");
  }
  protected override async list(_directory: string, _o: CallOptions): Promise<[string[], string[]]> {
    throw new Error("soon");
  }
  protected override async remove(_name: string, _o: CallOptions): Promise<void> {
    throw new Error("soon");
  }
}
