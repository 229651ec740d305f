/** A bucket as the destination of static files: one listing tells names, sizes and checksums of all of them. */

import type { S3Storage } from "../storage/backends/s3.ts";
import { makeBucket } from "../storage/backends/s3-bucket.ts";
import { contentTypeOfName, defaultContentType } from "../storage/content-type.ts";
import { StorageError } from "../storage/errors.ts";
import { compressed } from "../storage/gzip.ts";
import { S3Error } from "../s3/errors.ts";
import { md5Hex } from "../s3/hash.ts";
import { type Loaded, loadedBytes, wholeOf } from "./load.ts";
import type { Listed, PutOptions, StaticTarget } from "./target.ts";

export class S3Target implements StaticTarget {
  readonly location = null;
  readonly #storage: S3Storage;
  #bucketReady: Promise<void> | null = null;

  constructor(storage: S3Storage) {
    this.#storage = storage;
  }

  async isEmpty(): Promise<boolean> {
    const { client, bucketName: bucket } = this.#storage;
    const page = await this.#orNull(client.listObjectsV2({ bucket, prefix: this.#prefix, maxKeys: 1 }));
    return page === null || page.objects.length === 0;
  }

  async list(): Promise<Map<string, Listed>> {
    const all = new Map<string, Listed>();
    await this.#orNull(this.#listInto(all));
    return all;
  }

  async holds(name: string, { size, md5: listed }: Listed, content: Loaded, md5: string): Promise<boolean> {
    if (listed === md5) return size === content.size;
    if (!(await this.#isCompressed(name))) return false;
    return listed === md5Hex((await compress(content)).bytes ?? "");
  }

  async mayHold(name: string, { size }: Listed, content: Loaded): Promise<boolean> {
    return size === content.size || this.#isCompressed(name);
  }

  /** One request whatever the size: only then is the ETag the MD5 that the next run looks for. */
  async put(name: string, content: Loaded, options: PutOptions): Promise<void> {
    await this.#makeBucketReady();
    const { contentEncoding, cacheControl, signal } = options;
    const object = this.#storage.objectOf(name);
    const compresses = contentEncoding === undefined && (await this.#isCompressed(name));
    const stored = compresses ? await compress(content) : content;
    await this.#storage.client.putObject(
      {
        ...object,
        contentType: options.contentType ?? object.contentType ?? (await typeOf(name)),
        contentEncoding: compresses ? "gzip" : (contentEncoding ?? object.contentEncoding),
        cacheControl: cacheControl ?? object.cacheControl,
        body: stored.bytes ?? stored.chunks(),
        contentLength: stored.size,
      },
      { signal },
    );
  }

  async link(): Promise<void> {
    throw new TypeError("A bucket has no symbolic links.");
  }

  async remove(names: readonly string[]): Promise<void> {
    const { client, bucketName } = this.#storage;
    const { errors } = await client.deleteMany(
      bucketName,
      names.map((name) => this.#storage.keyOf(name)),
    );
    const [first] = errors;
    if (first !== undefined) {
      throw new StorageError(
        first.code,
        `${errors.length} static files could not be deleted, first of them ${JSON.stringify(first.key)}: ${first.message}`,
      );
    }
  }

  /** The storage's own option `gzip`, as django-storages has it: for those who have no variants. */
  async #isCompressed(name: string): Promise<boolean> {
    const { gzip, gzipContentTypes } = this.#storage.settings;
    return gzip && gzipContentTypes.includes(await typeOf(name));
  }

  get #prefix(): string {
    return this.#storage.keyOf("x").slice(0, -1);
  }

  async #listInto(all: Map<string, Listed>): Promise<void> {
    const { client, bucketName: bucket } = this.#storage;
    const prefix = this.#prefix;
    for await (const { key, size, etag } of client.list({ bucket, prefix })) {
      // A key that ends with a slash only marks a directory.
      if (!key.endsWith("/")) all.set(key.slice(prefix.length), { size, md5: etag });
    }
  }

  /** Null for a bucket that is only made with the first file. */
  async #orNull<T>(promise: Promise<T>): Promise<T | null> {
    try {
      return await promise;
    } catch (error) {
      const isMissing = error instanceof S3Error && error.code === "NoSuchBucket";
      if (isMissing && this.#storage.settings.autoCreateBucket) return null;
      throw error;
    }
  }

  async #makeBucketReady(): Promise<void> {
    const { client, bucketName, settings } = this.#storage;
    if (!settings.autoCreateBucket) return;
    this.#bucketReady ??= makeBucket(client, { bucketName, bucketAcl: settings.bucketAcl });
    await this.#bucketReady;
  }
}

async function typeOf(name: string): Promise<string> {
  return (await contentTypeOfName(name)) ?? defaultContentType;
}

async function compress(content: Loaded): Promise<Loaded> {
  const source = loadedBytes(await wholeOf(content));
  const pieces: Uint8Array[] = [];
  for await (const piece of compressed(source.chunks())) pieces.push(piece);
  return loadedBytes(Buffer.concat(pieces));
}
