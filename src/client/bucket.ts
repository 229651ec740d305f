/** boto's Bucket. */

import type { AccessControlPolicy, CannedAcl, Permission } from "../s3/acl.ts";
import { checkNames, type NamesOf } from "../s3/known-names.ts";
import { accessControlPolicyXml } from "../s3/documents/acl.ts";
import type { DeleteResult } from "../s3/documents/delete.ts";
import type { CompletedPart } from "../s3/documents/multipart.ts";
import { type ACL, type Grant, Policy } from "./acl.ts";
import { BucketConfiguration } from "./bucket-configuration.ts";
import {
  getAllVersions,
  listVersions,
  type ListVersionsOptions,
  type VersionEntry,
} from "./bucket-versions.ts";
import type { S3Connection, GenerateUrlOptions, Method } from "./connection.ts";
import { type DeleteMarker, Prefix, ResultSet } from "./listed.ts";
import type { DeleteTarget } from "./delete-many.ts";
import { S3ResponseError } from "./errors.ts";
import type { CreateMultipartUploadInput } from "./inputs.ts";
import { Key } from "./key.ts";
import { type CopyKeyOptions, copyOptionNames } from "./key-options.ts";
import { Listing } from "./listing.ts";
import { multipartRequests } from "./load-seldom.ts";
import { MultiPartUpload } from "./multipart-upload.ts";
import type { RequestOptions } from "./send.ts";
import type { S3Client } from "./s3-client.ts";

export interface GetKeyOptions extends RequestOptions {
  readonly versionId?: string | undefined;
  /** False: a Key without asking whether it exists. Default: true. */
  readonly validate?: boolean | undefined;
}

export interface ListOptions extends RequestOptions {
  readonly prefix?: string | undefined;
  /** Keys that have it after the prefix are shown as one {@link Prefix}. */
  readonly delimiter?: string | undefined;
  /** The listing begins after this key. */
  readonly marker?: string | undefined;
  /** Keys of one page, 1 to 1,000. Default: 1,000. */
  readonly maxKeys?: number | undefined;
}

interface AclOptions extends RequestOptions {
  readonly versionId?: string | undefined;
}

export interface RecursiveOptions extends RequestOptions {
  /** Every key of the bucket too, one request or two for each. Default: false. */
  readonly recursive?: boolean | undefined;
}

const recursiveNames: NamesOf<RecursiveOptions> = { recursive: 1, signal: 1 };

type Listed = Key | Prefix;

/**
 * A bucket by its name. Iterating it lists its keys.
 *
 * @example
 * const bucket = await conn.getBucket("mybucket");
 * for await (const key of bucket) console.log(key.name, key.size);
 */
export class Bucket extends BucketConfiguration implements AsyncIterable<Key> {
  readonly connection: S3Connection;
  readonly name: string;
  /** As a list of buckets tells it. */
  readonly creationDate: Date | undefined;

  constructor(connection: S3Connection, name: string, creationDate?: Date) {
    super();
    this.connection = connection;
    this.name = name;
    this.creationDate = creationDate;
  }

  get #client(): S3Client {
    return this.connection.client;
  }

  // ---------------------------------------------------------------------------------------------------------- keys

  /**
   * A key with what the server tells of it, or null where there is none.
   *
   * @throws S3ResponseError for any other answer than yes and 404.
   */
  async getKey(name: string, options: GetKeyOptions = {}): Promise<Key | null> {
    checkNames("getKey()", options, { versionId: 1, validate: 1, signal: 1 });
    const { versionId, validate = true, signal } = options;
    const key = this.newKey(name);
    key.versionId = versionId;
    if (!validate) return key;
    return (await key.exists({ signal })) ? key : null;
  }

  /** As {@link getKey}. */
  async lookup(name: string, options?: GetKeyOptions): Promise<Key | null> {
    return this.getKey(name, options);
  }

  /** A key that may not exist yet. Nothing is sent. */
  newKey(name = ""): Key {
    return new Key(this, name);
  }

  [Symbol.asyncIterator](): AsyncIterator<Key> {
    return this.list()[Symbol.asyncIterator]();
  }

  /**
   * The keys, page after page, in the order of their bytes. With a delimiter also the common prefixes, behind the keys of
   * their page.
   */
  list(options?: ListOptions & { readonly delimiter?: undefined }): Listing<Key[], Key>;
  list(options: ListOptions): Listing<Listed[], Listed>;
  list({ signal, marker, ...options }: ListOptions = {}): Listing<Listed[], Listed> {
    return new Listing(async (continuationToken) => {
      const page = await this.#client.listObjectsV2(
        { ...options, bucket: this.name, startAfter: marker, fetchOwner: true, continuationToken },
        { signal },
      );
      const entries = [
        ...page.objects.map((object) => Key.listed(this, object)),
        ...page.commonPrefixes.map((prefix) => new Prefix(this, prefix)),
      ];
      const next = page.isTruncated ? (page.nextContinuationToken ?? "") : undefined;
      return { page: entries, entries, next };
    });
  }

  /** One page of keys, and with a delimiter of prefixes. */
  async getAllKeys({ signal, ...options }: ListOptions = {}): Promise<ResultSet<Listed>> {
    const page = await this.#client.listObjects({ ...options, bucket: this.name }, { signal });
    const keys = page.objects.map((object) => Key.listed(this, object));
    const prefixes = page.commonPrefixes.map((prefix) => new Prefix(this, prefix));
    // Without a delimiter S3 does not name the next marker: it is the last key.
    const next = page.isTruncated ? (page.nextMarker ?? keys.at(-1)?.name) : undefined;
    return new ResultSet<Listed>([...keys, ...prefixes], { nextMarker: next });
  }

  /**
   * The versions of all keys, page after page: keys in the order of their bytes, of each the newest first. Where an object
   * was deleted stands a {@link DeleteMarker}.
   *
   * @example
   * for await (const version of bucket.listVersions({ prefix: "photos/" })) {
   *   console.log(version.name, version.versionId, version.isLatest, version.deleteMarker);
   * }
   */
  listVersions(
    options?: ListVersionsOptions & { readonly delimiter?: undefined },
  ): Listing<ResultSet<Key | DeleteMarker>, Key | DeleteMarker>;
  listVersions(options: ListVersionsOptions): Listing<ResultSet<VersionEntry>, VersionEntry>;
  listVersions(options: ListVersionsOptions = {}): Listing<ResultSet<VersionEntry>, VersionEntry> {
    return listVersions(this, options);
  }

  /** One page of versions. */
  async getAllVersions(options?: ListVersionsOptions): Promise<ResultSet<VersionEntry>> {
    return getAllVersions(this, options);
  }

  /** Deletes a key. That there was none is no error. */
  async deleteKey(
    name: string | Key | DeleteMarker,
    options: RequestOptions & { readonly versionId?: string | undefined } = {},
  ): Promise<void> {
    checkNames("deleteKey()", options, { signal: 1, versionId: 1 });
    const { signal } = options;
    const [key, versionId] = typeof name === "object" ? [name.name, name.versionId] : [name, undefined];
    await this.#client.deleteObject(
      { bucket: this.name, key, versionId: options.versionId ?? versionId },
      { signal },
    );
  }

  /**
   * Deletes any number of keys, a thousand at a time, while they are still being listed.
   *
   * @returns What was deleted, and what was not and why: it does not throw for a key that could not be deleted.
   * @example
   * const { errors } = await bucket.deleteKeys(bucket.list({ prefix: "tmp/" }));
   * @example
   * await bucket.deleteKeys([{ key: "a", versionId }]);
   */
  async deleteKeys(
    keys: Iterable<string | DeleteTarget> | AsyncIterable<string | DeleteTarget>,
    options?: RequestOptions,
  ): Promise<DeleteResult> {
    return this.#client.deleteMany(this.name, keys, options);
  }

  /** Copies a key of any bucket into this one, on the server. */
  async copyKey(
    newKeyName: string,
    sourceBucketName: string,
    sourceKeyName: string,
    options: CopyKeyOptions & { readonly sourceVersionId?: string | undefined } = {},
  ): Promise<Key> {
    checkNames("copyKey()", options, { ...copyOptionNames, sourceVersionId: 1 });
    const { sourceVersionId, ...rest } = options;
    const source = new Key(new Bucket(this.connection, sourceBucketName), sourceKeyName);
    source.versionId = sourceVersionId;
    return source.copy(this, newKeyName, rest);
  }

  // -------------------------------------------------------------------------------------------------------- access

  /**
   * Gives the bucket, or a key of it, a canned ACL or exactly the grants of a policy.
   *
   * @example
   * await bucket.setAcl("public-read");
   * await bucket.setAcl("public-read", "foobar");
   */
  async setAcl(
    acl: CannedAcl | Policy | AccessControlPolicy,
    keyName = "",
    options: AclOptions = {},
  ): Promise<void> {
    const subject = this.#aclSubject(keyName, options);
    const { signal } = options;
    if (typeof acl === "string") {
      await this.#client.putAclXml({ ...subject, acl }, undefined, { signal });
      return;
    }
    const xml = acl instanceof Policy ? acl.toXml() : accessControlPolicyXml(acl);
    await this.#client.putAclXml(subject, xml, { signal });
  }

  async setCannedAcl(acl: CannedAcl, keyName = "", options?: AclOptions): Promise<void> {
    await this.setAcl(acl, keyName, options);
  }

  /** Who has which rights to the bucket, or to a key of it. */
  async getAcl(keyName = "", options?: AclOptions): Promise<Policy> {
    return Policy.fromXml(await this.getXmlAcl(keyName, options));
  }

  async getXmlAcl(keyName = "", options: AclOptions = {}): Promise<string> {
    return this.#client.getAclXml(this.#aclSubject(keyName, options), { signal: options.signal });
  }

  async setXmlAcl(xml: string, keyName = "", options: AclOptions = {}): Promise<void> {
    await this.#client.putAclXml(this.#aclSubject(keyName, options), xml, { signal: options.signal });
  }

  #aclSubject(
    keyName: string,
    options: AclOptions,
  ): { readonly bucket: string; readonly key?: string; readonly versionId?: string | undefined } {
    checkNames("An ACL", options, { versionId: 1, signal: 1 });
    const { versionId } = options;
    return { bucket: this.name, ...(keyName === "" ? {} : { key: keyName, versionId }) };
  }

  /** Everybody may list the bucket, and with `recursive` read each of its keys. */
  async makePublic(options: RecursiveOptions = {}): Promise<void> {
    checkNames("makePublic()", options, recursiveNames);
    await this.setAcl("public-read", "", { signal: options.signal });
    await this.#eachKey(options, (key, signal) => key.makePublic({ signal }));
  }

  /** Adds a grant for a user by e-mail address. The bucket's other grants stay. */
  async addEmailGrant(
    permission: Permission,
    emailAddress: string,
    options: RecursiveOptions = {},
  ): Promise<void> {
    await this.#addGrant((acl) => acl.addEmailGrant(permission, emailAddress), options);
    await this.#eachKey(options, (key, signal) => key.addEmailGrant(permission, emailAddress, { signal }));
  }

  /** Adds a grant for a user by canonical id. The bucket's other grants stay. */
  async addUserGrant(permission: Permission, userId: string, options: RecursiveOptions = {}): Promise<void> {
    await this.#addGrant((acl) => acl.addUserGrant(permission, userId), options);
    await this.#eachKey(options, (key, signal) => key.addUserGrant(permission, userId, { signal }));
  }

  async #addGrant(add: (acl: ACL) => void, options: RecursiveOptions): Promise<void> {
    checkNames("A grant", options, recursiveNames);
    const { signal } = options;
    const policy = await this.getAcl("", { signal });
    add(policy.acl);
    await this.setAcl(policy, "", { signal });
  }

  async listGrants(options?: RequestOptions): Promise<Grant[]> {
    return (await this.getAcl("", options)).acl.grants;
  }

  /** Changes every key, where the options say so. */
  async #eachKey(
    { recursive, signal }: RecursiveOptions,
    change: (key: Key, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    if (recursive !== true) return;
    const { concurrency } = this.#client.core.settings;
    const { runParallel } = await import("./object-changes.ts");
    await runParallel(this.list({ signal }), { concurrency, signal }, change);
  }

  // ---------------------------------------------------------------------------------------------- multipart uploads

  /** Begins an upload in parts, to be done by hand; `key.put` does all of it by itself. */
  async initiateMultipartUpload(
    keyName: string,
    { signal, ...properties }: Omit<CreateMultipartUploadInput, "bucket" | "key"> & RequestOptions = {},
  ): Promise<MultiPartUpload> {
    const input = { ...properties, bucket: this.name, key: keyName };
    const begun = await (await multipartRequests()).beginUpload(this.#client.core, input, { signal });
    const { customerKey } = properties;
    return new MultiPartUpload(this, { key: keyName, ...begun }, { isNew: true, customerKey });
  }

  async completeMultipartUpload(
    keyName: string,
    uploadId: string,
    parts: readonly CompletedPart[],
    options?: RequestOptions,
  ): Promise<Key> {
    return new MultiPartUpload(this, { key: keyName, uploadId }).completeUpload({ ...options, parts });
  }

  async cancelMultipartUpload(keyName: string, uploadId: string, options?: RequestOptions): Promise<void> {
    await this.#client.abortMultipartUpload({ bucket: this.name, key: keyName, uploadId }, options);
  }

  /** The uploads under way. */
  listMultipartUploads(
    options: RequestOptions & { readonly prefix?: string | undefined } = {},
  ): Listing<ResultSet<MultiPartUpload>, MultiPartUpload> {
    return new Listing(async (next) => {
      // Two markers say where the next page begins: they travel as one text.
      const [keyMarker, uploadIdMarker] = next === undefined ? [] : (JSON.parse(next) as string[]);
      const page = await this.getAllMultipartUploads({ ...options, keyMarker, uploadIdMarker });
      const { isTruncated, nextMarker, nextUploadIdMarker } = page;
      const more = nextMarker === "" ? "" : JSON.stringify([nextMarker, nextUploadIdMarker]);
      return { page, entries: page, next: isTruncated ? more : undefined };
    });
  }

  /** One page of the uploads under way. */
  async getAllMultipartUploads({
    signal,
    ...options
  }: RequestOptions & {
    readonly prefix?: string | undefined;
    readonly keyMarker?: string | undefined;
    readonly uploadIdMarker?: string | undefined;
    readonly maxUploads?: number | undefined;
  } = {}): Promise<ResultSet<MultiPartUpload>> {
    const page = await this.#client.listMultipartUploads({ ...options, bucket: this.name }, { signal });
    const { nextKeyMarker: nextMarker, nextUploadIdMarker } = page;
    return new ResultSet(
      page.uploads.map((upload) => new MultiPartUpload(this, upload)),
      page.isTruncated ? { nextMarker, nextUploadIdMarker } : {},
    );
  }

  // ------------------------------------------------------------------------------------------------------ the rest

  /** Whether the bucket exists. Throws for any other answer than yes and 404. */
  async exists(options?: RequestOptions): Promise<boolean> {
    try {
      await this.#client.headBucket({ bucket: this.name }, options);
      return true;
    } catch (error) {
      if (error instanceof S3ResponseError && error.status === 404) return false;
      throw error;
    }
  }

  /** Deletes the bucket. Throws S3ResponseError BucketNotEmpty while something is in it. */
  async delete(options?: RequestOptions): Promise<void> {
    await this.#client.deleteBucket({ bucket: this.name }, options);
  }

  /**
   * A URL with which anybody may list the bucket, or do something else to it, until it ends. Synchronous.
   *
   * @param expiresIn Seconds; at most 604,800, a week.
   */
  generateUrl(expiresIn: number, method: Method = "GET", options: GenerateUrlOptions = {}): string {
    return this.connection.generateUrl(expiresIn, method, { ...options, bucket: this.name });
  }
}
