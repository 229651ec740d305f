/**
 * aws-chunked bodies: a framing inside the HTTP body whose chunks may be signed and which may end in trailers.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */

/** What `x-amz-content-sha256` says of a body. */
export type PayloadKind =
  | { readonly type: "sha256"; readonly sha256: string }
  | { readonly type: "unsigned" }
  | { readonly type: "chunked"; readonly kind: "signed" | "unsigned"; readonly trailer: boolean };

/** Reads a value of `x-amz-content-sha256`. Throws InvalidArgument, NotImplemented. */
export function parsePayloadKind(contentSha256: string): PayloadKind {
  throw new Error(`not yet ${contentSha256}`);
}

/** What signed chunks are signed with: what signV4WithSeed and verifyV4 return, and the signature of the headers. */
export interface ChunkSigning {
  readonly key: Uint8Array;
  readonly scope: string;
  readonly amzDate: string;
  readonly seedSignature: string;
}

export interface ChunkedDecoderOptions {
  readonly kind: "signed" | "unsigned";
  readonly trailer: boolean;
  /** `x-amz-decoded-content-length`. */
  readonly decodedLength: number;
  /** Required for the signed kind. */
  readonly signing?: ChunkSigning;
}

/** Takes the framing off a body. The bytes of a signed chunk are handed out before its signature is known. */
export class ChunkedDecoder {
  /** By lower-case name, whole after {@link end}; without `x-amz-trailer-signature`. */
  readonly trailers: Record<string, string> = Object.create(null) as Record<string, string>;

  constructor(options: ChunkedDecoderOptions) {
    throw new Error(`not yet ${options.kind}`);
  }

  /** Takes the next bytes of the body and returns the data in them. Throws IncompleteBody, SignatureDoesNotMatch. */
  push(chunk: Uint8Array): Buffer[] {
    throw new Error(`not yet ${chunk.length}`);
  }

  /** To be called after the last byte. Throws IncompleteBody, SignatureDoesNotMatch, MalformedTrailerError. */
  end(): void {
    throw new Error("not yet");
  }
}

export interface ChunkedEncoderOptions {
  readonly kind: "signed" | "unsigned";
  /** Required for the signed kind. */
  readonly signing?: ChunkSigning;
  /** Whether the body ends in trailers. Default: false. */
  readonly trailer?: boolean;
  /** Default: 64 KiB; S3 takes no less than 8 KiB in any chunk but the last. */
  readonly chunkSizeBytes?: number;
}

/** Frames a body in chunks of one size, so that its length is known before: {@link encodedLength}. */
export class ChunkedEncoder {
  constructor(options: ChunkedEncoderOptions) {
    throw new Error(`not yet ${options.kind}`);
  }

  /** The Content-Length of the framed body. `trailers` has names and values of the length that will be sent. */
  encodedLength(decodedLength: number, trailers?: Readonly<Record<string, string>>): number {
    throw new Error(`not yet ${decodedLength} ${JSON.stringify(trailers)}`);
  }

  push(data: Uint8Array): Uint8Array[] {
    throw new Error(`not yet ${data.length}`);
  }

  /** The rest: what was held back, the last chunk and the trailers. */
  end(trailers?: Readonly<Record<string, string>>): Uint8Array[] {
    throw new Error(`not yet ${JSON.stringify(trailers)}`);
  }
}
