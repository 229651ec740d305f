/**
 * Server access logs on their way to the disk. Lines of logged buckets are gathered for a moment and written together; what
 * a crash takes is the last moment.
 */

import type { TLSSocket } from "node:tls";
import { storeLogLines } from "../engine/access-logs.ts";
import type { Bucket, Engine, ObjectInfo } from "../engine/types.ts";
import { type AccessLogEntry, accessLogLine, loggedOperation } from "../s3/access-log.ts";
import { S3Error } from "../s3/errors.ts";
import type { Context, Identity, S3Response } from "./context.ts";
import { isOwner } from "./authorize.ts";
import type { S3Request } from "./request.ts";

/** A request that was answered, as far as its log wants to know. */
export interface AnsweredRequest {
  readonly bucket: Bucket;
  readonly request: S3Request;
  readonly requestId: string;
  readonly response: S3Response;
  readonly errorCode?: string | undefined;
  readonly startedMs: number;
  readonly totalMs: number;
  readonly turnAroundMs: number;
  /** Whether all of the answer was sent. */
  readonly isSent: boolean;
  readonly operation: Context["operation"];
  readonly key: string;
  /** Absent when it was refused before anybody knew who asks. */
  readonly context?: LoggedContext | undefined;
}

/** What of a context a log reads. */
export type LoggedContext = Pick<Context, "identity" | "signature" | "body"> & {
  readonly info?: ObjectInfo | null | undefined;
  /** What the request did beside its main act, such as each deletion of many. */
  readonly alsoLogged?: readonly AlsoLogged[] | undefined;
};

/** An act that has a line of its own. */
export interface AlsoLogged {
  /** Such as `BATCH.DELETE.OBJECT`. */
  readonly operation: string;
  readonly bucket: Bucket;
  readonly key: string;
  readonly status: number;
  readonly errorCode?: string | undefined;
  readonly objectSize?: number | undefined;
  readonly versionId?: string | undefined;
}

const gatherMs = 500;
const mostGatheredBytes = 1024 * 1024;

export interface AccessLogs {
  /** Takes note of a request to a bucket. Nothing happens unless the bucket is logged. */
  note(answered: AnsweredRequest): void;
  /** Writes what is gathered. */
  flush(): Promise<void>;
}

export function createAccessLogs(engine: Engine): AccessLogs {
  let gathered = new Map<Bucket, string[]>();
  let gatheredBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async (lines: ReadonlyMap<Bucket, readonly string[]>): Promise<void> => {
    try {
      for (const [bucket, texts] of lines) await storeLogLines(engine, bucket, texts.join(""));
    } catch (error) {
      // Nobody waits for a log, and a full disk must not fill memory instead.
      const level = error instanceof S3Error && error.code === "InsufficientStorage" ? "warn" : "error";
      engine.log(level, "Lines of server access logs are lost", error);
    }
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered.size === 0) return writing;
    const lines = gathered;
    gathered = new Map();
    gatheredBytes = 0;
    return (writing = writing.then(() => write(lines)));
  };
  const add = (bucket: Bucket, entry: AccessLogEntry): void => {
    if (bucket.logging === undefined) return;
    const line = accessLogLine(entry);
    const lines = gathered.get(bucket);
    if (lines === undefined) gathered.set(bucket, [line]);
    else lines.push(line);
    gatheredBytes += line.length;
    if (gatheredBytes >= mostGatheredBytes) void flush();
    else timer ??= setTimeout(() => void flush(), gatherMs).unref();
  };

  return {
    note(answered): void {
      const also = answered.context?.alsoLogged ?? [];
      if (answered.bucket.logging !== undefined) add(answered.bucket, entryOf(answered));
      for (const one of also) {
        if (one.bucket.logging !== undefined) add(one.bucket, alsoEntry(answered, one));
      }
    },
    flush,
  };
}

/** What brings the object's bytes itself. */
const written: ReadonlySet<string> = new Set(["PutObject", "UploadPart"]);

function entryOf(answered: AnsweredRequest): AccessLogEntry {
  const { bucket, request, response, context, operation, errorCode } = answered;
  const isBodiless = request.method === "HEAD" || response.status === 304 || response.status === 204;
  const length = response.headers["content-length"];
  const objectSize = context?.info?.size ?? (written.has(operation.name) ? context?.body.size : undefined);
  return {
    ...commonOf(answered, bucket),
    operation: loggedOperation(operation),
    key: answered.key,
    request: {
      method: request.method,
      target: request.query === "" ? request.path : `${request.path}?${request.query}`,
      httpVersion: request.incoming.httpVersion,
    },
    status: response.status,
    errorCode,
    bytesSent: isBodiless || !answered.isSent || length === undefined ? undefined : Number(length),
    objectSize,
    totalMs: answered.totalMs,
    turnAroundMs: answered.turnAroundMs,
    versionId: response.headers["x-amz-version-id"] ?? request.params.get("versionId"),
  };
}

function alsoEntry(answered: AnsweredRequest, one: AlsoLogged): AccessLogEntry {
  return {
    ...commonOf(answered, one.bucket),
    operation: one.operation,
    key: one.key,
    status: one.status,
    errorCode: one.errorCode,
    objectSize: one.objectSize,
    versionId: one.versionId,
  };
}

function commonOf(
  { request, requestId, startedMs, context, response }: AnsweredRequest,
  bucket: Bucket,
): Omit<AccessLogEntry, "operation" | "status"> {
  const { identity, signature } = context ?? {};
  const socket = request.incoming.socket as Partial<TLSSocket>;
  return {
    bucketOwnerId: bucket.owner.id,
    bucketName: bucket.name,
    timeMs: startedMs,
    remoteAddress: request.remoteAddress,
    requesterId: identity === undefined || identity.anonymous ? undefined : identity.owner.id,
    requestId,
    referrer: request.headers["referer"],
    userAgent: request.headers["user-agent"],
    signatureVersion: signature && (signature.version === "AWS" ? "SigV2" : "SigV4"),
    cipherSuite: socket.getCipher?.().standardName,
    authenticationType: signature && (signature.type === "REST-QUERY-STRING" ? "QueryString" : "AuthHeader"),
    hostHeader: request.headers["host"],
    tlsVersion: socket.getProtocol?.() ?? undefined,
    aclRequired: response.status < 400 && identity !== undefined && neededList(identity, bucket),
  };
}

/** Without a policy nothing but a list lets anybody in but the owner. */
function neededList(identity: Identity, bucket: Bucket): boolean {
  return bucket.policy === undefined && !isOwner(identity, bucket);
}
