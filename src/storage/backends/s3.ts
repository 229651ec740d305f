/** Files in a bucket of S3. django-storages' S3Storage. */

import type { PutObjectInput } from "../../client/inputs.ts";
import { S3Client } from "../../client/s3-client.ts";
import { compareKeys } from "../../s3/keys.ts";
import { contentTypeFor } from "../content-type.ts";
import type { ContentSource } from "../content.ts";
import { ImproperlyConfigured, StorageError } from "../errors.ts";
import type { StorageFile } from "../file.ts";
import { compressed } from "../gzip.ts";
import { normalizeName } from "../names.ts";
import type {
  CallOptions,
  FileStat,
  OpenOptions,
  StatOptions,
  StorageContext,
  UrlOptions,
  WriteOptions,
} from "../call-options.ts";
import { Storage } from "../storage.ts";
import { encodePath, withQuery } from "../urls.ts";
import { cloudFrontSigner } from "./cloudfront.ts";
import { makeBucket } from "./s3-bucket.ts";
import { clientOptions } from "./s3-client-options.ts";
import { ofStorage, storageErrorOf } from "./s3-errors.ts";
import { isNotFound, isTaken, openObject } from "./s3-file.ts";
import { Preloaded, type PreloadedObject } from "./s3-preloaded.ts";
import {
  type CloudFrontSigner,
  type ObjectParameters,
  readS3Options,
  type S3Options,
  type S3Settings,
} from "./s3-options.ts";

/** Content up to this size goes by one PUT. */
const singlePutBytes = 16 * 1024 * 1024;

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

/**
 * What {@link s3} makes; a storage of one's own can extend it, with defaults of its own.
 *
 * @example
 * class StaticStorage extends S3Storage {
 *   static override readonly defaults: S3Options = { location: "static", querystringAuth: false };
 * }
 */
export class S3Storage extends Storage {
  /** Defaults of a class of one's own: under the options, over the environment. */
  static readonly defaults: S3Options = {};

  /** Every option as it was decided. */
  readonly settings: S3Settings;
  readonly #location: string;
  readonly #signer: CloudFrontSigner | null;
  #client: S3Client | null = null;
  #bucketReady: Promise<void> | null = null;
  readonly #preloaded: Preloaded | null;

  constructor(options: S3Options = {}, context?: StorageContext) {
    super(context);
    this.settings = readS3Options(options, classDefaults(new.target), this.context.env);
    const { location, cloudfrontKey, cloudfrontKeyId, cloudfrontSigner } = this.settings;
    this.#location = normalizeName(location).replace(/\/$/, "");
    const hasKey = cloudfrontKey !== undefined && cloudfrontKeyId !== undefined;
    this.#signer =
      cloudfrontSigner === undefined && hasKey
        ? cloudFrontSigner(cloudfrontKeyId, cloudfrontKey)
        : (cloudfrontSigner ?? null);
    this.#preloaded = this.settings.preloadMetadata ? new Preloaded(() => this.#listAll()) : null;
  }

  /** The client that the storage uses: for direct uploads, copies and whatever else S3 can do. */
  get client(): S3Client {
    return (this.#client ??= new S3Client(clientOptions(this.settings, this.context)));
  }

  /** @throws ImproperlyConfigured where nothing names it. */
  get bucketName(): string {
    const { bucketName } = this.settings;
    if (bucketName !== undefined) return bucketName;
    throw new ImproperlyConfigured("s3() needs a bucket.", {
      fix: "Give bucketName, or set AWS_STORAGE_BUCKET_NAME.",
    });
  }

  /** The key of a name: with the location before it. */
  keyOf(name: string): string {
    const path = normalizeName(name);
    return this.#location === "" || path === "" ? this.#location + path : `${this.#location}/${path}`;
  }

  /**
   * What an object of this name is stored with beside its bytes, as the options say: for whoever stores it by
   * {@link client}.
   *
   * @example
   * await storage.client.putObject({ ...storage.objectOf("a.txt"), body: "a" });
   */
  objectOf(name: string): ObjectParameters & { readonly bucket: string; readonly key: string } {
    const { defaultAcl, reducedRedundancy, encryption } = this.settings;
    const parameters = this.#parametersOf(name);
    const encrypted = encryption ? { "x-amz-server-side-encryption": "AES256" } : {};
    return {
      acl: defaultAcl,
      storageClass: reducedRedundancy ? "REDUCED_REDUNDANCY" : undefined,
      ...parameters,
      headers: { ...encrypted, ...parameters.headers },
      bucket: this.bucketName,
      key: this.keyOf(name),
    };
  }

  override async close(): Promise<void> {
    await this.#client?.close();
  }

  protected override get overwrites(): boolean {
    return this.settings.fileOverwrite;
  }

  protected override async write(
    name: string,
    content: ContentSource,
    { overwrite, contentType, incremental = false, signal }: WriteOptions,
  ): Promise<string | null> {
    await this.#makeBucketReady();
    const object = await this.#objectInput(name, content, contentType);
    const { gzip, gzipContentTypes, maxMemorySize, fileBufferSize } = this.settings;
    const [type = ""] = object.contentType.split(";");
    const compress = gzip && object.contentEncoding === undefined && gzipContentTypes.includes(type.trim());
    // What is small is held, so that a second attempt under another name has it too.
    const most = content.size === undefined ? fileBufferSize : singlePutBytes;
    const limit = maxMemorySize === 0 ? most : Math.min(maxMemorySize, most);
    const small = !compress && (content.size ?? 0) <= limit && (!overwrite || content.size !== undefined);
    const head = small ? await content.head(limit) : null;
    const stored =
      head?.whole === true
        ? await this.#put({ ...object, body: head.bytes }, { overwrite, signal })
        : await this.#upload(
            compress
              ? { ...object, contentEncoding: "gzip", body: compressed(content) }
              : { ...object, contentLength: content.size, body: content },
            { overwrite, incremental, signal },
          );
    if (stored) await this.#preloaded?.noteWritten(object.key);
    return stored ? name : null;
  }

  protected override async read(name: string, options: OpenOptions): Promise<StorageFile> {
    return openObject(
      {
        client: this.client,
        bucket: this.bucketName,
        key: this.keyOf(name),
        name,
        headers: this.#readHeaders(name),
        decompress: this.settings.gzip,
      },
      options,
    );
  }

  protected override async stat(
    name: string,
    { signal, live = false }: StatOptions,
  ): Promise<FileStat | null> {
    const key = this.keyOf(name);
    const known = live || this.#preloaded === null ? undefined : await ofStorage(this.#preloaded.stat(key));
    if (known !== undefined) return known;
    try {
      const { size, lastModifiedMs } = await this.client.headObject(
        { bucket: this.bucketName, key, headers: this.#readHeaders(name) },
        { signal },
      );
      return { size, modifiedTime: new Date(lastModifiedMs) };
    } catch (error) {
      if (isNotFound(error)) return null;
      throw storageErrorOf(error);
    }
  }

  protected override async list(directory: string, options: CallOptions): Promise<[string[], string[]]> {
    await this.#makeBucketReady();
    return ofStorage(this.#listBelow(this.#prefixOf(directory), options));
  }

  protected override async hasContents(
    directory: string,
    { signal, live = false }: StatOptions,
  ): Promise<boolean> {
    await this.#makeBucketReady();
    const prefix = this.#prefixOf(directory);
    if (this.#preloaded !== null && !live) return ofStorage(this.#preloaded.hasPrefix(prefix));
    const { objects } = await ofStorage(
      this.client.listObjectsV2({ bucket: this.bucketName, prefix, maxKeys: 1 }, { signal }),
    );
    return objects.length > 0;
  }

  protected override async remove(name: string, { signal }: CallOptions): Promise<void> {
    const key = this.keyOf(name);
    await ofStorage(this.client.deleteObject({ bucket: this.bucketName, key }, { signal }));
    await this.#preloaded?.noteDeleted([key]);
  }

  protected override async removeDirectory(directory: string, { signal }: CallOptions): Promise<void> {
    await this.#makeBucketReady();
    const prefix = this.#prefixOf(directory);
    const listing = this.client.list({ bucket: this.bucketName, prefix }, { signal });
    const { deleted, errors } = await ofStorage(
      this.client.deleteMany(this.bucketName, keysOf(listing), { signal }),
    );
    await this.#preloaded?.noteDeleted(deleted.map(({ key }) => key));
    const [first] = errors;
    if (first === undefined) return;
    throw new StorageError(
      first.code,
      `${errors.length} of the files in ${JSON.stringify(directory)} could not be deleted,` +
        ` first of them ${JSON.stringify(first.key)}: ${first.message}`,
    );
  }

  protected override async urlOf(name: string, options: UrlOptions): Promise<string> {
    const { customDomain, urlProtocol, querystringAuth, querystringExpire } = this.settings;
    const { expiresSeconds = querystringExpire, method = "GET", query } = options;
    const key = this.keyOf(name);
    if (customDomain !== undefined) {
      const url = withQuery(`${urlProtocol}//${customDomain}/${encodePath(key)}`, query);
      if (!querystringAuth || this.#signer === null) return url;
      return this.#signer(url, new Date(this.context.clock() + expiresSeconds * 1000));
    }
    // Signing itself cannot wait for credentials.
    if (querystringAuth) await this.client.credentials();
    return this.client.presign({
      bucket: this.bucketName,
      key,
      method,
      expiresSeconds,
      query,
      unsigned: !querystringAuth,
    });
  }

  async #listBelow(prefix: string, { signal }: CallOptions): Promise<[string[], string[]]> {
    const directories: string[] = [];
    const files: string[] = [];
    const listing = this.client.list({ bucket: this.bucketName, prefix, delimiter: "/" }, { signal });
    for await (const page of listing.pages()) {
      for (const common of page.commonPrefixes) directories.push(common.slice(prefix.length, -1));
      for (const { key } of page.objects) files.push(key.slice(prefix.length));
    }
    return [sortNamed(directories), sortNamed(files)];
  }

  /** One request; false where the name is taken. */
  async #put(
    input: PutObjectInput,
    { overwrite, signal }: Pick<WriteOptions, "overwrite" | "signal">,
  ): Promise<boolean> {
    try {
      await this.client.putObject({ ...input, ifNoneMatch: overwrite ? undefined : "*" }, { signal });
      return true;
    } catch (error) {
      if (!overwrite && isTaken(error)) return false;
      throw storageErrorOf(error);
    }
  }

  /**
   * As many requests as it takes. Where nothing may be overwritten, an empty object takes the name first: only at the
   * end of all parts would S3 say that it is taken, and a stream cannot be sent twice.
   */
  async #upload(
    input: PutObjectInput,
    { overwrite, incremental, signal }: Pick<WriteOptions, "overwrite" | "incremental" | "signal">,
  ): Promise<boolean> {
    const { body: _, contentLength: _length, ...empty } = input;
    if (!overwrite && !(await this.#put({ ...empty, body: "" }, { overwrite, signal }))) return false;
    try {
      const buffered = input.contentLength === undefined;
      await this.client.upload(input, { signal, ...this.#transfer({ incremental, buffered }) });
      return true;
    } catch (error) {
      if (!overwrite) await this.#giveUp(input).catch(() => {});
      throw storageErrorOf(error);
    }
  }

  /** Removes the object that took a name, unless somebody has written a file there meanwhile. */
  async #giveUp({ bucket, key, headers = {} }: PutObjectInput): Promise<void> {
    // Without the caller's signal: it may be what has ended the upload.
    const { size } = await this.client.headObject({ bucket, key, headers: readHeaders(headers) });
    if (size === 0) await this.client.deleteObject({ bucket, key });
  }

  /**
   * Sizes of an upload, within the memory that it may take. Parts of a stream of unknown length are held until they are
   * sent: those of many uploads at once must fit.
   */
  #transfer({ incremental = false, buffered }: { incremental?: boolean | undefined; buffered: boolean }): {
    partSizeBytes: number;
    concurrency: number;
  } {
    const { fileBufferSize, maxMemorySize, transferConfig = {} } = this.settings;
    const { settings } = this.client.core;
    const usual = buffered ? fileBufferSize : settings.partSizeBytes;
    const partSizeBytes = incremental ? fileBufferSize : (transferConfig.partSizeBytes ?? usual);
    const { concurrency = buffered ? Math.min(settings.concurrency, 3) : settings.concurrency } =
      transferConfig;
    if (maxMemorySize === 0) return { partSizeBytes, concurrency };
    const fitting = Math.max(1, Math.floor(maxMemorySize / partSizeBytes));
    return { partSizeBytes, concurrency: Math.min(concurrency, fitting) };
  }

  /** Everything about an object but its bytes. */
  async #objectInput(
    name: string,
    content: ContentSource,
    contentType: string | undefined,
  ): Promise<Omit<PutObjectInput, "body"> & { readonly contentType: string }> {
    const object = this.objectOf(name);
    return {
      ...object,
      contentType: await contentTypeFor(name, content, contentType, object.contentType),
    };
  }

  #parametersOf(name: string): ObjectParameters {
    const { objectParameters } = this.settings;
    return typeof objectParameters === "function" ? objectParameters(name) : objectParameters;
  }

  #readHeaders(name: string): Record<string, string> {
    return readHeaders(this.#parametersOf(name).headers ?? {});
  }

  #prefixOf(directory: string): string {
    const key = this.keyOf(directory);
    return key === "" ? "" : `${key}/`;
  }

  async #makeBucketReady(): Promise<void> {
    if (!this.settings.autoCreateBucket) return;
    const { client, bucketName } = this;
    this.#bucketReady ??= makeBucket(client, { bucketName, bucketAcl: this.settings.bucketAcl });
    try {
      await this.#bucketReady;
    } catch (error) {
      this.#bucketReady = null;
      throw storageErrorOf(error);
    }
  }

  async *#listAll(): AsyncGenerator<PreloadedObject> {
    await this.#makeBucketReady();
    yield* this.client.list({ bucket: this.bucketName, prefix: this.#prefixOf("") });
  }
}

/** The headers without which S3 does not give an object: the customer's key that it is encrypted with, who pays. */
function readHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const needed = /^x-amz-(server-side-encryption-customer-|request-payer$|expected-bucket-owner$)/i;
  return Object.fromEntries(Object.entries(headers).filter(([header]) => needed.test(header)));
}

/** An object whose key is the prefix itself only marks the directory; `a//b` makes a directory without a name. */
function sortNamed(names: readonly string[]): string[] {
  return names.filter((name) => name !== "").sort(compareKeys);
}

async function* keysOf(objects: AsyncIterable<{ readonly key: string }>): AsyncGenerator<string> {
  for await (const { key } of objects) yield key;
}

/** The defaults of a class over those of its parents. */
function classDefaults(storageClass: typeof S3Storage): S3Options {
  const parent = Object.getPrototypeOf(storageClass) as typeof S3Storage;
  const own = Object.hasOwn(storageClass, "defaults") ? storageClass.defaults : {};
  return storageClass === S3Storage ? own : { ...classDefaults(parent), ...own };
}
