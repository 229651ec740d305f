/** The body of a request: its bytes without framing, verified by the time the last one has been read. */

import type { IncomingMessage } from "node:http";
import { createChecksum } from "../engine/checksums.ts";
import { ChunkedDecoder, type ChunkSigning, type PayloadKind } from "../s3/chunked.ts";
import {
  type Checksum,
  type ChecksumAlgorithm,
  checksumAlgorithmOf,
  checksumHeader,
  parseChecksumAlgorithm,
  readChecksumHeaders,
  severalChecksums,
} from "../s3/checksums.ts";
import { S3Error } from "../s3/errors.ts";
import { malformed } from "../s3/xml.ts";
import { createMd5, createSha256, sha256Hex, timingSafeEqual } from "../s3/hash.ts";
import { type BodyPace, defaultBodyPace, requirePace } from "./body-pace.ts";
import { freeBuffer } from "./free-buffer.ts";
import type { S3Request } from "./request.ts";

/** How the bytes on the wire are framed, what the signature says of them, and with what chunks are verified. */
export type Payload = PayloadKind & { readonly signing?: ChunkSigning };

/** A checksum that a client gave or, without a value, announced to come behind the body. */
interface AnnouncedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value?: string;
}

/**
 * Reads a body once, either whole or as a stream. What it promises was verified is verified: a reader that met no
 * error has the bytes that the client signed.
 */
export class RequestBody {
  /** Size in bytes without framing; `undefined` where the client did not say. */
  readonly size: number | undefined;
  readonly #request: S3Request;
  readonly #payload: Payload;
  readonly #pace: BodyPace;
  #announced: AnnouncedChecksum | undefined;
  #checksum: Checksum | undefined;
  #whole: Promise<Buffer> | undefined;

  constructor(request: S3Request, payload: Payload, pace: BodyPace = defaultBodyPace) {
    this.#request = request;
    this.#payload = payload;
    this.#pace = pace;
    this.#announced = announcedChecksum(request.headers, payload);
    this.size = bodySize(request.headers, payload);
    // Without chunks there is nothing to decode: what frames them would be stored as if it were the object.
    if (payload.type !== "chunked" && request.headers["x-amz-decoded-content-length"] !== undefined) {
      throw new S3Error("InvalidRequest", {
        message:
          "x-amz-decoded-content-length is for a body whose x-amz-content-sha256 is one of the STREAMING- values.",
      });
    }
  }

  /** The checksum that the client gave and the bytes have, once the last byte was read. */
  get checksum(): Checksum | undefined {
    return this.#checksum;
  }

  /** Says that the request's checksum headers speak of something else than this body. */
  leaveChecksum(): this {
    this.#announced = undefined;
    return this;
  }

  /**
   * The whole body. Asking again gives the same bytes.
   *
   * @param limitBytes What it may have at most.
   * @throws {S3Error} `MaxMessageLengthExceeded`, or what {@link stream} throws.
   */
  bytes(limitBytes: number): Promise<Buffer> {
    return (this.#whole ??= this.#readWhole(limitBytes));
  }

  async #readWhole(limitBytes: number): Promise<Buffer> {
    if ((this.size ?? 0) > limitBytes) throw tooLong(limitBytes);
    const payload = this.#payload;
    if (payload.type === "chunked") {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of this.stream()) {
        size += chunk.length;
        if (size > limitBytes) throw tooLong(limitBytes);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    }
    const bytes = await this.#collect(limitBytes);
    if (payload.type === "sha256") compareSha256(payload.sha256, sha256Hex(bytes));
    if (this.#announced !== undefined) {
      const checksum = createChecksum(this.#announced.algorithm);
      checksum.update(bytes);
      this.#verifyChecksum(checksum.digest(), {});
    }
    return bytes;
  }

  /**
   * The body piece by piece.
   *
   * @param options.freesPieces A piece is gone once the next one is asked for: for who is done with it by then.
   * @throws {S3Error} At its end at the latest: `IncompleteBody`, `SignatureDoesNotMatch`, `XAmzContentSHA256Mismatch`,
   *   `BadDigest`.
   */
  async *stream({ freesPieces = false }: { freesPieces?: boolean } = {}): AsyncGenerator<
    Buffer,
    void,
    undefined
  > {
    const payload = this.#payload;
    const decoder = payload.type === "chunked" ? this.#createDecoder(payload) : undefined;
    const sha256 = payload.type === "sha256" ? createSha256() : undefined;
    const checksum = this.#announced === undefined ? undefined : createChecksum(this.#announced.algorithm);
    for await (const wire of this.#wire()) {
      for (const chunk of decoder === undefined ? [wire] : decoder.push(wire)) {
        sha256?.update(chunk);
        checksum?.update(chunk);
        yield chunk;
      }
      if (freesPieces) freeBuffer(wire);
    }
    decoder?.end();
    if (payload.type === "sha256" && sha256 !== undefined)
      compareSha256(payload.sha256, sha256.digest("hex"));
    if (checksum !== undefined) this.#verifyChecksum(checksum.digest(), decoder?.trailers ?? {});
  }

  #createDecoder(payload: Payload & { type: "chunked" }): ChunkedDecoder {
    return new ChunkedDecoder({
      kind: payload.kind,
      trailer: payload.trailer,
      decodedLength: this.size ?? 0,
      ...(payload.signing === undefined ? {} : { signing: payload.signing }),
    });
  }

  #verifyChecksum(actual: string, trailers: Readonly<Record<string, string>>): void {
    if (this.#announced === undefined) return;
    const { algorithm } = this.#announced;
    const expected = this.#announced.value ?? trailers[checksumHeader(algorithm)];
    if (expected === undefined) {
      throw new S3Error("MalformedTrailerError", {
        message: `The trailer ${checksumHeader(algorithm)} was announced and did not come.`,
      });
    }
    this.#checksum = requireChecksum({ algorithm, value: expected }, actual);
  }

  async *#wire(): AsyncGenerator<Buffer, void, undefined> {
    this.#request.continueBody();
    let size = 0;
    let waitedMs = 0;
    let askedAt = performance.now();
    try {
      // The socket is still needed for the answer, so leaving the loop early must not destroy it.
      const pieces = this.#request.incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      for await (const piece of pieces) {
        size += piece.length;
        waitedMs += performance.now() - askedAt;
        requirePace(this.#pace, size, waitedMs);
        yield piece;
        askedAt = performance.now();
      }
    } catch (cause) {
      throw clientGone(cause);
    }
  }

  /**
   * A small body has mostly come with its head and is there to be taken. Else by plain events: an iterator would cost more
   * than all the hashing.
   */
  #collect(limitBytes: number): Buffer | Promise<Buffer> {
    this.#request.continueBody();
    const { incoming } = this.#request;
    if (incoming.complete && !incoming.destroyed && incoming.readableLength <= limitBytes) {
      return (incoming.read() as Buffer | null) ?? Buffer.alloc(0);
    }
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const askedAt = performance.now();
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > limitBytes) reject(tooLong(limitBytes));
        else chunks.push(chunk);
        try {
          requirePace(this.#pace, size, performance.now() - askedAt);
        } catch (tooSlow) {
          reject(tooSlow);
        }
      });
      incoming.once("end", () =>
        resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
      );
      incoming.once("error", (cause) => reject(clientGone(cause)));
      incoming.once("close", () => {
        if (!incoming.complete) reject(clientGone(undefined));
      });
    });
  }
}

/**
 * The bytes of a small XML document that a client must send, with its Content-MD5 checked.
 *
 * @throws {S3Error} `BadDigest`, `InvalidDigest`, `MaxMessageLengthExceeded`.
 */
export async function readDocument(
  body: RequestBody,
  headers: S3Request["headers"],
  limitBytes: number,
): Promise<string> {
  const bytes = await body.bytes(limitBytes);
  const md5 = contentMd5(headers);
  if (md5 !== undefined && md5Base64(bytes) !== md5) throw new S3Error("BadDigest");
  refuseManyTags(bytes);
  return bytes.toString("utf8");
}

/** More than any document has: 10,000 parts have each a number, an ETag and a checksum or two. */
const maxTags = 200_000;

/** Before a tree is made of them, while which everybody waits. */
function refuseManyTags(bytes: Buffer): void {
  const begin = "<".charCodeAt(0);
  let tags = 0;
  for (let at = bytes.indexOf(begin); at !== -1; at = bytes.indexOf(begin, at + 1)) {
    if (++tags > maxTags) throw malformed(`it has more than ${maxTags} tags`);
  }
}

/**
 * The Content-MD5 header, checked for its form (RFC 1864).
 *
 * @throws {S3Error} `InvalidDigest`.
 */
export function contentMd5(headers: S3Request["headers"]): string | undefined {
  const value = headers["content-md5"];
  if (value === undefined) return undefined;
  if (!/^[A-Za-z0-9+/]{22}==$/.test(value)) {
    throw new S3Error("InvalidDigest", { details: { "Content-MD5": value } });
  }
  return value;
}

/**
 * Refuses a document that came without Content-MD5 or checksum, for the operations whose documents AWS wants protected.
 * Call it when the document has been read.
 *
 * @throws {S3Error} `InvalidRequest`.
 */
export function requireDigest({ request, body }: { request: S3Request; body: RequestBody }): void {
  if (contentMd5(request.headers) !== undefined || body.checksum !== undefined) return;
  throw new S3Error("InvalidRequest", {
    message: "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
  });
}

/**
 * The checksum that a client gave, once it is known to be the bytes'.
 *
 * @throws {S3Error} `BadDigest`.
 */
export function requireChecksum(
  { algorithm, value }: Pick<Checksum, "algorithm" | "value">,
  actual: string,
): Checksum {
  if (value === actual) return { algorithm, type: "FULL_OBJECT", value };
  throw new S3Error("BadDigest", {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  });
}

/** Whether the whole body has come in, so that the connection can serve another request. */
export function isConsumed(incoming: IncomingMessage): boolean {
  return incoming.readableEnded || incoming.complete;
}

function bodySize(headers: S3Request["headers"], payload: Payload): number | undefined {
  const name = payload.type === "chunked" ? "x-amz-decoded-content-length" : "content-length";
  const value = headers[name];
  if (value === undefined) {
    if (payload.type === "chunked") throw new S3Error("MissingContentLength");
    return headers["transfer-encoding"] === undefined ? 0 : undefined;
  }
  if (!/^\d{1,15}$/.test(value)) {
    throw new S3Error("InvalidArgument", {
      message: `The header ${name} must be a number of bytes.`,
      details: { ArgumentName: name, ArgumentValue: value },
    });
  }
  return Number(value);
}

/** A checksum stands in a header, or is announced by `x-amz-trailer` and comes behind the last chunk. */
function announcedChecksum(headers: S3Request["headers"], payload: Payload): AnnouncedChecksum | undefined {
  refuseUnknownChecksums(headers);
  const given = readChecksumHeaders(headers);
  checkNamedAlgorithm(headers, given);
  const trailer = headers["x-amz-trailer"]?.trim().toLowerCase();
  if (given !== undefined) {
    if (trailer?.startsWith("x-amz-checksum-") === true) throw severalChecksums();
    return given;
  }
  if (trailer === undefined || payload.type !== "chunked" || !payload.trailer) return undefined;
  const algorithm = checksumAlgorithmOf(trailer);
  if (algorithm !== undefined) return { algorithm };
  throw new S3Error("InvalidRequest", {
    message: `The value ${JSON.stringify(trailer)} of the x-amz-trailer header is not supported.`,
  });
}

/** Headers that speak of checksums and are none. */
const aboutChecksums: ReadonlySet<string> = new Set([
  "x-amz-checksum-algorithm",
  "x-amz-checksum-mode",
  "x-amz-checksum-type",
]);

/**
 * Whoever sends a checksum believes that it is verified.
 *
 * @throws {S3Error} `InvalidRequest` for one of an algorithm that is not known here.
 */
export function refuseUnknownChecksums(headers: Readonly<Record<string, string>>): void {
  for (const name in headers) {
    if (!name.startsWith("x-amz-checksum-") || aboutChecksums.has(name)) continue;
    if (checksumAlgorithmOf(name) !== undefined) continue;
    throw new S3Error("InvalidRequest", {
      message: "The algorithm type you specified in x-amz-checksum- header is invalid.",
      details: { Header: name },
    });
  }
}

/** What an SDK says it computes must be what it sends. Some say it and send nothing, as where a body is empty. */
function checkNamedAlgorithm(headers: S3Request["headers"], given: Checksum | undefined): void {
  const named = headers["x-amz-sdk-checksum-algorithm"];
  if (named === undefined) return;
  const algorithm = parseChecksumAlgorithm(named);
  if (given === undefined || given.algorithm === algorithm) return;
  throw new S3Error("InvalidRequest", {
    message: `Value for x-amz-sdk-checksum-algorithm header is invalid: it is ${JSON.stringify(named)}, and the checksum sent is a ${given.algorithm}.`,
  });
}

function compareSha256(expected: string, actual: string): void {
  if (timingSafeEqual(expected, actual)) return;
  throw new S3Error("XAmzContentSHA256Mismatch", {
    details: { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: actual },
  });
}

function md5Base64(bytes: Uint8Array): string {
  const md5 = createMd5();
  md5.update(bytes);
  return md5.digest("base64");
}

function tooLong(limitBytes: number): S3Error {
  return new S3Error("MaxMessageLengthExceeded", { details: { MaxMessageLengthBytes: String(limitBytes) } });
}

function clientGone(cause: unknown): S3Error {
  return cause instanceof S3Error ? cause : new S3Error("IncompleteBody", { cause });
}
