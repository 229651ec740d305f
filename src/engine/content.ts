/** Bytes on their way in: counted, hashed, and laid down inline or as a blob. */

import { createHash, hash } from "node:crypto";
import type { Hash } from "node:crypto";

import { S3Error } from "../s3/errors.ts";
import type { Draft } from "./atomic.ts";
import { encryptBytes, encryptStream } from "./encryption/chunks.ts";
import { contentKeyOf, opaqueEtagOf } from "./encryption/data-key.ts";
import type { NewDataKey } from "./encryption/data-key.ts";
import type { Content } from "./records/object.ts";
import type { Awaitable } from "./index/index.ts";
import { encodeBlobUser, encodeTrash } from "./records/references.ts";
import type { BlobUser } from "./records/references.ts";
import type { Body, Engine } from "./types.ts";

/** Bytes that are safe but that no record names yet. */
export interface StoredContent {
  readonly content: Content;
  /** The bytes themselves, for a content of kind `inline`, as they are stored. */
  readonly inline: Uint8Array | null;
  readonly size: number;
  /** Without quotes: the MD5, unless the bytes are a customer's secret. */
  readonly etag: string;
}

export interface StoreOptions {
  /** Base64 of what the MD5 must be. */
  readonly contentMd5?: string | undefined;
  /** Bytes that a body which flows will have, where that is known. */
  readonly size?: number | undefined;
  /** What the bytes are encrypted with. */
  readonly key?: NewDataKey | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes in a body. A small one stays in memory until its record commits; a larger one is durable on return.
 *
 * @throws S3Error BadDigest; InsufficientStorage; whatever the body throws.
 */
export function storeContent(
  engine: Engine,
  body: Body,
  options: StoreOptions = {},
): Awaitable<StoredContent> {
  return body instanceof Uint8Array && body.length <= engine.limits.inlineBytes
    ? storeInline(engine, body, options)
    : storePieces(engine, body, options);
}

async function storePieces(engine: Engine, body: Body, options: StoreOptions): Promise<StoredContent> {
  const { inlineBytes } = engine.limits;
  const source = body instanceof Uint8Array ? piecesOf([body]) : body;
  const size = body instanceof Uint8Array ? body.length : (options.size ?? 0);
  // A body for which there is no room is refused before it is read.
  if (size > inlineBytes) engine.takeRoom(0, "file", size);
  const pieces = source[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let headBytes = 0;
  try {
    while (headBytes <= inlineBytes) {
      options.signal?.throwIfAborted();
      const next = await pieces.next();
      if (next.done === true) return storeInline(engine, Buffer.concat(head, headBytes), options);
      headBytes += next.value.length;
      // Small as it is, it is copied: its source may use its memory again.
      head.push(headBytes <= inlineBytes ? Buffer.from(next.value) : next.value);
    }
    return await storeBlob(engine, continued(head, pieces, options.signal), options);
  } finally {
    // Whatever stopped the reading, the body is told that nobody reads on.
    await pieces.return?.();
  }
}

/** Puts the rows that make stored content alive into the commit of the record that names it. */
export function keepContent(draft: Draft, { content, inline }: StoredContent, user: BlobUser): void {
  if (content.kind === "inline") draft.put("inline", content.id, inline ?? Buffer.alloc(0));
  if (content.kind === "blob") draft.put("blobs", content.id, encodeBlobUser(user));
}

/** Puts content that the same commit takes its record from where it will be removed, once nobody reads it. */
export function discardContent(engine: Engine, draft: Draft, content: Content): void {
  switch (content.kind) {
    case "none":
      break;
    case "inline":
      // A reader has these bytes whole or not at all, so they need no grace.
      draft.delete("inline", content.id);
      break;
    case "blob":
    case "manifest":
      draft.put("trash", engine.ids.next(), encodeTrash({ kind: content.kind, id: content.id }));
      break;
  }
}

/**
 * Commits a record that names stored content.
 *
 * @throws S3Error as the index does. When it cannot tell whether the commit was done, the content stays: after a crash
 *   the record may be there. Otherwise the caller drops the content.
 */
export async function commitContent(engine: Engine, draft: Draft, stored: StoredContent): Promise<boolean> {
  try {
    return await engine.index.commit(draft);
  } catch (error) {
    if (!(error instanceof S3Error && error.code === "InsufficientStorage")) undecided.add(stored);
    throw error;
  }
}

/** Content of which nobody knows whether a record names it. */
const undecided = new WeakSet<StoredContent>();

/** Removes stored content that no commit has made alive. */
export async function dropContent(engine: Engine, stored: StoredContent): Promise<void> {
  const { content } = stored;
  if (content.kind !== "blob" || undecided.has(stored)) return;
  try {
    await engine.blobs.remove(content.id);
  } catch (error) {
    // The sweep of the next start finds it.
    engine.log("warn", `Cannot remove unused blob ${content.id.toString("hex")}`, error);
  }
}

function storeInline(engine: Engine, bytes: Uint8Array, options: StoreOptions): StoredContent {
  engine.takeRoom(bytes.length, "index");
  const { contentMd5, key } = options;
  const md5 = hash("md5", bytes, "buffer");
  checkMd5(md5, contentMd5);
  const etag = etagOf(md5, key);
  if (bytes.length === 0) return { content: { kind: "none" }, inline: null, size: 0, etag };
  const id = engine.ids.next();
  const inline = key === undefined ? bytes : encryptBytes(contentKeyOf(key.dataKey, id), bytes);
  return { content: { kind: "inline", id }, inline, size: bytes.length, etag };
}

async function storeBlob(
  engine: Engine,
  source: AsyncIterable<Uint8Array>,
  options: StoreOptions,
): Promise<StoredContent> {
  engine.takeRoom(0, "file");
  const { contentMd5, key } = options;
  const hasher = createHash("md5");
  const id = engine.ids.next();
  const measured = new Measured(engine, source, hasher);
  const pieces = measured.pieces();
  await engine.blobs.write(
    id,
    key === undefined ? pieces : encryptStream(contentKeyOf(key.dataKey, id), pieces),
  );
  const md5 = hasher.digest();
  const stored: StoredContent = {
    content: { kind: "blob", id },
    inline: null,
    size: measured.size,
    etag: etagOf(md5, key),
  };
  try {
    checkMd5(md5, contentMd5);
  } catch (error) {
    await dropContent(engine, stored);
    throw error;
  }
  return stored;
}

function etagOf(md5: Buffer, key: NewDataKey | undefined): string {
  return key?.encryption.algorithm === "customer" ? opaqueEtagOf(key.dataKey, md5) : md5.toString("hex");
}

function checkMd5(md5: Buffer, contentMd5: string | undefined): void {
  if (contentMd5 === undefined || contentMd5 === md5.toString("base64")) return;
  throw new S3Error("BadDigest", {
    details: { ExpectedDigest: contentMd5, CalculatedDigest: md5.toString("base64") },
  });
}

async function* piecesOf(pieces: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* pieces;
}

async function* continued(
  head: readonly Uint8Array[],
  pieces: AsyncIterator<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  yield* head;
  for (;;) {
    signal?.throwIfAborted();
    const next = await pieces.next();
    if (next.done === true) return;
    yield next.value;
  }
}

/** Counts and hashes bytes as they pass. */
class Measured {
  size = 0;
  readonly #engine: Engine;
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #hasher: Hash;

  constructor(engine: Engine, source: AsyncIterable<Uint8Array>, hasher: Hash) {
    this.#engine = engine;
    this.#source = source;
    this.#hasher = hasher;
  }

  async *pieces(): AsyncIterable<Uint8Array> {
    for await (const piece of this.#source) {
      this.#engine.takeRoom(piece.length, "file");
      this.#hasher.update(piece);
      this.size += piece.length;
      yield piece;
    }
  }
}
