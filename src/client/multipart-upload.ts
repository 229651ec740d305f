/** boto's MultiPartUpload: an upload under way, part by part, by hand. `key.put` does all of it by itself. */

import { type ClientChecksumAlgorithm, isComputedByClients } from "../s3/checksums.ts";
import { checkNames, type NamesOf } from "../s3/known-names.ts";
import type { CompletedPart, ListedPart, ListedUpload } from "../s3/documents/multipart.ts";
import type { Body, FileHandleLike } from "./bodies.ts";
import type { Bucket } from "./bucket.ts";
import type { CopySource, CustomerKeyInput } from "./inputs.ts";
import { Key } from "./key.ts";
import { Listing } from "./listing.ts";
import type { RequestOptions } from "./send.ts";
import type { S3Client } from "./s3-client.ts";
import { User } from "./user.ts";

/** The customer's key is by default that of the upload's beginning, or of the part before. */
export interface UploadPartOptions extends RequestOptions, CustomerKeyInput {
  /** The length of a stream in bytes. */
  readonly size?: number | undefined;
  /** MD5 of the part in base64: the server verifies it. */
  readonly md5?: string | undefined;
}

export interface CopyPartOptions extends RequestOptions {
  /** First byte of the source; with `end`. Default: the whole source. */
  readonly start?: number | undefined;
  /** Last byte of the source, inclusive. */
  readonly end?: number | undefined;
  readonly versionId?: string | undefined;
  /** The customer's key that the source is encrypted with. */
  readonly sourceCustomerKey?: Uint8Array | string | undefined;
}

const copyPartNames: NamesOf<CopyPartOptions> = {
  start: 1,
  end: 1,
  versionId: 1,
  sourceCustomerKey: 1,
  signal: 1,
};

/**
 * An upload under way.
 *
 * @example
 * const upload = await bucket.initiateMultipartUpload("large.bin");
 * await upload.uploadPart(1, firstHalf);
 * await upload.uploadPart(2, secondHalf);
 * await upload.completeUpload();
 */
export class MultiPartUpload implements AsyncIterable<ListedPart> {
  readonly bucket: Bucket;
  readonly keyName: string;
  /** The upload's id. */
  readonly id: string;
  readonly initiator: User | undefined;
  readonly owner: User | undefined;
  readonly storageClass: string | undefined;
  readonly initiated: Date | undefined;
  /** The parts that went through this object. */
  readonly #sent = new Map<number, CompletedPart>();
  readonly #isNew: boolean;
  readonly #checksumAlgorithm: ClientChecksumAlgorithm | undefined;

  #customerKey: CustomerKeyInput["customerKey"];

  /**
   * @param isNew Whether this object has begun the upload, so that nobody else has sent parts of it.
   * @param customerKey The customer's key that the upload was begun with.
   */
  constructor(
    bucket: Bucket,
    upload: Pick<ListedUpload, "key" | "uploadId"> & Partial<ListedUpload>,
    { isNew = false, customerKey }: { readonly isNew?: boolean } & CustomerKeyInput = {},
  ) {
    this.bucket = bucket;
    this.#isNew = isNew;
    this.#customerKey = customerKey;
    const { checksumAlgorithm: algorithm } = upload;
    this.#checksumAlgorithm = algorithm && isComputedByClients(algorithm) ? algorithm : undefined;
    this.keyName = upload.key;
    this.id = upload.uploadId;
    this.initiator = upload.initiator && User.from(upload.initiator);
    this.owner = upload.owner && User.from(upload.owner);
    this.storageClass = upload.storageClass;
    this.initiated = upload.initiatedAtMs === undefined ? undefined : new Date(upload.initiatedAtMs);
  }

  get #client(): S3Client {
    return this.bucket.connection.client;
  }

  get #address(): { readonly bucket: string; readonly key: string; readonly uploadId: string } {
    return { bucket: this.bucket.name, key: this.keyName, uploadId: this.id };
  }

  /** Uploads a part: 1 to 10,000, each but the last of at least 5 MiB. A second one of a number replaces the first. */
  async uploadPart(partNumber: number, body: Body, options: UploadPartOptions = {}): Promise<CompletedPart> {
    checkNames("uploadPart()", options, { size: 1, md5: 1, customerKey: 1, signal: 1 });
    const { size, md5, customerKey = this.#customerKey, signal } = options;
    // An upload that was found does not tell it, and its completion may want it.
    this.#customerKey = customerKey;
    const input = { ...this.#address, partNumber, body, contentLength: size, contentMd5: md5, customerKey };
    const { etag, checksum } = await this.#client.uploadPart(
      { ...input, checksumAlgorithm: this.#checksumAlgorithm },
      { signal },
    );
    return this.#keep({ partNumber, etag, checksum });
  }

  /** boto's argument order: the file first. */
  async uploadPartFromFile(
    file: FileHandleLike | Blob,
    partNumber: number,
    options?: UploadPartOptions,
  ): Promise<CompletedPart> {
    return this.uploadPart(partNumber, file, options);
  }

  /** Makes a part of an object that the server has, or of a range of it. */
  async copyPartFromKey(
    sourceBucket: string,
    sourceKey: string,
    partNumber: number,
    options: CopyPartOptions = {},
  ): Promise<CompletedPart> {
    checkNames("copyPartFromKey()", options, copyPartNames);
    const { start, end, versionId, sourceCustomerKey, signal } = options;
    if ((start === undefined) !== (end === undefined)) {
      throw new TypeError("A part of a source has both a start and an end.");
    }
    const copySource: CopySource = { bucket: sourceBucket, key: sourceKey, versionId };
    const copySourceRange = start === undefined ? undefined : `bytes=${start}-${end}`;
    const { etag, checksum } = await this.#client.uploadPartCopy(
      {
        ...this.#address,
        partNumber,
        copySource,
        copySourceRange,
        copySourceCustomerKey: sourceCustomerKey,
        customerKey: this.#customerKey,
      },
      { signal },
    );
    return this.#keep({ partNumber, etag, checksum });
  }

  #keep(part: CompletedPart): CompletedPart {
    this.#sent.set(part.partNumber, part);
    return part;
  }

  /** The parts that the server has. */
  parts(options?: RequestOptions): Listing<readonly ListedPart[], ListedPart> {
    return new Listing(async (next) => {
      const partNumberMarker = next === undefined ? undefined : Number(next);
      const { parts, isTruncated, nextPartNumberMarker } = await this.#client.listParts(
        { ...this.#address, partNumberMarker },
        options,
      );
      return {
        page: parts,
        entries: parts,
        next: isTruncated ? String(nextPartNumberMarker ?? "") : undefined,
      };
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<ListedPart> {
    return this.parts()[Symbol.asyncIterator]();
  }

  /** All parts that the server has. */
  async getAllParts(options?: RequestOptions): Promise<ListedPart[]> {
    return this.parts(options).toArray();
  }

  /**
   * Makes the object: of the parts given, or of those that were sent through this object. Where it has not begun the upload,
   * also of those that the server lists.
   */
  async completeUpload(
    options: RequestOptions & { readonly parts?: readonly CompletedPart[] | undefined } = {},
  ): Promise<Key> {
    checkNames("completeUpload()", options, { parts: 1, signal: 1 });
    const { signal } = options;
    const parts = (options.parts ?? (await this.#ownParts({ signal })))
      .map(({ partNumber, etag, checksum }) => ({ partNumber, etag, checksum }))
      .sort((a, b) => a.partNumber - b.partNumber);
    const { etag } = await this.#client.completeMultipartUpload(
      { ...this.#address, parts, customerKey: this.#customerKey },
      { signal },
    );
    const key = new Key(this.bucket, this.keyName);
    key.etag = etag;
    return key;
  }

  async #ownParts(options: RequestOptions): Promise<readonly CompletedPart[]> {
    // A listing may lag behind: it is asked only for what others may have sent, and what was sent here goes before it.
    if (this.#isNew && this.#sent.size > 0) return [...this.#sent.values()];
    const parts = new Map<number, CompletedPart>();
    for await (const part of this.parts(options)) parts.set(part.partNumber, part);
    for (const part of this.#sent.values()) parts.set(part.partNumber, part);
    return [...parts.values()];
  }

  /** Gives the upload up, and deletes its parts. */
  async cancelUpload(options?: RequestOptions): Promise<void> {
    await this.#client.abortMultipartUpload(this.#address, options);
  }
}
