/** boto's Key: an object by its name, whether it exists or not. */

import type { Checksum } from "../s3/checksums.ts";
import { parseHttpDate } from "../s3/dates.ts";
import { checkNames } from "../s3/known-names.ts";
import type { ListedObject } from "../s3/documents/list-objects.ts";
import { createMd5 } from "#hash";
import { type Body, toSource } from "./bodies.ts";
import type { Bucket } from "./bucket.ts";
import { contentTypeOf } from "./content-type.ts";
import { S3ResponseError } from "./errors.ts";
import type { GenerateUrlOptions, Method } from "./connection.ts";
import type { CopySource, CustomerKeyInput, ObjectProperties } from "./inputs.ts";
import { KeyAccess, requireName } from "./key-access.ts";
import {
  type CopyKeyOptions,
  type GetFileOptions,
  type GetOptions,
  type PutOptions,
  copyOptionNames,
  encryptionOf,
  getFileOptionNames,
  getInput,
  getOptionNames,
  listenerOf,
  putOptionNames,
} from "./key-options.ts";
import { ObjectBody } from "./object-body.ts";
import { withFile } from "#platform";
import type { RequestOptions } from "./send.ts";
import type { ObjectInfo } from "./outputs.ts";
import type { S3Client } from "./s3-client.ts";
import type { Uploaded } from "./upload.ts";
import { User } from "./user.ts";

/** Content headers that boto keeps as properties, by the names that {@link Key.setMetadata} takes for them. */
const contentProperties = {
  "cache-control": "cacheControl",
  "content-disposition": "contentDisposition",
  "content-encoding": "contentEncoding",
  "content-language": "contentLanguage",
  "content-type": "contentType",
} as const;

/**
 * An object by its name.
 *
 * @example
 * const key = new Key(bucket, "this/whole/thing/is/a/key1");
 * await key.put("This is my text");
 * console.log(await key.text());
 */
export class Key extends KeyAccess {
  override readonly bucket: Bucket;
  /** What {@link put} will store and what the last answer said; names in lower case. */
  metadata: Record<string, string> = {};
  cacheControl: string | undefined;
  override contentType: string | undefined;
  contentEncoding: string | undefined;
  contentDisposition: string | undefined;
  contentLanguage: string | undefined;
  expires: string | undefined;
  /** Without quotes. */
  etag: string | undefined;
  lastModified: Date | undefined;
  owner: User | undefined;
  storageClass: string | undefined;
  /** Bytes. */
  override size: number | undefined;
  /** The version that this key stands for; undefined: whatever is current. */
  override versionId: string | undefined;
  deleteMarker = false;
  isLatest: boolean | undefined;
  checksum: Checksum | undefined;
  /** How it is encrypted on the server's disk, as {@link ObjectInfo.encryption}. */
  encrypted: ObjectInfo["encryption"];
  /** Whether it is on its way back from the archive; undefined where nobody asked for it. */
  ongoingRestore: boolean | undefined;
  /** Until when it is back from the archive. */
  expiryDate: Date | undefined;

  #name: string;
  /** Whether the fields tell of the object that is stored under the name. */
  #isDescribed = false;
  /** Whether something was set for the next {@link put} since. */
  #isChanged = false;

  constructor(bucket: Bucket, name = "") {
    super();
    this.bucket = bucket;
    this.#name = name;
  }

  /** The key itself. A new name is another object: what the fields told of the old one is forgotten. */
  override get name(): string {
    return this.#name;
  }

  override set name(name: string) {
    if (name === this.#name) return;
    if (this.#isDescribed && !this.#isChanged) Object.assign(this, new Key(this.bucket));
    this.#isDescribed = false;
    this.#name = name;
  }

  /** The name; boto has both. */
  get key(): string {
    return this.#name;
  }

  set key(name: string) {
    this.name = name;
  }

  get #client(): S3Client {
    return this.bucket.connection.client;
  }

  get #address(): { readonly bucket: string; readonly key: string } {
    return { bucket: this.bucket.name, key: requireName(this.#name) };
  }

  get #versioned(): CopySource {
    return { ...this.#address, versionId: this.versionId };
  }

  /** What is stored beside the bytes, but for the type and the metadata. */
  get #properties(): ObjectProperties {
    const { cacheControl, contentDisposition, contentEncoding, contentLanguage, expires } = this;
    return { cacheControl, contentDisposition, contentEncoding, contentLanguage, expires };
  }

  // ------------------------------------------------------------------------------------------------------- writing

  /**
   * Stores a body of any kind and size under the name, with the key's metadata and content headers.
   *
   * @param body Text, bytes, a Blob, a web or Node stream, an async iterable, or an open file.
   * @throws S3ResponseError PreconditionFailed with `replace: false` where the key exists.
   */
  async put(body: Body, options: PutOptions = {}): Promise<Uploaded> {
    checkNames("put()", options, putOptionNames);
    const { replace = true, policy, size, md5, metadata } = options;
    const { signal, partSizeBytes, concurrency, resume } = options;
    const blobType = body instanceof Blob && body.type !== "" ? body.type : undefined;
    const contentType = options.contentType ?? this.contentType ?? blobType ?? contentTypeOf(this.name);
    const merged = { ...this.metadata, ...lowerCased(metadata ?? {}) };
    const written = await this.#client.upload(
      {
        ...this.#address,
        body,
        contentLength: size,
        contentMd5: md5,
        ...this.#properties,
        contentType,
        metadata: merged,
        storageClass: options.storageClass ?? this.storageClass,
        acl: policy,
        encryption: encryptionOf(options),
        customerKey: options.customerKey,
        checksumAlgorithm: options.checksumAlgorithm,
        ifMatch: options.ifMatch,
        ifNoneMatch: replace ? options.ifNoneMatch : "*",
        headers: options.headers,
      },
      { signal, partSizeBytes, concurrency, resume, onProgress: listenerOf(options) },
    );
    this.metadata = merged;
    this.contentType = contentType;
    this.size = written.size;
    this.etag = written.etag;
    // The key is what stands under the name now, whatever version it was before.
    this.versionId = undefined;
    this.checksum = written.checksum;
    this.lastModified = undefined;
    this.#settle();
    return written;
  }

  /** As {@link put}. */
  async setContentsFromString(text: string | Uint8Array, options?: PutOptions): Promise<Uploaded> {
    return this.put(text, options);
  }

  /** As {@link put}, from an open file, read from its beginning. */
  async setContentsFromFile(file: Body, options?: PutOptions): Promise<Uploaded> {
    return this.put(file, options);
  }

  /** As {@link put}, from a file by its path; its content type is guessed by its name. */
  async setContentsFromFilename(path: string, options: PutOptions = {}): Promise<Uploaded> {
    const contentType = options.contentType ?? this.contentType ?? contentTypeOf(path);
    return withFile(path, (file) => this.put(file, { ...options, contentType }));
  }

  /** As {@link put}, from a stream, whose length need not be known. */
  async setContentsFromStream(stream: Body, options?: PutOptions): Promise<Uploaded> {
    return this.put(stream, options);
  }

  // ------------------------------------------------------------------------------------------------------- reading

  /** The object's bytes, fetched when they are read. */
  override contents(options: GetOptions = {}): ObjectBody {
    checkNames("contents()", options, getOptionNames);
    return new ObjectBody(() => this.#fetch(options));
  }

  async *#fetch(options: GetOptions): AsyncGenerator<Uint8Array> {
    const { body } = await this.#get(options);
    yield* body;
  }

  async #get(options: GetOptions): Promise<ObjectInfo & { readonly body: ObjectBody }> {
    const { signal } = options;
    const answer = await this.#client.getObject(
      { ...this.#versioned, ...getInput(options) },
      { signal, onProgress: listenerOf(options) },
    );
    this.#learn(answer);
    return answer;
  }

  /**
   * Writes the object into a file by its path, large ones by several ranges at once. The file gets the object's time. A
   * download that fails leaves what was there.
   */
  async getContentsToFilename(path: string, options: GetFileOptions = {}): Promise<void> {
    checkNames("getContentsToFilename()", options, getFileOptionNames);
    const { signal, partSizeBytes, concurrency, resume } = options;
    const input = { ...this.#versioned, ...getInput(options) };
    const onProgress = listenerOf(options);
    const file = { signal, partSizeBytes, concurrency, resume, onProgress, keepModified: true };
    this.#learn(await this.#client.downloadFile(input, path, file));
  }

  // ------------------------------------------------------------------------------------- what stands beside the bytes

  /** Sets metadata, or a content header such as `Content-Type`, for the next {@link put}. */
  setMetadata(name: string, value: string): void {
    this.#isChanged = true;
    const lower = name.toLowerCase();
    if (lower in contentProperties) this[contentProperties[lower as keyof typeof contentProperties]] = value;
    else this.metadata[lower] = value;
  }

  /** Metadata that was set here or came with the object; undefined where there is none of the name. */
  getMetadata(name: string): string | undefined {
    const lower = name.toLowerCase();
    if (lower in contentProperties) return this[contentProperties[lower as keyof typeof contentProperties]];
    return Object.hasOwn(this.metadata, lower) ? this.metadata[lower] : undefined;
  }

  updateMetadata(metadata: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(metadata)) this.setMetadata(name, value);
  }

  /** Asks the server for everything but the bytes. Throws S3ResponseError NoSuchKey. */
  override async refresh({ customerKey, ...options }: RequestOptions & CustomerKeyInput = {}): Promise<this> {
    this.#learn(await this.#client.headObject({ ...this.#versioned, customerKey }, options));
    return this;
  }

  /** Whether there is an object of this name. Throws for any other answer than yes and 404. */
  async exists(options?: RequestOptions & CustomerKeyInput): Promise<boolean> {
    try {
      await this.refresh(options);
      return true;
    } catch (error) {
      if (error instanceof S3ResponseError && error.status === 404) return false;
      throw error;
    }
  }

  async delete(options?: RequestOptions): Promise<void> {
    await this.#client.deleteObject(this.#versioned, options);
  }

  /**
   * Copies the object on the server, whatever its size.
   *
   * @returns The copy.
   */
  async copy(toBucket: string | Bucket, toName: string, options: CopyKeyOptions = {}): Promise<Key> {
    checkNames("copy()", options, copyOptionNames);
    const bucket =
      typeof toBucket === "string"
        ? await this.bucket.connection.getBucket(toBucket, { validate: false })
        : toBucket;
    const { metadata, preserveAcl, policy, signal } = options;
    const copy = new Key(bucket, toName);
    // REPLACE takes the content headers away with the metadata: they are sent again.
    const replaced = metadata !== undefined || options.contentType !== undefined;
    if (replaced && !this.#isDescribed)
      await this.refresh({ signal, customerKey: options.sourceCustomerKey });
    const { etag } = await this.#client.copy(
      {
        bucket: bucket.name,
        key: toName,
        copySource: this.#versioned,
        ...(replaced
          ? {
              metadataDirective: "REPLACE" as const,
              metadata: metadata ?? this.metadata,
              contentType: options.contentType ?? this.contentType,
              ...this.#properties,
            }
          : {}),
        storageClass: options.storageClass ?? this.storageClass,
        acl: policy,
        encryption: encryptionOf(options),
        customerKey: options.customerKey,
        copySourceCustomerKey: options.sourceCustomerKey,
      },
      { sizeBytes: this.size, preserveAcl, signal },
    );
    copy.etag = etag;
    copy.size = this.size;
    return copy;
  }

  /** The MD5 of a body, in hexadecimal and in base64 as {@link PutOptions.md5} takes it. */
  async computeMd5(body: Body): Promise<[hex: string, base64: string]> {
    const md5 = createMd5();
    for await (const chunk of (await toSource(body)).open()) md5.update(chunk);
    const digest = md5.digest();
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex, btoa(String.fromCharCode(...digest))];
  }

  /**
   * A URL with which anybody may do one thing to the object until it ends. Synchronous.
   *
   * @param expiresIn Seconds; at most 604,800, a week.
   */
  generateUrl(expiresIn: number, method: Method = "GET", options: GenerateUrlOptions = {}): string {
    const versionId = options.versionId ?? this.versionId;
    return this.bucket.connection.generateUrl(expiresIn, method, { ...options, ...this.#address, versionId });
  }

  // ------------------------------------------------------------------------------------------------------------ inside

  /** A key as a listing shows it. */
  static listed(bucket: Bucket, listed: ListedObject): Key {
    const key = new Key(bucket, listed.key);
    key.etag = listed.etag;
    key.size = listed.size;
    key.lastModified = new Date(listed.lastModifiedMs);
    key.storageClass = listed.storageClass;
    key.owner = listed.owner && User.from(listed.owner);
    return key;
  }

  #learn(info: ObjectInfo): void {
    this.metadata = info.metadata;
    this.cacheControl = info.cacheControl;
    this.contentType = info.contentType;
    this.contentEncoding = info.contentEncoding;
    this.contentDisposition = info.contentDisposition;
    this.contentLanguage = info.contentLanguage;
    this.expires = info.expires;
    this.etag = info.etag;
    this.lastModified = new Date(info.lastModifiedMs);
    this.storageClass = info.storageClass;
    this.size = info.size;
    this.deleteMarker = info.deleteMarker;
    this.checksum = info.checksum;
    this.encrypted = info.encryption;
    // ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"
    const restore = info.headers["x-amz-restore"];
    const ends = parseHttpDate(/expiry-date="([^"]+)"/.exec(restore ?? "")?.[1] ?? "");
    this.ongoingRestore = restore === undefined ? undefined : restore.includes('ongoing-request="true"');
    this.expiryDate = ends === null ? undefined : new Date(ends);
    this.#settle();
  }

  #settle(): void {
    this.#isDescribed = true;
    this.#isChanged = false;
  }
}

function lowerCased(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}
