/**
 * The one class that carries errors of S3 from where they are found to where they are written as XML (server) or read
 * from it (client).
 */

import { errorRows } from "#error-rows";

/** A code that this server sends. A client may meet others: {@link S3Error.code} is a plain string. */
export type S3ErrorCode = keyof typeof errorRows;

/** What goes into an error beside its code. */
export interface S3ErrorOptions {
  /** What happened, with the value that was wrong. Default: the code's own message. */
  message?: string;
  /** Further elements of the error document, by element name, such as `BucketName` or `Key`. */
  details?: Record<string, string>;
  /** HTTP status where it differs from the code's own. */
  status?: number;
  /** Headers that belong to the answer, such as `content-range` with `InvalidRange`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/**
 * An error of the protocol: what a server answers and what a client throws.
 *
 * @example
 * throw new S3Error("NoSuchKey", { details: { Key: "photo.jpg" } });
 */
export class S3Error extends Error {
  override readonly name: string = "S3Error";
  /** The error code, such as `NoSuchKey`. */
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: S3ErrorCode | (string & {}), options: S3ErrorOptions = {}) {
    const [status, message] = rowOf(code);
    super(options.message ?? message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = options.status ?? status;
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
  }
}

/** Whether a code is one that this server sends. */
export function isKnownErrorCode(code: string): code is S3ErrorCode {
  return Object.hasOwn(errorRows, code);
}

function rowOf(code: string): readonly [number, string] {
  return isKnownErrorCode(code) ? errorRows[code] : [500, code];
}
