/** The signatures of aws-chunked bodies, the same for whoever makes and whoever verifies them. */

import { hmacSha256Hex, sha256Hex } from "#hash";

/** What signed chunks are signed with: what signV4WithSeed and verifyV4 return, and the signature of the headers. */
export interface ChunkSigning {
  readonly key: Uint8Array;
  readonly scope: string;
  readonly amzDate: string;
  readonly seedSignature: string;
}

/** The trailer that signs the other trailers. */
export const trailerSignatureName = "x-amz-trailer-signature";

/** The SHA-256 of no bytes: what the last chunk holds. */
export const emptySha256: string = sha256Hex("");

/** Each chunk's signature covers the one before, so chunks can be neither changed nor moved nor left out. */
export class SignatureChain {
  readonly #signing: ChunkSigning;
  #previous: string;

  constructor(signing: ChunkSigning) {
    this.#signing = signing;
    this.#previous = signing.seedSignature;
  }

  /** The signature of the next chunk. */
  chunk(dataSha256: string): string {
    return this.#sign("PAYLOAD", `${emptySha256}\n${dataSha256}`);
  }

  /** The signature of the trailers, each `name:value\n`. */
  trailer(lines: string): string {
    return this.#sign("TRAILER", sha256Hex(lines));
  }

  #sign(what: "PAYLOAD" | "TRAILER", hashes: string): string {
    const { key, scope, amzDate } = this.#signing;
    const text = `AWS4-HMAC-SHA256-${what}\n${amzDate}\n${scope}\n${this.#previous}\n${hashes}`;
    this.#previous = hmacSha256Hex(key, text);
    return this.#previous;
  }
}
