/** boto's S3Connection: where everything begins. */

import type { CannedAcl } from "../s3/acl.ts";
import { checkNames, type NamesOf } from "../s3/known-names.ts";
import type { PresignSubject, PresignOptions } from "./presign.ts";
import { type PostCondition, buildPostPolicy } from "../s3/build-post-policy.ts";
import { Bucket } from "./bucket.ts";
import { serverDate, placeOf, regionOf } from "./core.ts";
import { CredentialsError, S3ResponseError } from "./errors.ts";
import type { RawAnswer, RawRequest } from "./request.ts";
import type { RequestOptions } from "./send.ts";
import { S3Client } from "./s3-client.ts";
import type { S3ClientOptions } from "./settings.ts";
import type { Operation } from "../s3/operations.ts";

/** boto's calling formats, as values of the option `addressing`. */
export const SubdomainCallingFormat = "virtual";
/** `addressing`: the bucket is the whole host name. */
export const VHostCallingFormat = "cname";
/** `addressing`: the bucket is the first part of the path. */
export const OrdinaryCallingFormat = "path";
/** The same: what boto had for addresses without a scheme. */
export const ProtocolIndependentOrdinaryCallingFormat = "path";

export interface GetBucketOptions extends RequestOptions {
  /** False: a Bucket without asking whether it exists. Default: true. */
  readonly validate?: boolean | undefined;
}

export interface CreateBucketOptions extends RequestOptions {
  /** The region. Default: the connection's. */
  readonly location?: string | undefined;
  /** A canned ACL. */
  readonly policy?: CannedAcl | undefined;
}

export type Method = Operation["method"];

export interface GenerateUrlOptions {
  /** Headers that whoever uses the URL must send. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** False: the plain URL, without a signature. Default: true. */
  readonly queryAuth?: boolean | undefined;
  /** Headers that the answer is to have, such as `{ "response-content-type": "text/plain" }`; the prefix may be left out. */
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly versionId?: string | undefined;
  /** Further parameters, or a subresource such as `{ acl: "" }`. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** `expiresIn` is a time, in seconds since the epoch, and no duration. Default: false. */
  readonly expiresInAbsolute?: boolean | undefined;
}

const generateUrlNames: NamesOf<GenerateUrlOptions & PresignSubject> = {
  bucket: 1,
  key: 1,
  headers: 1,
  queryAuth: 1,
  responseHeaders: 1,
  versionId: 1,
  query: 1,
  expiresInAbsolute: 1,
};

export interface PostFormOptions {
  /** Seconds. Default: 6,000. */
  readonly expiresIn?: number | undefined;
  readonly acl?: CannedAcl | undefined;
  /** Where the browser goes after the upload. */
  readonly successActionRedirect?: string | undefined;
  /** 200, 201 or 204. */
  readonly successActionStatus?: 200 | 201 | 204 | undefined;
  /** The largest file in bytes. */
  readonly maxContentLength?: number | undefined;
  readonly minContentLength?: number | undefined;
  readonly storageClass?: string | undefined;
  /** Further fields, each of which must come back exactly as it is. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** Further conditions, such as `["starts-with", "$Content-Type", "image/"]`. */
  readonly conditions?: readonly PostCondition[] | undefined;
}

const postFormNames: NamesOf<PostFormOptions> = {
  expiresIn: 1,
  acl: 1,
  successActionRedirect: 1,
  successActionStatus: 1,
  maxContentLength: 1,
  minContentLength: 1,
  storageClass: 1,
  fields: 1,
  conditions: 1,
};

/** A form that uploads one file: send it to `action` as multipart/form-data, with the field `file` behind the others. */
export interface PostForm {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/**
 * A connection to one S3 server. Iterating it lists the buckets.
 *
 * @example
 * const conn = new S3Connection("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
 * const open = new S3Connection({ anon: true });
 * const local = new S3Connection(id, secret, { endpoint: "http://127.0.0.1:9000" });
 */
export class S3Connection implements AsyncIterable<Bucket> {
  /** The layer below: one method for each operation of S3. */
  readonly client: S3Client;

  constructor(options?: S3ClientOptions);
  constructor(accessKeyId: string, secretAccessKey: string, options?: S3ClientOptions);
  constructor(
    keyOrOptions: string | S3ClientOptions = {},
    secretAccessKey = "",
    options: S3ClientOptions = {},
  ) {
    this.client = new S3Client(
      typeof keyOrOptions === "string"
        ? { ...options, credentials: { accessKeyId: keyOrOptions, secretAccessKey } }
        : keyOrOptions,
    );
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Bucket, void, undefined> {
    yield* await this.getAllBuckets();
  }

  /** The user's buckets, sorted by name. */
  async getAllBuckets(options?: RequestOptions): Promise<Bucket[]> {
    const buckets: Bucket[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await this.client.listBuckets({ continuationToken }, options);
      for (const { name, createdAtMs } of page.buckets)
        buckets.push(new Bucket(this, name, new Date(createdAtMs)));
      ({ continuationToken } = page);
    } while (continuationToken !== undefined);
    return buckets.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The canonical id of the user whose keys these are. */
  async getCanonicalUserId(options?: RequestOptions): Promise<string> {
    return (await this.client.listBuckets({}, options)).owner.id;
  }

  /** A bucket that exists. Throws S3ResponseError NoSuchBucket where it does not, AccessDenied where it is not yours. */
  async getBucket(name: string, options: GetBucketOptions = {}): Promise<Bucket> {
    checkNames("getBucket()", options, { validate: 1, signal: 1 });
    const { validate = true, signal } = options;
    return validate ? this.headBucket(name, { signal }) : new Bucket(this, name);
  }

  /** As {@link getBucket} with validation. */
  async headBucket(name: string, options?: RequestOptions): Promise<Bucket> {
    await this.client.headBucket({ bucket: name }, options);
    return new Bucket(this, name);
  }

  /** A bucket, or null where there is none. Throws for any other answer than yes and 404. */
  async lookup(name: string, options?: RequestOptions): Promise<Bucket | null> {
    try {
      return await this.headBucket(name, options);
    } catch (error) {
      if (error instanceof S3ResponseError && error.status === 404) return null;
      throw error;
    }
  }

  /** Whether there is a bucket of this name that may be listed. */
  async hasBucket(name: string, options?: RequestOptions): Promise<boolean> {
    return (await this.lookup(name, options)) !== null;
  }

  /** Throws S3CreateError where the name is taken. */
  async createBucket(name: string, options: CreateBucketOptions = {}): Promise<Bucket> {
    checkNames("createBucket()", options, { location: 1, policy: 1, signal: 1 });
    const { location, policy, signal } = options;
    await this.client.createBucket({ bucket: name, locationConstraint: location, acl: policy }, { signal });
    return new Bucket(this, name);
  }

  /** Throws S3ResponseError BucketNotEmpty while something is in it. */
  async deleteBucket(bucket: string | Bucket, options?: RequestOptions): Promise<void> {
    await this.client.deleteBucket({ bucket: typeof bucket === "string" ? bucket : bucket.name }, options);
  }

  /**
   * A URL with which anybody may make one request until it ends. Synchronous.
   *
   * @param expiresIn Seconds; at most 604,800, a week.
   * @throws CredentialsError where the credentials come from somewhere that must be waited for: `await
   *   conn.client.credentials()` once before.
   * @example
   * conn.generateUrl(3600, "GET", { bucket: "mybucket", key: "photo.jpg" });
   */
  generateUrl(expiresIn: number, method: Method, options: GenerateUrlOptions & PresignSubject = {}): string {
    checkNames("generateUrl()", options, generateUrlNames);
    const { core } = this.client;
    const { headers, queryAuth, responseHeaders, versionId, query, expiresInAbsolute, ...subject } = options;
    const url = { headers, responseHeaders, versionId, query, expiresInAbsolute };
    const input = presignInput(expiresIn, method, url, serverDate(core).getTime());
    return this.client.presign({ ...input, ...subject, unsigned: queryAuth === false });
  }

  /** A policy document as boto writes it, unsigned. `conditions` are conditions of S3's form. */
  buildPostPolicy(expiration: Date, conditions: readonly PostCondition[]): string {
    return JSON.stringify({ expiration: expiration.toISOString(), conditions });
  }

  /**
   * A form with which anybody may upload one file until it ends, signed with version 4. Synchronous.
   *
   * @param key May end in `${filename}`, which becomes the name of the file that is uploaded.
   * @throws CredentialsError as {@link generateUrl} does, and for an anonymous connection.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
   */
  buildPostFormArgs(bucketName: string, key: string, options: PostFormOptions = {}): PostForm {
    checkNames("buildPostFormArgs()", options, postFormNames);
    const { core } = this.client;
    const credentials = core.credentials?.peek() ?? null;
    if (credentials === null) {
      throw new CredentialsError(
        `Cannot sign a form for bucket "${bucketName}": no credentials are at hand`,
        "Give keys, or call await conn.client.credentials() once before.",
      );
    }
    const { expiresIn = 6000, maxContentLength, minContentLength = 0 } = options;
    const fields: Record<string, string> = { ...options.fields };
    const optional = {
      acl: options.acl,
      success_action_redirect: options.successActionRedirect,
      success_action_status: options.successActionStatus,
      "x-amz-storage-class": options.storageClass,
    };
    for (const [name, value] of Object.entries(optional))
      if (value !== undefined) fields[name] = String(value);
    const signed = buildPostPolicy({
      credentials,
      region: regionOf(core, bucketName),
      bucket: bucketName,
      key,
      date: serverDate(core),
      expiresSeconds: expiresIn,
      fields,
      ...(options.conditions === undefined ? {} : { conditions: options.conditions }),
      ...(maxContentLength === undefined
        ? {}
        : { contentLengthRange: [minContentLength, maxContentLength] as const }),
    });
    const { origin, path } = placeOf(core, { bucket: bucketName });
    return {
      action: origin + path,
      fields: Object.entries({ key, ...signed }).map(([name, value]) => ({ name, value })),
    };
  }

  /** Any request, signed and repeated like the others: the way out to what has no method here. */
  async request(input: RawRequest, options?: RequestOptions): Promise<RawAnswer> {
    return this.client.request(input, options);
  }

  /** Waits for requests under way, then closes the connections. */
  async close(): Promise<void> {
    await this.client.close();
  }

  /** Closes the connections at once. */
  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Throws RangeError for an absolute time that has passed. */
function presignInput(
  expiresIn: number,
  method: Method,
  options: GenerateUrlOptions,
  nowMs: number,
): PresignOptions {
  const expiresSeconds =
    options.expiresInAbsolute === true ? Math.round(expiresIn - nowMs / 1000) : expiresIn;
  const response = Object.entries(options.responseHeaders ?? {}).map(([name, value]) => [
    name.startsWith("response-") ? name : `response-${name.toLowerCase()}`,
    value,
  ]);
  return {
    method,
    expiresSeconds,
    versionId: options.versionId,
    headers: options.headers,
    query: { ...options.query, ...(Object.fromEntries(response) as Record<string, string>) },
  };
}

/**
 * A connection, as `boto.connect_s3` makes one.
 *
 * @example
 * const conn = connectS3({ anon: true });
 */
export function connectS3(options?: S3ClientOptions): S3Connection;
export function connectS3(
  accessKeyId: string,
  secretAccessKey: string,
  options?: S3ClientOptions,
): S3Connection;
export function connectS3(
  keyOrOptions?: string | S3ClientOptions,
  secretAccessKey = "",
  options?: S3ClientOptions,
): S3Connection {
  return typeof keyOrOptions === "string"
    ? new S3Connection(keyOrOptions, secretAccessKey, options)
    : new S3Connection(keyOrOptions);
}
