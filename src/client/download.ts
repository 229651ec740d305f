/**
 * A download that ends whole: a body that breaks or stands still in the middle is resumed where it stopped, with Range
 * and with If-Match, so that an object that was replaced meanwhile is noticed. Checksums are verified on the way.
 */

import { isComputedByClients } from "../s3/checksums.ts";
import type { NamesOf } from "../s3/known-names.ts";
import type { RunningChecksum } from "../s3/running-checksum.ts";
import { parseContentRange } from "../s3/range.ts";
import type { ClientCore } from "./core.ts";
import { type RequestSubject, S3ConnectionError, S3DataError, S3ResponseError } from "./errors.ts";
import { ConnectionError, type HttpBody } from "./http.ts";
import { checksums } from "./load-seldom.ts";
import { ObjectBody } from "./object-body.ts";
import { type ObjectInfo, readObjectInfo } from "./outputs.ts";
import type { ProgressListener } from "./progress.ts";
import { retryDelayMs } from "./retry.ts";
import { type Answer, type Call, type SendOptions, delay, send } from "./send.ts";

export interface DownloadOptions extends SendOptions {
  readonly onProgress?: ProgressListener | undefined;
}

export const downloadNames: NamesOf<DownloadOptions> = { signal: 1, onSent: 1, onProgress: 1 };

/** The bytes of an answer to GetObject, resumed as often as it takes. */
export function resumable(
  core: ClientCore,
  call: Call,
  answer: Answer,
  info: ObjectInfo,
  options: DownloadOptions,
): ObjectBody {
  const connection: Connection = { body: answer.body! };
  const open = (): AsyncIterable<Uint8Array> => {
    unread.unregister(open);
    const bytes = resume(core, call, connection, info, options);
    unread.register(bytes, connection);
    return bytes;
  };
  unread.register(open, connection, open);
  return new ObjectBody(open, () => connection.body.cancel());
}

/** Where the bytes come from at present. */
interface Connection {
  body: HttpBody;
}

/** A body that nobody reads would hold its connection for ever: when nobody can any more, it is given up. */
const unread = new FinalizationRegistry<Connection>(({ body }) => body.cancel());

async function* resume(
  core: ClientCore,
  call: Call,
  connection: Connection,
  info: ObjectInfo,
  options: DownloadOptions,
): AsyncGenerator<Uint8Array> {
  const { retries } = core.settings;
  const checksum = await runningChecksum(info);
  const start = info.contentRange?.start ?? 0;
  const size = info.headers["content-length"] === undefined ? undefined : info.contentLength;
  let received = 0;
  for (let failures = 0; ;) {
    const before = received;
    try {
      for await (const chunk of connection.body) {
        received += chunk.length;
        checksum?.update(chunk);
        options.onProgress?.({ loadedBytes: received, totalBytes: size });
        yield chunk;
      }
      if (size !== undefined && received < size) {
        throw new ConnectionError(`the body ended after ${received} of ${size} bytes`, {
          code: "SHORT_BODY",
        });
      }
      break;
    } catch (error) {
      if (!(error instanceof ConnectionError) || options.signal?.aborted === true) throw error;
      // A connection that got further has not failed twice in a row.
      failures = received > before ? 1 : failures + 1;
      const failure = error.timeout ? "timeout" : "transient";
      const resumes = size !== undefined && info.etag !== "" && failures < retries.maxAttempts;
      if (!resumes || !core.retryBudget.take(failure)) throw broken(call, error, received, size);
      await delay(retryDelayMs(retries, failures, failure, core.random()), options.signal);
      connection.body = await reopen(
        core,
        call,
        info,
        { from: start + received, to: start + size - 1 },
        options,
      );
    }
  }
  verify(call, info, checksum);
}

async function reopen(
  core: ClientCore,
  call: Call,
  info: ObjectInfo,
  { from, to }: { readonly from: number; readonly to: number },
  options: DownloadOptions,
): Promise<HttpBody> {
  const { headers: first, query } = call;
  const conditions = /^(?:if-|range$)/;
  const headers = Object.fromEntries(Object.entries(first).filter(([name]) => !conditions.test(name)));
  headers["range"] = `bytes=${from}-${to}`;
  headers["if-match"] = `"${info.etag}"`;
  // A range is of the whole object; of one part, the range that the first answer named says the same.
  const wholeQuery = query.replace(/(?:^|&)partNumber=\d+/, "").replace(/^&/, "");
  let answer: Answer;
  try {
    answer = await send(core, { ...call, headers, query: wholeQuery }, { signal: options.signal });
  } catch (error) {
    if (
      error instanceof S3ResponseError &&
      (error.code === "PreconditionFailed" || error.code === "InvalidRange")
    ) {
      throw changed(call);
    }
    throw error;
  }
  const body = answer.body!;
  const again = readObjectInfo(answer.headers);
  const range = parseContentRange(answer.headers["content-range"] ?? "");
  if (again.etag !== info.etag) {
    body.cancel();
    throw changed(call);
  }
  if (answer.status !== 206 || range?.start !== from || range.end !== to) {
    body.cancel();
    throw new S3DataError(
      "ResumeFailed",
      subjectOf(call),
      `the connection broke at byte ${from}, and the server does not honour the range that would resume it`,
      "Get the object again.",
    );
  }
  return body;
}

function changed(call: Call): S3DataError {
  return new S3DataError(
    "ObjectChanged",
    subjectOf(call),
    "the object was replaced while it was downloaded",
    "Get it again.",
  );
}

function broken(
  call: Call,
  error: ConnectionError,
  received: number,
  size: number | undefined,
): S3ConnectionError {
  const of = size === undefined ? "" : ` of ${size}`;
  return new S3ConnectionError(subjectOf(call), {
    code: error.code,
    problem: `the connection broke after ${received}${of} bytes: ${error.message}`,
    attempts: 1,
    fix: error.fix,
    cause: error,
  });
}

/** The checksum that the bytes must have, where the answer names one of exactly these bytes. */
async function runningChecksum({
  checksum,
  contentRange,
  partsCount,
}: ObjectInfo): Promise<RunningChecksum | null> {
  if (checksum === undefined || checksum.type === "COMPOSITE") return null;
  const { algorithm } = checksum;
  if (contentRange !== undefined || partsCount !== undefined || !isComputedByClients(algorithm)) return null;
  return (await checksums()).createChecksum(algorithm);
}

function verify(call: Call, { checksum: told }: ObjectInfo, running: RunningChecksum | null): void {
  if (running === null || told === undefined) return;
  const computed = running.digest();
  if (computed === told.value) return;
  throw new S3DataError(
    "ChecksumMismatch",
    subjectOf(call),
    `the ${told.algorithm} of what arrived is ${computed}, that of what was stored ${told.value}`,
    "Get the object again. If it fails again, what is stored is damaged.",
  );
}

function subjectOf({ operation, bucket, key }: Call): RequestSubject {
  return { operation: operation.name, bucket, key };
}
