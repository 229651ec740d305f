/** The client: the operations of S3, and what takes several of them. */

import type { AccessControlPolicy } from "../s3/acl.ts";
import type { Credentials } from "../s3/credentials.ts";
import type { CopyResult } from "../s3/documents/copy-result.ts";
import type { DeleteResult } from "../s3/documents/delete.ts";
import type { BucketList } from "../s3/documents/list-buckets.ts";
import type { ListedObject, ObjectListV1, ObjectListV2 } from "../s3/documents/list-objects.ts";
import type { CompletedUpload, InitiatedUpload, PartList, UploadList } from "../s3/documents/multipart.ts";
import type { ChangedMetadata, ChangeMetadataOptions, MetadataChange } from "./change-metadata.ts";
import type { Copied, CopyOptions } from "./copy.ts";
import { type ClientCore, createCore } from "./core.ts";
import type { DeleteTarget } from "./delete-many.ts";
import type { DownloadOptions } from "./download.ts";
import type * as inputs from "./inputs.ts";
import { Listing } from "./listing.ts";
import type { FileDownloadOptions } from "./node-files.ts";
import type { ObjectBody } from "./object-body.ts";
import type { ObjectInfo, Versioned, Written } from "./outputs.ts";
import { multipartRequests, settingsRequests } from "./load-seldom.ts";
import { ObjectSettings } from "./object-settings.ts";
import { type PresignInput, presign } from "./presign.ts";
import { downloadFile } from "#platform";
import { requests } from "#requests";
import type { RawAnswer, RawRequest } from "./request.ts";
import type { RequestOptions, SendOptions } from "./send.ts";
import type { S3ClientOptions } from "./settings.ts";
import type { Uploaded, UploadInput, UploadOptions } from "./upload.ts";

/**
 * A client of one S3 server.
 *
 * It keeps connections until {@link close}; idle ones do not keep the process alive. Every method may throw
 * S3ResponseError, S3ConnectionError, CredentialsError, and TypeError or RangeError for an input that cannot be sent.
 *
 * @example
 * const client = new S3Client({ endpoint: "http://127.0.0.1:9000" });
 * await client.putObject({ bucket: "mybucket", key: "hello.txt", body: "Hello" });
 * const { body } = await client.getObject({ bucket: "mybucket", key: "hello.txt" });
 * console.log(await body.text());
 * await client.close();
 */
export class S3Client extends ObjectSettings {
  /** What the client's requests share. The modules of this room take it; it is no part of the interface. */
  declare readonly core: ClientCore;

  /** @throws TypeError or RangeError for options that cannot be. */
  constructor(options: S3ClientOptions = {}) {
    super();
    // It holds the environment: it must not be in what console.log() shows of a client, a bucket or a key.
    Object.defineProperty(this, "core", { value: createCore(options), enumerable: false });
  }

  // ------------------------------------------------------------------------------------------------------- buckets

  /** A page of the user's buckets. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
  async listBuckets(input: inputs.ListBucketsInput = {}, options?: RequestOptions): Promise<BucketList> {
    return (await requests()).listBuckets(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
  async createBucket(input: inputs.CreateBucketInput, options?: RequestOptions): Promise<void> {
    return (await requests()).createBucket(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
  async deleteBucket(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    return (await requests()).deleteBucket(this.core, input, options);
  }

  /**
   * Whether the bucket is there and may be listed: it throws where not.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
   */
  async headBucket(
    input: inputs.BucketInput,
    options?: RequestOptions,
  ): Promise<{ region: string | undefined }> {
    return (await requests()).headBucket(this.core, input, options);
  }

  /** The bucket's region. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
  async getBucketLocation(input: inputs.BucketInput, options?: RequestOptions): Promise<string> {
    return (await requests()).getBucketLocation(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html */
  async getBucketAcl(input: inputs.BucketInput, options?: RequestOptions): Promise<AccessControlPolicy> {
    return (await settingsRequests()).getBucketAcl(this.core, input, options);
  }

  /**
   * Replaces the bucket's ACL by a canned one, by grants in headers, or by a policy.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
   */
  async putBucketAcl(
    input: inputs.BucketInput & inputs.AclInput & { readonly policy?: AccessControlPolicy | undefined },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketAcl(this.core, input, options);
  }

  // ------------------------------------------------------------------------------------------------------- listings

  /** A page of keys, version 1. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
  async listObjects(input: inputs.ListObjectsInput, options?: RequestOptions): Promise<ObjectListV1> {
    return (await requests()).listObjects(this.core, input, options);
  }

  /** A page of keys. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
  async listObjectsV2(input: inputs.ListObjectsV2Input, options?: RequestOptions): Promise<ObjectListV2> {
    return (await requests()).listObjectsV2(this.core, input, options);
  }

  // -------------------------------------------------------------------------------------------------------- objects

  /**
   * Stores an object by one request. A stream needs its `contentLength`; upload() takes any.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
   */
  async putObject(input: inputs.PutObjectInput, options?: SendOptions): Promise<Written> {
    return (await requests()).putObject(this.core, input, options);
  }

  /**
   * An object, or a range of it. Its bytes come when {@link ObjectBody} is read, and are resumed when the connection
   * breaks. To be read or cancelled; one that is dropped gives its connection back when it is collected.
   *
   * @throws S3ResponseError with the code NotModified where a condition says that the caller has it already.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  async getObject(
    input: inputs.GetObjectInput,
    options: DownloadOptions = {},
  ): Promise<ObjectInfo & { readonly body: ObjectBody }> {
    return (await requests()).getObject(this.core, input, options);
  }

  /** An object without its bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
  async headObject(input: inputs.HeadObjectInput, options?: RequestOptions): Promise<ObjectInfo> {
    return (await requests()).headObject(this.core, input, options);
  }

  /** Deletes an object; one that is not there is no error. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
  async deleteObject(
    input: inputs.DeleteObjectInput,
    options?: RequestOptions,
  ): Promise<Versioned & { readonly deleteMarker: boolean }> {
    return (await requests()).deleteObject(this.core, input, options);
  }

  /**
   * Deletes up to 1,000 objects. What could not be deleted stands in `errors`; it does not throw for them.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
   */
  async deleteObjects(input: inputs.DeleteObjectsInput, options?: RequestOptions): Promise<DeleteResult> {
    return (await requests()).deleteObjects(this.core, input, options);
  }

  /**
   * Copies an object of at most 5 GiB on the server; copy() takes any.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
   */
  async copyObject(input: inputs.CopyObjectInput, options?: RequestOptions): Promise<CopyResult & Versioned> {
    return (await requests()).copyObject(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
  async getObjectAcl(input: inputs.ObjectInput, options?: RequestOptions): Promise<AccessControlPolicy> {
    return (await settingsRequests()).getObjectAcl(this.core, input, options);
  }

  /** As {@link putBucketAcl}. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html */
  async putObjectAcl(
    input: inputs.ObjectInput & inputs.AclInput & { readonly policy?: AccessControlPolicy | undefined },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putObjectAcl(this.core, input, options);
  }

  /** The ACL of a bucket, or of an object where a key is named, as the server wrote it. */
  async getAclXml(
    input: inputs.BucketInput & { readonly key?: string },
    options?: RequestOptions,
  ): Promise<string> {
    return (await settingsRequests()).getAclXml(this.core, input, options);
  }

  /** Replaces the ACL of a bucket, or of an object where a key is named, by a document, or by what the input says. */
  async putAclXml(
    input: inputs.BucketInput & inputs.AclInput & { readonly key?: string },
    xml: string | undefined,
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putAclXml(this.core, input, xml, options);
  }

  // ------------------------------------------------------------------------------------------------ multipart uploads

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
  async createMultipartUpload(
    input: inputs.CreateMultipartUploadInput,
    options?: RequestOptions,
  ): Promise<InitiatedUpload> {
    return (await multipartRequests()).createMultipartUpload(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
  async uploadPart(input: inputs.UploadPartInput, options?: SendOptions): Promise<Written> {
    return (await multipartRequests()).uploadPart(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
  async uploadPartCopy(input: inputs.UploadPartCopyInput, options?: RequestOptions): Promise<CopyResult> {
    return (await multipartRequests()).uploadPartCopy(this.core, input, options);
  }

  /** A page of an upload's parts. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
  async listParts(input: inputs.ListPartsInput, options?: RequestOptions): Promise<PartList> {
    return (await multipartRequests()).listParts(this.core, input, options);
  }

  /** A page of uploads under way. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
  async listMultipartUploads(
    input: inputs.ListMultipartUploadsInput,
    options?: RequestOptions,
  ): Promise<UploadList> {
    return (await multipartRequests()).listMultipartUploads(this.core, input, options);
  }

  /**
   * Makes an object of parts that were uploaded.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
   */
  async completeMultipartUpload(
    input: inputs.CompleteMultipartUploadInput,
    options?: RequestOptions,
  ): Promise<CompletedUpload & Versioned> {
    return (await multipartRequests()).completeMultipartUpload(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
  async abortMultipartUpload(
    input: inputs.AbortMultipartUploadInput,
    options?: RequestOptions,
  ): Promise<void> {
    return (await multipartRequests()).abortMultipartUpload(this.core, input, options);
  }

  // ---------------------------------------------------------------------------------- what takes several requests

  /**
   * Stores a body of any kind and size, also a stream of unknown length: by one PUT where it is small, else in parts.
   *
   * @example
   * await client.upload({ bucket: "mybucket", key: "log.gz", body: createReadStream("log").pipe(createGzip()) });
   */
  async upload(input: UploadInput, options?: UploadOptions): Promise<Uploaded> {
    const { upload } = await import("./upload.ts");
    return upload(this.core, input, options);
  }

  /** Copies an object of any size on the server. */
  async copy(input: inputs.CopyObjectInput, options?: CopyOptions): Promise<Copied> {
    const { copy } = await import("./copy.ts");
    return copy(this.core, input, options);
  }

  /**
   * Changes metadata, content headers and storage class of an object, by copying it onto itself. Its bytes and everything else
   * that stands beside them stay, but for locks; in a bucket that keeps versions it is a new one.
   *
   * @throws S3ResponseError PreconditionFailed where somebody replaces the object meanwhile.
   * @example
   * const change = { set: { "Cache-Control": "max-age=60", colour: "blue" }, remove: ["draft"] };
   * await client.changeMetadata({ bucket: "mybucket", key: "photo.jpg" }, change);
   */
  async changeMetadata(
    object: inputs.CopySource,
    change: MetadataChange,
    options?: ChangeMetadataOptions,
  ): Promise<ChangedMetadata> {
    const { changeMetadata } = await import("./object-changes.ts");
    return changeMetadata(this.core, object, change, options);
  }

  /**
   * Downloads an object into a file, large ones by several ranges at once. The file is replaced only by a whole object:
   * a download that fails leaves what was there. Not in a browser, which has no files.
   */
  async downloadFile(
    input: inputs.GetObjectInput,
    path: string,
    options?: FileDownloadOptions,
  ): Promise<ObjectInfo> {
    return downloadFile(this.core, input, path, options);
  }

  /** Deletes any number of objects, a thousand at a time. What could not be deleted stands in `errors`. */
  async deleteMany(
    bucket: string,
    keys: Iterable<string | DeleteTarget> | AsyncIterable<string | DeleteTarget>,
    options?: RequestOptions,
  ): Promise<DeleteResult> {
    const { deleteMany } = await import("./delete-many.ts");
    return deleteMany(this.core, bucket, keys, options);
  }

  /** Every key, page after page; the next page is fetched while one is read. */
  list(
    input: Omit<inputs.ListObjectsV2Input, "continuationToken">,
    options?: RequestOptions,
  ): Listing<ObjectListV2, ListedObject> {
    return new Listing(async (continuationToken) => {
      const page = await this.listObjectsV2({ ...input, continuationToken }, options);
      const next = page.isTruncated ? (page.nextContinuationToken ?? "") : undefined;
      return { page, entries: page.objects, next };
    });
  }

  /**
   * Any request, signed and repeated like the others: the way out to what has no method here.
   *
   * @example
   * const { body } = await client.request({ bucket: "mybucket", query: { versioning: "" } });
   * console.log(await body.text());
   */
  async request(input: RawRequest, options?: RequestOptions): Promise<RawAnswer> {
    return (await requests()).request(this.core, input, options);
  }

  /**
   * A URL with which anybody may make one request, until it ends. Synchronous.
   *
   * @throws CredentialsError where the credentials come from somewhere that must be waited for: call
   *   {@link credentials} once before.
   */
  presign(input: PresignInput): string {
    return presign(this.core, input);
  }

  /** The credentials that requests are signed with, or null for an anonymous client. Throws CredentialsError. */
  async credentials(): Promise<Credentials | null> {
    return this.core.credentials === null ? null : this.core.credentials.get();
  }

  /** Waits for requests under way, then closes the connections. The client is of no use afterwards. */
  async close(): Promise<void> {
    await this.core.transport.close();
  }

  /** Closes the connections at once. */
  [Symbol.dispose](): void {
    this.core.transport.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
