/** The one error of uploads: what was wrong with what a person sent. */

/** HTTP status of every code. */
const statuses = {
  /** The body ended before the form did: the connection broke, or the client gave up. */
  Aborted: 400,
  BodyMalformed: 400,
  FileEmpty: 400,
  FilenameInvalid: 400,
  FilenameTooLong: 400,
  /** More bytes than one file may have. */
  FileTooLarge: 413,
  FieldNameTooLong: 400,
  FieldTooLarge: 413,
  /** The token of a direct upload is not ours, not this user's, or too old. */
  TokenInvalid: 403,
  TooManyFields: 413,
  TooManyFiles: 413,
  /** The whole body. */
  TooLarge: 413,
  /** The type is none of those that are taken. */
  TypeNotAllowed: 415,
  /** The bytes are not of the type that the name says. */
  TypeMismatch: 415,
  /** A file in a field that takes none. */
  UnexpectedFile: 400,
  /** A direct upload that is to be completed, and of which nothing arrived. */
  UploadMissing: 409,
  NotMultipart: 415,
} as const;

export type UploadErrorCode = keyof typeof statuses;

export interface UploadErrorOptions extends ErrorOptions {
  /** The form's field. */
  readonly field?: string | undefined;
  /** The file, as a person may see it. */
  readonly filename?: string | undefined;
  /** The limit that was passed, in bytes or pieces. */
  readonly limit?: number | undefined;
}

/**
 * An upload that was refused. Nothing of the request is stored. The message is fit to be shown to the person.
 *
 * Express, Fastify and Hono answer with its status by themselves where nothing else handles it.
 */
export class UploadError extends Error {
  override readonly name: string = "UploadError";
  /** Stable: for programs. */
  readonly code: UploadErrorCode;
  /** HTTP status: 400, 413, 415; 403 and 409 of direct uploads. */
  readonly status: number;
  readonly field: string | undefined;
  readonly filename: string | undefined;
  readonly limit: number | undefined;
  /** As Express's errors have it: the message may go out. */
  readonly expose: boolean = true;

  constructor(code: UploadErrorCode, message: string, options: UploadErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = statuses[code];
    this.field = options.field;
    this.filename = options.filename;
    this.limit = options.limit;
  }

  /** The status by the name that Fastify reads. */
  get statusCode(): number {
    return this.status;
  }

  /** The error as JSON: `{ code, message, field, filename, limit }`. Hono sends this. */
  getResponse(): Response {
    return Response.json(this, { status: this.status });
  }

  toJSON(): object {
    const { code, message, field, filename, limit } = this;
    return { code, message, field, filename, limit };
  }
}
