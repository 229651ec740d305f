/**
 * The errors of the client. Each says which operation on which bucket and key failed, why, and the way out; those that a
 * server answered carry its code, and a HEAD's are named like a GET's although they come without a document.
 *
 * boto's names stay: S3ResponseError, S3CreateError, S3CopyError, S3PermissionsError, S3DataError.
 */

import { S3Error } from "../s3/errors.ts";

/** What a request was about. */
export interface RequestSubject {
  readonly operation: string;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  /** Scheme, host and port. */
  readonly endpoint?: string | undefined;
  readonly anonymous?: boolean | undefined;
}

export interface ResponseErrorOptions {
  readonly subject: RequestSubject;
  readonly code: string;
  readonly status: number;
  /** The server's own words. */
  readonly serverMessage?: string | undefined;
  /** Elements of the error document. */
  readonly details?: Record<string, string> | undefined;
  readonly headers?: Record<string, string> | undefined;
  /** The document as it came. */
  readonly body?: string | undefined;
  /** How often the request was sent. */
  readonly attempts?: number | undefined;
  /** Whether an earlier attempt had no clear answer. */
  readonly maybeDone?: boolean | undefined;
  /** Replaces the way out that the code suggests. */
  readonly fix?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A server answered with an error.
 *
 * @example
 * try {
 *   await bucket.getKey("photo.jpg", { validate: true });
 * } catch (error) {
 *   if (error instanceof S3ResponseError && error.code === "AccessDenied") console.error(error.fix);
 * }
 */
export class S3ResponseError extends S3Error {
  override readonly name: string = "S3ResponseError";
  /** The operation, such as `GetObject`. */
  readonly operation: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** What the server said, without what the client adds. */
  readonly serverMessage: string;
  /** What to do about it; empty where nothing general can be said. */
  readonly fix: string;
  readonly requestId: string | undefined;
  readonly hostId: string | undefined;
  /** The error document as it came; empty for HEAD. */
  readonly body: string;
  readonly attempts: number;
  /** Whether an earlier attempt of the same request had no clear answer, so that it may have done the work. */
  readonly maybeDone: boolean;

  constructor(options: ResponseErrorOptions) {
    const { subject, code, status } = options;
    const serverMessage = options.serverMessage || new S3Error(code).message;
    const fix = options.fix ?? fixFor(code, status, subject);
    const said = serverMessage === code ? "" : `: ${serverMessage}`;
    super(code, {
      message: sentence(`${subjectText(subject)} failed with ${code} (${status})${said}`, fix),
      status,
      details: options.details ?? {},
      headers: options.headers ?? {},
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.operation = subject.operation;
    this.bucket = subject.bucket;
    this.key = subject.key;
    this.serverMessage = serverMessage;
    this.fix = fix;
    this.requestId = options.details?.["RequestId"] ?? options.headers?.["x-amz-request-id"];
    this.hostId = options.details?.["HostId"] ?? options.headers?.["x-amz-id-2"];
    this.body = options.body ?? "";
    this.attempts = options.attempts ?? 1;
    this.maybeDone = options.maybeDone ?? false;
    // What is long and seldom wanted stays out of what console.error prints.
    for (const name of ["body", "details", "headers"] as const) {
      Object.defineProperty(this, name, { value: this[name], enumerable: false });
    }
  }
}

/** A bucket could not be created: the name is taken, by you or somebody else. */
export class S3CreateError extends S3ResponseError {
  override readonly name: string = "S3CreateError";
}

/** A copy failed on the server, perhaps after it had answered 200. */
export class S3CopyError extends S3ResponseError {
  override readonly name: string = "S3CopyError";
}

/** The server refused: wrong or missing rights, or credentials that it does not accept. */
export class S3PermissionsError extends S3ResponseError {
  override readonly name: string = "S3PermissionsError";
}

/** What arrived is not what was stored, or was stored is not what was sent. */
export class S3DataError extends Error {
  override readonly name: string = "S3DataError";
  readonly code: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly fix: string;

  constructor(code: string, subject: RequestSubject, problem: string, fix: string) {
    super(sentence(`${subjectText(subject)} failed: ${problem}`, fix));
    this.code = code;
    this.bucket = subject.bucket;
    this.key = subject.key;
    this.fix = fix;
  }
}

/** There was no answer: nobody listens, the connection broke, or a timer ran out. */
export class S3ConnectionError extends Error {
  override readonly name: string = "S3ConnectionError";
  /** The system's code, such as `ECONNREFUSED` or `UND_ERR_HEADERS_TIMEOUT`. */
  readonly code: string;
  readonly operation: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly fix: string;
  readonly attempts: number;

  constructor(
    subject: RequestSubject,
    options: {
      readonly code: string;
      readonly problem: string;
      readonly attempts: number;
      readonly fix?: string | undefined;
      readonly cause?: unknown;
    },
  ) {
    const fix = options.fix ?? "";
    const tries = options.attempts === 1 ? "" : ` after ${options.attempts} attempts`;
    const where = subject.endpoint === undefined ? "" : ` at ${subject.endpoint}`;
    super(
      sentence(`${subjectText(subject)}${where} failed${tries}: ${options.problem} (${options.code})`, fix),
      {
        cause: options.cause,
      },
    );
    this.code = options.code;
    this.operation = subject.operation;
    this.bucket = subject.bucket;
    this.key = subject.key;
    this.fix = fix;
    this.attempts = options.attempts;
  }
}

/** No credentials, or none that can be read. */
export class CredentialsError extends Error {
  override readonly name: string = "CredentialsError";
  readonly code: string = "CredentialsNotFound";
  readonly fix: string;

  constructor(problem: string, fix: string, options?: ErrorOptions) {
    super(sentence(problem, fix), options);
    this.fix = fix;
  }
}

/** The error class that boto has for this answer. */
export function responseError(options: ResponseErrorOptions): S3ResponseError {
  const { subject, status, code } = options;
  if (status === 403) return new S3PermissionsError(options);
  if (subject.operation === "CreateBucket" && status === 409) return new S3CreateError(options);
  if (subject.operation === "CopyObject" || subject.operation === "UploadPartCopy") {
    if (code !== "PreconditionFailed") return new S3CopyError(options);
  }
  return new S3ResponseError(options);
}

const statusCodes: Readonly<Record<number, string>> = {
  301: "PermanentRedirect",
  304: "NotModified",
  307: "TemporaryRedirect",
  400: "BadRequest",
  401: "AccessDenied",
  403: "AccessDenied",
  405: "MethodNotAllowed",
  409: "OperationAborted",
  411: "MissingContentLength",
  412: "PreconditionFailed",
  416: "InvalidRange",
  429: "SlowDown",
  501: "NotImplemented",
  503: "ServiceUnavailable",
};

/** The code of an answer that came without a document, as every answer to HEAD does. */
export function codeOfStatus(status: number, { bucket, key }: RequestSubject): string {
  // A HEAD of a key cannot tell a missing bucket from a missing key; the key is by far the likelier.
  if (status === 404)
    return key !== undefined ? "NoSuchKey" : bucket !== undefined ? "NoSuchBucket" : "NotFound";
  return statusCodes[status] ?? (status >= 500 ? "InternalError" : "UnknownError");
}

function subjectText({ operation, bucket, key }: RequestSubject): string {
  if (bucket === undefined) return operation;
  if (key === undefined) return `${operation} of bucket "${bucket}"`;
  return `${operation} of "${key}" in bucket "${bucket}"`;
}

function sentence(problem: string, fix: string): string {
  const ended = /[.!?]$/.test(problem) ? problem : `${problem}.`;
  return fix === "" ? ended : `${ended} ${fix}`;
}

function fixFor(code: string, status: number, subject: RequestSubject): string {
  const bucket = subject.bucket ?? "";
  const at = subject.endpoint === undefined ? "" : ` at ${subject.endpoint}`;
  switch (code) {
    case "NoSuchBucket":
      return `Create it with createBucket("${bucket}"), or check the name and the endpoint${at}.`;
    case "NoSuchKey":
      return "Look what is there with bucket.list({ prefix }).";
    case "NoSuchUpload":
      return "It was completed or aborted, or never begun: bucket.listMultipartUploads() shows those under way.";
    case "BucketNotEmpty":
      return "Delete what is in it first: bucket.deleteKeys(bucket.listVersions()). Uploads under way count on some servers.";
    case "BucketAlreadyExists":
      return "Bucket names are shared by all users of a server: choose another.";
    case "BucketAlreadyOwnedByYou":
      return `It is yours already: getBucket("${bucket}").`;
    case "InvalidBucketName":
      return "A name has 3 to 63 lower-case letters, digits and hyphens.";
    case "InvalidAccessKeyId":
      return `Check the access key; is it one of the server${at}?`;
    case "SignatureDoesNotMatch":
      return "Check the secret key. A proxy that changes the Host header, the path or a header breaks signatures too.";
    case "ExpiredToken":
    case "InvalidToken":
      return "Get new temporary credentials, or give a credentials function that does.";
    case "RequestTimeTooSkewed":
      return "Set the clock of this machine.";
    case "PreconditionFailed":
      return "The object is not in the state that ifMatch or ifNoneMatch asked for: read it again and decide.";
    case "EntityTooSmall":
      return "Every part of an upload but the last must be at least 5 MiB.";
    case "EntityTooLarge":
      return "Upload it in parts with upload(), which does so by itself.";
    case "NotImplemented":
      return "This server does not have the feature.";
    case "SlowDown":
    case "ServiceUnavailable":
      return "The server is busy: lower the concurrency or raise retries.maxAttempts.";
    case "AccessDenied":
      return subject.anonymous === true
        ? "The request was anonymous: give credentials, or have the owner make it public."
        : "These credentials lack the right, by the bucket's or the object's ACL or a policy: getAcl() shows who has it.";
    default:
      return status === 301 || status === 307
        ? "The bucket is in another region or at another endpoint: set region or endpoint."
        : "";
  }
}
