/**
 * The client: boto's objects over one typed method for each operation of S3. This room speaks to a server and never
 * contains one; what it knows of the protocol's language comes from `src/s3`.
 *
 * This file is its lower edge: what the client asks of whatever carries HTTP. `transport.ts` answers it with undici,
 * and `fetch-transport.ts`, in a browser, with fetch.
 */

/** A request as it is to stand on the wire. */
export interface HttpRequest {
  /** Scheme, host and port, such as `https://s3.eu-central-1.amazonaws.com`. */
  readonly origin: string;
  readonly method: string;
  /** Path and query, byte for byte as they were signed. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** An iterable's length stands in the header `content-length`. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly signal?: AbortSignal | undefined;
  /** How long the answer's headers may take once the request is sent. */
  readonly headersTimeoutMs: number;
  /** How long the answer's body may stand still while somebody wants to read it. */
  readonly bodyTimeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name, bytes as latin1 code units; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HttpBody;
}

/**
 * The body of an answer. Iterating it reads it once. An error of the connection in the middle is thrown as a
 * {@link ConnectionError}.
 */
export interface HttpBody extends AsyncIterable<Uint8Array> {
  /** Everything that is left, at most `limit` bytes. Throws RangeError when there is more. */
  bytes(limit?: number): Promise<Uint8Array>;
  /** Gives up what is left, and the connection with it unless all of it has arrived. */
  cancel(): void;
}

export interface Transport {
  /** Resolves when the answer's headers are here. Throws a {@link ConnectionError} where there is no answer. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Waits for requests under way, then closes the connections. */
  close(): Promise<void>;
  /** Closes the connections at once. */
  destroy(): void;
}

/** There is no answer, or not the whole of it: the network's fault or the server's, and worth another attempt. */
export class ConnectionError extends Error {
  override readonly name: string = "ConnectionError";
  /** The system's or undici's code, such as `ECONNREFUSED` or `UND_ERR_HEADERS_TIMEOUT`. */
  readonly code: string;
  /** Whether a timer ran out. */
  readonly timeout: boolean;
  /** What to do about it; empty where nothing general can be said. */
  readonly fix: string;

  constructor(
    message: string,
    options: {
      readonly code: string;
      readonly timeout?: boolean;
      readonly fix?: string;
      readonly cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.timeout = options.timeout ?? false;
    this.fix = options.fix ?? "";
  }
}
