/**
 * The blobs port: bytes under an id, written once, never changed.
 *
 * A store of blobs knows nothing of keys and buckets; which blobs are alive is the index's business. Every
 * implementation passes the suite in `contract.test.ts`.
 */

/** 16 bytes, the first six of them the time in milliseconds, as in a UUID of version 7. */
export type BlobId = Buffer;

/** What is read of a blob. */
export interface BlobRange {
  readonly size: number;
  readonly start: number;
  readonly end: number;
  readonly reusesBuffers?: boolean | undefined;
}

export interface Blobs {
  /**
   * Stores the bytes of `source` under a new id. When it resolves, they are durable; when it rejects, nothing is left.
   *
   * @param source Its pieces may be gone once the next one is asked for.
   * @returns The number of bytes.
   * @throws S3Error InsufficientStorage when there is no room; whatever `source` throws.
   */
  write(id: BlobId, source: AsyncIterable<Uint8Array>): Promise<number>;
  /**
   * The bytes from `start` to `end`, both inclusive, verified against their checksums. The buffers are the caller's.
   *
   * @param range.size Size of the whole blob, as its record has it.
   * @param range.reusesBuffers The buffers are the store's, and hold other bytes once the next piece is asked for: for
   *   who is done with a piece by then. Reading costs less than half of it otherwise.
   * @throws Error for a blob that is not there, has another size or fails its checksum.
   */
  read(id: BlobId, range: BlobRange): AsyncIterable<Buffer>;
  /**
   * How many bytes a blob has, by what it says itself: whether that is true, a read of them finds out.
   *
   * @throws Error for one that is not there or has no end.
   */
  size(id: BlobId): Promise<number>;
  /** Removes a blob. One that is not there is no error. */
  remove(id: BlobId): Promise<void>;
  /** Every id in the store, also of blobs that a crash left unfinished. */
  list(): AsyncIterable<BlobId>;
  close(): Promise<void>;
}
