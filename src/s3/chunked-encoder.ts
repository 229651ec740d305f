/** The client's side of aws-chunked bodies; what they look like is shown in chunked.ts. */

import { type ChunkSigning, emptySha256, SignatureChain, trailerSignatureName } from "./chunk-signing.ts";
import { createSha256, sha256Hex } from "#hash";

export interface ChunkedEncoderOptions {
  readonly kind: "signed" | "unsigned";
  /** Required for the signed kind. */
  readonly signing?: ChunkSigning;
  /** Whether the body ends in trailers. Default: false. */
  readonly trailer?: boolean;
  /** Default: 64 KiB. S3 takes no less than 8 KiB in any chunk but the last. */
  readonly chunkSizeBytes?: number;
}

/**
 * Frames a body in chunks of one size, so that its length is known before: {@link encodedLength}.
 *
 * @example
 * const encoder = new ChunkedEncoder({ kind: "unsigned", trailer: true });
 * const body = [...encoder.push(data), ...encoder.end({ "x-amz-checksum-crc32": checksum })];
 */
export class ChunkedEncoder {
  readonly #options: ChunkedEncoderOptions;
  readonly #chain: SignatureChain | null;
  readonly #chunkSizeBytes: number;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /** @throws {TypeError} When `signing` is missing for the signed kind. */
  constructor(options: ChunkedEncoderOptions) {
    if (options.kind === "signed" && options.signing === undefined) {
      throw new TypeError("Cannot sign chunks without `signing`.");
    }
    this.#options = options;
    this.#chunkSizeBytes = options.chunkSizeBytes ?? 64 * 1024;
    this.#chain =
      options.kind === "signed" && options.signing !== undefined ? new SignatureChain(options.signing) : null;
  }

  /**
   * The Content-Length of the framed body.
   *
   * @param trailers Names, and values of the length that will be sent.
   */
  encodedLength(decodedLength: number, trailers: Readonly<Record<string, string>> = {}): number {
    const signatureBytes = this.#chain === null ? 0 : ";chunk-signature=".length + 64;
    const frameBytes = (size: number): number => size.toString(16).length + signatureBytes + size + 4;
    const rest = decodedLength % this.#chunkSizeBytes;
    const wholeChunks = (decodedLength - rest) / this.#chunkSizeBytes;
    let length = wholeChunks * frameBytes(this.#chunkSizeBytes) + (rest === 0 ? 0 : frameBytes(rest));
    length += frameBytes(0);
    if (this.#options.trailer !== true) return length;
    for (const [name, value] of Object.entries(trailers)) length += name.length + value.length + 3;
    return this.#chain === null ? length : length + trailerSignatureName.length + 64 + 3;
  }

  /** Takes the next bytes of the data and returns what can be sent; less than a chunk is held back, not copied. */
  push(data: Uint8Array): Uint8Array[] {
    const framed: Uint8Array[] = [];
    let at = 0;
    while (at < data.length) {
      const end = Math.min(data.length, at + this.#chunkSizeBytes - this.#heldBytes);
      this.#held.push(data.subarray(at, end));
      this.#heldBytes += end - at;
      at = end;
      if (this.#heldBytes === this.#chunkSizeBytes) this.#flush(framed);
    }
    return framed;
  }

  /** The rest: what was held back, the last chunk and the trailers. */
  end(trailers: Readonly<Record<string, string>> = {}): Uint8Array[] {
    const framed: Uint8Array[] = [];
    if (this.#heldBytes > 0) this.#flush(framed);
    let tail = this.#header(0, emptySha256);
    if (this.#options.trailer === true) {
      const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}`);
      for (const line of lines) tail += `${line}\r\n`;
      if (this.#chain !== null) {
        tail += `${trailerSignatureName}:${this.#chain.trailer(lines.map((line) => `${line}\n`).join(""))}\r\n`;
      }
    }
    framed.push(Buffer.from(`${tail}\r\n`, "latin1"));
    return framed;
  }

  #flush(framed: Uint8Array[]): void {
    const header = this.#header(this.#heldBytes, this.#chain === null ? "" : sha256Of(this.#held));
    framed.push(Buffer.from(header, "latin1"), ...this.#held, crlf);
    this.#held = [];
    this.#heldBytes = 0;
  }

  #header(size: number, dataSha256: string): string {
    const signature = this.#chain === null ? "" : `;chunk-signature=${this.#chain.chunk(dataSha256)}`;
    return `${size.toString(16)}${signature}\r\n`;
  }
}

const crlf: Uint8Array = Buffer.from("\r\n", "latin1");

function sha256Of(parts: readonly Uint8Array[]): string {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return sha256Hex(first);
  const hasher = createSha256();
  for (const part of parts) hasher.update(part);
  return hasher.digest("hex");
}
