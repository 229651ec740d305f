/** One typed method for each operation of S3. Everything else of the client stands on it. */

import type { AccessControlPolicy } from "../s3/acl.ts";
import type { Credentials } from "../s3/credentials.ts";
import { accessControlPolicyXml, parseAccessControlPolicy } from "../s3/documents/acl.ts";
import { type CopyResult, parseCopyObjectResult, parseCopyPartResult } from "../s3/documents/copy-result.ts";
import { createBucketConfigurationXml } from "../s3/documents/create-bucket.ts";
import { type DeleteResult, deleteXml, parseDeleteResult } from "../s3/documents/delete.ts";
import { type BucketList, parseListBuckets } from "../s3/documents/list-buckets.ts";
import {
  type ListedObject,
  type ObjectListV1,
  type ObjectListV2,
  parseListObjectsV1,
  parseListObjectsV2,
} from "../s3/documents/list-objects.ts";
import { parseLocation } from "../s3/documents/location.ts";
import {
  type CompletedUpload,
  type InitiatedUpload,
  type PartList,
  type UploadList,
  completeMultipartUploadXml,
  parseCompleteMultipartUploadResult,
  parseInitiateMultipartUploadResult,
  parseListMultipartUploads,
  parseListParts,
} from "../s3/documents/multipart.ts";
import { toSource } from "./bodies.ts";
import { type CallOptions, checksumOf, createCall, documentBody } from "./call.ts";
import { type Copied, type CopyOptions, copy } from "./copy.ts";
import { type ClientCore, createCore } from "./core.ts";
import { type DeleteTarget, deleteMany } from "./delete-many.ts";
import { type DownloadOptions, resumable } from "./download.ts";
import type * as inputs from "./inputs.ts";
import { type Listing, listObjects } from "./listing.ts";
import type { FileDownloadOptions } from "./node-files.ts";
import type { ObjectBody } from "./object-body.ts";
import { type ObjectInfo, type Written, readObjectInfo, readWritten } from "./outputs.ts";
import { type Payload, bytesPayload, streamPayload } from "./payload.ts";
import { type PresignInput, presign } from "./presign.ts";
import { etagOfParts, ownComplete, ownPut, wasOwn } from "./own-success.ts";
import { type Answer, type SendOptions, send } from "./send.ts";
import { type S3ClientOptions, endpointFor } from "./settings.ts";
import { type UploadInput, type UploadOptions, upload } from "./upload.ts";

/** What every method takes last. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Answers that have headers beside their document. */
interface Versioned {
  readonly versionId: string | undefined;
}

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
export class S3Client {
  /** What the client's requests share. The modules of this room take it; it is no part of the interface. */
  readonly core: ClientCore;

  /** @throws TypeError or RangeError for options that cannot be. */
  constructor(options: S3ClientOptions = {}) {
    this.core = createCore(options);
  }

  // ------------------------------------------------------------------------------------------------------- buckets

  /** A page of the user's buckets. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
  async listBuckets(input: inputs.ListBucketsInput = {}, options?: RequestOptions): Promise<BucketList> {
    return parseListBuckets((await this.#send("ListBuckets", input, options)).text);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
  async createBucket(input: inputs.CreateBucketInput, options?: RequestOptions): Promise<void> {
    const { settings, regions } = this.core;
    const aws = endpointFor(settings, settings.region).aws;
    const location = input.locationConstraint ?? (aws ? settings.region : "");
    // A bucket of Amazon's is created at the host of its region; us-east-1 is what is not named.
    if (aws && location !== "" && location !== settings.region) regions.set(input.bucket, location);
    const named = location !== "" && location !== "us-east-1";
    const body = named ? documentBody(createBucketConfigurationXml({ locationConstraint: location })) : {};
    await wasOwn("BucketAlreadyOwnedByYou", () =>
      this.#send("CreateBucket", input, options, { ...body, answer: "nothing" }),
    );
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
  async deleteBucket(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    await wasOwn("NoSuchBucket", () => this.#send("DeleteBucket", input, options, { answer: "nothing" }));
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
    const { headers } = await this.#send("HeadBucket", input, options, { answer: "nothing" });
    return { region: headers["x-amz-bucket-region"] };
  }

  /** The bucket's region. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
  async getBucketLocation(input: inputs.BucketInput, options?: RequestOptions): Promise<string> {
    return parseLocation((await this.#send("GetBucketLocation", input, options)).text);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html */
  async getBucketAcl(input: inputs.BucketInput, options?: RequestOptions): Promise<AccessControlPolicy> {
    return parseAccessControlPolicy(await this.getAclXml(input, options));
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
    await this.putAclXml(input, input.policy && accessControlPolicyXml(input.policy), options);
  }

  // ------------------------------------------------------------------------------------------------------- listings

  /** A page of keys, version 1. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
  async listObjects(input: inputs.ListObjectsInput, options?: RequestOptions): Promise<ObjectListV1> {
    return parseListObjectsV1((await this.#send("ListObjects", input, options, urlEncoded)).text);
  }

  /** A page of keys. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
  async listObjectsV2(input: inputs.ListObjectsV2Input, options?: RequestOptions): Promise<ObjectListV2> {
    return parseListObjectsV2((await this.#send("ListObjectsV2", input, options, urlEncoded)).text);
  }

  // -------------------------------------------------------------------------------------------------------- objects

  /**
   * Stores an object by one request. A stream needs its `contentLength`; {@link upload} takes any.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
   */
  async putObject(input: inputs.PutObjectInput, options?: SendOptions): Promise<Written> {
    const { payload, contentType } = await payloadOf(input);
    const call = { payload, checksum: checksumOf(this.core, input) };
    const typed = { ...input, contentType: input.contentType ?? contentType ?? defaultContentType };
    return ownPut(this, input, payload, async () => {
      const { headers } = await this.#send("PutObject", typed, options, { ...call, answer: "nothing" });
      return readWritten(headers);
    });
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
    const call = createCall("GetObject", input, { answer: "stream", headers: this.#checksumMode() });
    const answer = await send(this.core, call, options);
    const info = readObjectInfo(answer.headers);
    return { ...info, body: resumable(this.core, call, answer, info, options) };
  }

  /** An object without its bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
  async headObject(input: inputs.HeadObjectInput, options?: RequestOptions): Promise<ObjectInfo> {
    const headers = this.#checksumMode();
    const answer = await this.#send("HeadObject", input, options, { answer: "nothing", headers });
    return readObjectInfo(answer.headers);
  }

  /** Deletes an object; one that is not there is no error. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
  async deleteObject(
    input: inputs.DeleteObjectInput,
    options?: RequestOptions,
  ): Promise<Versioned & { readonly deleteMarker: boolean }> {
    const { headers } = await this.#send("DeleteObject", input, options, { answer: "nothing" });
    return {
      versionId: headers["x-amz-version-id"],
      deleteMarker: headers["x-amz-delete-marker"] === "true",
    };
  }

  /**
   * Deletes up to 1,000 objects. What could not be deleted stands in `errors`; it does not throw for them.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
   */
  async deleteObjects(input: inputs.DeleteObjectsInput, options?: RequestOptions): Promise<DeleteResult> {
    const body = documentBody(deleteXml({ quiet: input.quiet ?? false, objects: input.objects }));
    return parseDeleteResult((await this.#send("DeleteObjects", input, options, body)).text);
  }

  /**
   * Copies an object of at most 5 GiB on the server; {@link copy} takes any.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
   */
  async copyObject(input: inputs.CopyObjectInput, options?: RequestOptions): Promise<CopyResult & Versioned> {
    const { text, headers } = await this.#send("CopyObject", input, options, {
      headers: checksumAlgorithmHeader(input),
    });
    return { ...parseCopyObjectResult(text), versionId: headers["x-amz-version-id"] };
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
  async getObjectAcl(input: inputs.ObjectInput, options?: RequestOptions): Promise<AccessControlPolicy> {
    return parseAccessControlPolicy(await this.getAclXml(input, options));
  }

  /** As {@link putBucketAcl}. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html */
  async putObjectAcl(
    input: inputs.ObjectInput & inputs.AclInput & { readonly policy?: AccessControlPolicy | undefined },
    options?: RequestOptions,
  ): Promise<void> {
    await this.putAclXml(input, input.policy && accessControlPolicyXml(input.policy), options);
  }

  /** The ACL of a bucket, or of an object where a key is named, as the server wrote it. */
  async getAclXml(
    input: inputs.BucketInput & { readonly key?: string },
    options?: RequestOptions,
  ): Promise<string> {
    const name = input.key === undefined ? "GetBucketAcl" : "GetObjectAcl";
    return (await this.#send(name, input, options)).text;
  }

  /** Replaces the ACL of a bucket, or of an object where a key is named, by a document, or by what the input says. */
  async putAclXml(
    input: inputs.BucketInput & inputs.AclInput & { readonly key?: string },
    xml: string | undefined,
    options?: RequestOptions,
  ): Promise<void> {
    const name = input.key === undefined ? "PutBucketAcl" : "PutObjectAcl";
    const body = xml === undefined ? {} : documentBody(xml);
    await this.#send(name, input, options, { ...body, answer: "nothing" });
  }

  // ------------------------------------------------------------------------------------------------ multipart uploads

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
  async createMultipartUpload(
    input: inputs.CreateMultipartUploadInput,
    options?: RequestOptions,
  ): Promise<InitiatedUpload> {
    const typed = { ...input, contentType: input.contentType ?? defaultContentType };
    const call = { headers: checksumAlgorithmHeader(input) };
    return parseInitiateMultipartUploadResult(
      (await this.#send("CreateMultipartUpload", typed, options, call)).text,
    );
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
  async uploadPart(input: inputs.UploadPartInput, options?: SendOptions): Promise<Written> {
    const { payload } = await payloadOf(input);
    const call = { payload, checksum: checksumOf(this.core, input), answer: "nothing" } as const;
    return readWritten((await this.#send("UploadPart", input, options, call)).headers);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
  async uploadPartCopy(input: inputs.UploadPartCopyInput, options?: RequestOptions): Promise<CopyResult> {
    return parseCopyPartResult((await this.#send("UploadPartCopy", input, options)).text);
  }

  /** A page of an upload's parts. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
  async listParts(input: inputs.ListPartsInput, options?: RequestOptions): Promise<PartList> {
    return parseListParts((await this.#send("ListParts", input, options)).text);
  }

  /** A page of uploads under way. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
  async listMultipartUploads(
    input: inputs.ListMultipartUploadsInput,
    options?: RequestOptions,
  ): Promise<UploadList> {
    return parseListMultipartUploads(
      (await this.#send("ListMultipartUploads", input, options, urlEncoded)).text,
    );
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
    const body = documentBody(completeMultipartUploadXml(input.parts));
    const type = input.checksum === undefined ? {} : { "x-amz-checksum-type": input.checksum.type };
    const call = { ...body, headers: { "content-type": "application/xml", ...type } };
    return ownComplete(this, input, async () => {
      const { text, headers } = await this.#send("CompleteMultipartUpload", input, options, call);
      const completed = parseCompleteMultipartUploadResult(text);
      // Ceph's RGW, up to Pacific, leaves the ETag empty; it follows from those of the parts.
      const etag = completed.etag || (etagOfParts(input.parts.map((part) => part.etag)) ?? "");
      return { ...completed, etag, versionId: headers["x-amz-version-id"] };
    });
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
  async abortMultipartUpload(
    input: inputs.AbortMultipartUploadInput,
    options?: RequestOptions,
  ): Promise<void> {
    await wasOwn("NoSuchUpload", () =>
      this.#send("AbortMultipartUpload", input, options, { answer: "nothing" }),
    );
  }

  // ------------------------------------------------------------------------------------ what takes several requests

  /**
   * Stores a body of any kind and size, also a stream of unknown length: by one PUT where it is small, else in parts.
   *
   * @example
   * await client.upload({ bucket: "mybucket", key: "log.gz", body: createReadStream("log").pipe(createGzip()) });
   */
  async upload(input: UploadInput, options?: UploadOptions): Promise<Written> {
    return upload(this, input, options);
  }

  /** Copies an object of any size on the server. */
  async copy(input: inputs.CopyObjectInput, options?: CopyOptions): Promise<Copied> {
    return copy(this, input, options);
  }

  /**
   * Downloads an object into a file, large ones by several ranges at once. The file is replaced only by a whole object:
   * a download that fails leaves what was there.
   */
  async downloadFile(
    input: inputs.GetObjectInput,
    path: string,
    options?: FileDownloadOptions,
  ): Promise<ObjectInfo> {
    const { downloadFile } = await import("./node-files.ts");
    return downloadFile(this, input, path, options);
  }

  /** Deletes any number of objects, a thousand at a time. What could not be deleted stands in `errors`. */
  async deleteMany(
    bucket: string,
    keys: Iterable<string | DeleteTarget> | AsyncIterable<string | DeleteTarget>,
    options?: RequestOptions,
  ): Promise<DeleteResult> {
    return deleteMany(this, bucket, keys, options);
  }

  /** Every key, page after page; the next page is fetched while one is read. */
  list(
    input: Omit<inputs.ListObjectsV2Input, "continuationToken">,
    options?: RequestOptions,
  ): Listing<ObjectListV2, ListedObject> {
    return listObjects(this, input, options);
  }

  // ------------------------------------------------------------------------------------------------------ the rest

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

  async #send(
    name: string,
    input: object,
    options: SendOptions | undefined,
    call: CallOptions = {},
  ): Promise<Answer> {
    return send(this.core, createCall(name, input, call), options);
  }

  #checksumMode(): Record<string, string> {
    return this.core.settings.responseChecksums === "whenSupported"
      ? { "x-amz-checksum-mode": "ENABLED" }
      : {};
  }
}

const defaultContentType = "application/octet-stream";

/** Keys may hold what XML cannot carry. */
const urlEncoded = { query: [["encoding-type", "url"]] } as const satisfies CallOptions;

function checksumAlgorithmHeader({
  checksumAlgorithm,
}: {
  readonly checksumAlgorithm?: string | undefined;
}): Record<string, string> {
  return checksumAlgorithm === undefined ? {} : { "x-amz-checksum-algorithm": checksumAlgorithm };
}

/** The body of one request. Throws TypeError for a stream of unknown length. */
async function payloadOf(
  input: Pick<inputs.PutObjectInput, "body" | "contentLength">,
): Promise<{ readonly payload: Payload; readonly contentType: string | undefined }> {
  const source = await toSource(input.body, input.contentLength);
  const { bytes, size, contentType } = source;
  if (bytes !== undefined) return { payload: bytesPayload(bytes), contentType };
  if (size === undefined) {
    throw new TypeError(
      "The body is a stream of unknown length, which one request cannot carry: give contentLength, or use upload().",
    );
  }
  const replayable = source.read !== undefined;
  const payload = replayable ? { size, open: source.open, replayable } : streamPayload(source.open(), size);
  return { payload, contentType };
}
