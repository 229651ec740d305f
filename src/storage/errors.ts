/**
 * The errors of a storage. What the file system answers beyond them, and that S3 gave no answer, passes through as it is.
 *
 * Only {@link NameError} has a status: frameworks answer a visitor with it.
 */

export interface StorageErrorOptions extends ErrorOptions {
  /** What to do about it. */
  readonly fix?: string | undefined;
}

/** Something that a storage refuses or cannot do. */
export class StorageError extends Error {
  override readonly name: string = "StorageError";
  /** Stable: for programs. */
  readonly code: string;
  /** What to do about it; empty where nothing general can be said. */
  readonly fix: string;

  constructor(code: string, message: string, { fix = "", cause }: StorageErrorOptions = {}) {
    super(fix === "" ? message : `${message} ${fix}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fix = fix;
  }
}

/**
 * What the name in a request can cause. Express, Fastify, Hono and Nest answer with its status by themselves where nothing
 * else handles it, as Django does.
 */
export abstract class NameError extends StorageError {
  /** HTTP status. */
  abstract readonly status: number;
  /** As Express's errors have it: the message may go out. Nest and Koa ask for it. */
  readonly expose: boolean = true;

  /** The status by the name that Fastify reads. */
  get statusCode(): number {
    return this.status;
  }

  /** The error as JSON: `{ code, message }`. Hono sends this. */
  getResponse(): Response {
    return Response.json(this, { status: this.status });
  }

  toJSON(): object {
    const { code, message } = this;
    return { code, message };
  }
}

/** A name that would lead out of the storage, or is none. Django's SuspiciousFileOperation. */
export class SuspiciousFileOperation extends NameError {
  override readonly name: string = "SuspiciousFileOperation";
  readonly status = 400;

  constructor(message: string, options?: StorageErrorOptions) {
    super("SuspiciousFileOperation", message, options);
  }
}

/** There is no file of that name. */
export class FileNotFoundError extends NameError {
  override readonly name: string = "FileNotFoundError";
  readonly status = 404;
  /** The name that was asked for. */
  readonly file: string;

  constructor(file: string, options?: StorageErrorOptions) {
    super("FileNotFound", `There is no file ${JSON.stringify(file)} in this storage.`, options);
    this.file = file;
  }
}

/** The file that was opened is not there any more: another one has its name. */
export function fileChanged(name: string, cause?: unknown): StorageError {
  return new StorageError(
    "FileChanged",
    `The file ${JSON.stringify(name)} was replaced since it was opened.`,
    {
      fix: "Open it again.",
      cause,
    },
  );
}

/** A backend does not have this at all. */
export class NotImplementedError extends StorageError {
  override readonly name: string = "NotImplementedError";

  constructor(message: string, options?: StorageErrorOptions) {
    super("NotImplemented", message, options);
  }
}

/** An option or a configuration that cannot be. Django's ImproperlyConfigured. */
export class ImproperlyConfigured extends StorageError {
  override readonly name: string = "ImproperlyConfigured";

  constructor(message: string, options?: StorageErrorOptions) {
    super("ImproperlyConfigured", message, options);
  }
}
