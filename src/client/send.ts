/**
 * One request from its description to its answer: placed, framed, signed, sent, judged, and sent again where that helps.
 * Every attempt is signed anew. This is the only file that knows the order of these steps.
 */

import type { ClientChecksumAlgorithm } from "../s3/checksums.ts";
import type { Credentials } from "../s3/credentials.ts";
import { checkNames, type NamesOf } from "../s3/known-names.ts";
import type { Operation } from "../s3/operations.ts";
import { signV4WithSeed } from "../s3/sigv4.ts";
import { frame } from "#frame";
import { signV2 } from "#platform";
import { type ClientCore, serverDate, placeOf, regionOf } from "./core.ts";
import type { Place } from "./endpoint.ts";
import { type RequestSubject, S3ConnectionError, S3ResponseError } from "./errors.ts";
import { ConnectionError, type HttpBody } from "./http.ts";
import { consumedFix, isErrorDocument, learn, readError } from "./judge.ts";
import type { Payload } from "./payload.ts";
import { type Failure, askedDelayMs, failureOf, retryDelayMs } from "./retry.ts";

/** A request as the operations describe it. */
export interface Call {
  readonly operation: Operation;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  /** Percent-encoded, without the `?`. */
  readonly query: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Payload | null;
  /** The checksum to add to the body, if one is to be added. */
  readonly checksum: ClientChecksumAlgorithm | null;
  /** How the answer's body is read: as a document, not at all, or by the caller as it comes. */
  readonly answer: "document" | "nothing" | "stream";
}

/** What every operation takes last. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface SendOptions extends RequestOptions {
  /** Called with the number of bytes that the socket took since the last call; negative when they are sent again. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

const optionNames: NamesOf<SendOptions> = { signal: 1, onSent: 1 };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The document; empty unless one was asked for. */
  readonly text: string;
  /** The body where it was to be streamed. */
  readonly body: HttpBody | null;
  /** How often the request was sent. */
  readonly attempts: number;
}

/** No document of S3 is larger; a page of versions with keys of a kilobyte is 3 MiB. */
const maxDocumentBytes = 64 * 1024 * 1024;
const maxErrorBytes = 1024 * 1024;

/**
 * Sends a request until it is answered or repeating it would not help.
 *
 * @throws S3ResponseError for an answer that is an error, of any status; S3ConnectionError where there is none; TypeError for
 *   an option that there is not.
 */
export async function send(core: ClientCore, call: Call, options: SendOptions = {}): Promise<Answer> {
  try {
    return await sendUntilAnswered(core, call, options);
  } catch (error) {
    call.payload?.abandon?.();
    throw error;
  }
}

async function sendUntilAnswered(core: ClientCore, call: Call, options: SendOptions): Promise<Answer> {
  checkNames(call.operation.name, options, optionNames);
  const { retries } = core.settings;
  const learned = new Set<string>();
  let failedBefore: Failure | null = null;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(core, call, options, attempt, failedBefore !== null);
    if (outcome.answer !== undefined) {
      core.retryBudget.give(failedBefore);
      return { ...outcome.answer, attempts: attempt };
    }
    const { error, failure, credentials } = outcome;
    if (options.signal?.aborted === true) throw error;
    // What was learned from the answer (clock, region, that credentials ended) is tried at once, and once each.
    const lesson = learn(core, call.bucket, error, credentials);
    if (isConsumed(call)) throw error;
    if (lesson !== null && !learned.has(lesson)) {
      learned.add(lesson);
      continue;
    }
    if (failure === null || attempt >= retries.maxAttempts || !core.retryBudget.take(failure)) throw error;
    failedBefore = failure;
    const asked = error instanceof S3ResponseError ? askedDelayMs(error.headers) : 0;
    await delay(retryDelayMs(retries, attempt, failure, core.random(), asked), options.signal);
  }
}

function isConsumed({ payload }: Call): boolean {
  return payload !== null && !payload.replayable;
}

/** What one attempt came to: an answer, or an error and what it means. */
type Outcome =
  | { readonly answer: Omit<Answer, "attempts">; readonly error?: undefined }
  | {
      readonly answer?: undefined;
      readonly error: S3ResponseError | S3ConnectionError;
      readonly failure: Failure | null;
      readonly credentials: Credentials | null;
    };

async function attemptOnce(
  core: ClientCore,
  call: Call,
  options: SendOptions,
  attempts: number,
  maybeDone: boolean,
): Promise<Outcome> {
  const got = core.credentials?.get() ?? null;
  const credentials = got instanceof Promise ? await unlessAborted(got, options.signal) : got;
  const place = placeOf(core, call);
  const subject = subjectOf(core, call, place);
  const progress = countSent(options.onSent);
  try {
    const { sent, ...request } = await signed(core, call, place, credentials, progress?.add);
    const response = await core.transport.send({
      ...request,
      signal: options.signal,
      headersTimeoutMs: core.settings.headersMs * (slowOperations.has(call.operation.name) ? 5 : 1),
      bodyTimeoutMs: core.settings.bodyMs,
    });
    sent?.();
    const { status, headers, body } = response;
    const isAnswer = status < 300;
    if (isAnswer && call.answer === "stream") return { answer: { status, headers, text: "", body } };
    const bytes = isAnswer ? await body.bytes(maxDocumentBytes) : await beginning(body, maxErrorBytes);
    const text = new TextDecoder().decode(bytes);
    // Copies, completes and batch deletes answer 200 before they begin, and tell in the body how they ended.
    if (!isAnswer || (call.answer === "document" && isErrorDocument(text))) {
      progress?.takeBack();
      const history = { attempts, maybeDone, consumed: isConsumed(call) };
      const error = readError(subject, response, text, history);
      return { error, failure: failureOf(error.status, error.code), credentials };
    }
    if (call.answer === "nothing") return { answer: { status, headers, text: "", body: null } };
    // XML, or the JSON of a policy.
    if (!/<\w|^\s*\{/.test(text)) throw new ConnectionError("the answer is empty", { code: "EMPTY_ANSWER" });
    return { answer: { status, headers, text, body: null } };
  } catch (failure) {
    if (!(failure instanceof ConnectionError)) throw failure;
    progress?.takeBack();
    const { code, message: problem, timeout } = failure;
    const fix = isConsumed(call) ? consumedFix : failure.fix;
    const cause = failure.cause ?? failure;
    const error = new S3ConnectionError(subject, { code, problem, attempts, cause, fix });
    return { error, failure: timeout ? "timeout" : "transient", credentials };
  }
}

/** Tells how many bytes the socket has taken, and takes them back when they are to be sent again. */
function countSent(
  onSent: SendOptions["onSent"],
): { readonly add: (bytes: number) => void; readonly takeBack: () => void } | undefined {
  if (onSent === undefined) return undefined;
  let sentBytes = 0;
  return {
    add(bytes) {
      sentBytes += bytes;
      onSent(bytes);
    },
    takeBack() {
      if (sentBytes > 0) onSent(-sentBytes);
    },
  };
}

/** Operations in which the server may work for minutes before it answers. */
const slowOperations = new Set(["CompleteMultipartUpload", "CopyObject", "UploadPartCopy"]);

function subjectOf(core: ClientCore, call: Call, place: Place): RequestSubject {
  const { operation, bucket, key } = call;
  return {
    operation: operation.name,
    bucket,
    key,
    endpoint: place.origin,
    anonymous: core.credentials === null,
  };
}

async function signed(
  core: ClientCore,
  call: Call,
  place: Place,
  credentials: Credentials | null,
  onSent: ((bytes: number) => void) | undefined,
): Promise<{
  readonly origin: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly sent: (() => void) | undefined;
}> {
  const { operation, query, payload } = call;
  const { method } = operation;
  const version = credentials === null ? null : core.settings.signatureVersion;
  const framing = await frame(payload, {
    secure: place.origin.startsWith("https:"),
    signsBodies: version === "v4",
    checksum: call.checksum,
    hasDigest: hasDigest(call.headers),
    contentEncoding: call.headers["content-encoding"],
    onSent,
  });
  const headers: Record<string, string> = { host: place.host, ...call.headers, ...framing.headers };
  const request = { method, path: place.path, query, headers };
  let body: Uint8Array | AsyncIterable<Uint8Array> | null;
  if (credentials !== null && version === "v4") {
    const seed = signV4WithSeed(request, {
      credentials,
      region: regionOf(core, call.bucket),
      payloadHash: framing.payloadHash,
      date: serverDate(core),
    });
    Object.assign(headers, seed.headers);
    const { signingKey: key, scope, amzDate, signature: seedSignature } = seed;
    body = framing.body({ key, scope, amzDate, seedSignature });
  } else {
    if (credentials !== null) {
      const { hostedBucket: bucket } = place;
      const date = serverDate(core);
      Object.assign(
        headers,
        signV2(request, { credentials, date, ...(bucket === undefined ? {} : { bucket }) }),
      );
    }
    body = framing.body();
  }
  // Not signed: what a proxy may set, and what undici would set by itself.
  headers["user-agent"] = "stowage";
  headers["accept-encoding"] = "identity";
  if (framing.contentLength !== undefined) headers["content-length"] = String(framing.contentLength);
  else if (body === null && (method === "PUT" || method === "POST")) headers["content-length"] = "0";
  return {
    origin: place.origin,
    method,
    target: query === "" ? place.path : `${place.path}?${query}`,
    headers,
    body,
    sent: framing.sent,
  };
}

function hasDigest(headers: Readonly<Record<string, string>>): boolean {
  return (
    "content-md5" in headers ||
    Object.keys(headers).some((name) => /^x-amz-checksum-(?!algo|type)/.test(name))
  );
}

/** The bytes of an error, as far as they may be one: what is longer is some proxy's page. */
async function beginning(body: HttpBody, limit: number): Promise<Uint8Array> {
  try {
    return await body.bytes(limit);
  } catch (error) {
    if (error instanceof RangeError) return new Uint8Array(0);
    throw error;
  }
}

/** Waits; throws the signal's reason when it is aborted meanwhile. */
export async function delay(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await unlessAborted(waited, signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for work no longer than a signal lets it. Throws the signal's reason. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
