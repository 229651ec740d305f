/**
 * One request from its description to its answer: placed, framed, signed, sent, judged, and sent again where that helps.
 * Every attempt is signed anew. This is the only file that knows the order of these steps.
 */

import type { ChecksumAlgorithm } from "../s3/checksums.ts";
import type { Credentials } from "../s3/credentials.ts";
import { parseHttpDate } from "../s3/dates.ts";
import { type ErrorDocument, parseError } from "../s3/documents/error.ts";
import { S3Error } from "../s3/errors.ts";
import type { Operation } from "../s3/operations.ts";
import { signV2 } from "../s3/sigv2.ts";
import { signV4WithSeed } from "../s3/sigv4.ts";
import { type ClientCore, serverDate } from "./core.ts";
import { type Place, locate, regionOfHost } from "./endpoint.ts";
import {
  type RequestSubject,
  S3ConnectionError,
  S3ResponseError,
  codeOfStatus,
  responseError,
} from "./errors.ts";
import { ConnectionError, type HttpBody, type HttpResponse } from "./http.ts";
import { type Payload, frame } from "./payload.ts";
import { type Failure, askedDelayMs, failureOf, retryDelayMs } from "./retry.ts";
import { endpointFor } from "./settings.ts";

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
  readonly checksum: ChecksumAlgorithm | null;
  /** How the answer's body is read: as a document, not at all, or by the caller as it comes. */
  readonly answer: "document" | "nothing" | "stream";
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that the socket took since the last call; negative when they are sent again. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

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
 * @throws S3ResponseError for an answer that is an error, of any status; S3ConnectionError where there is none.
 */
export async function send(core: ClientCore, call: Call, options: SendOptions = {}): Promise<Answer> {
  const { retries } = core.settings;
  const learned = new Set<string>();
  let failedBefore: Failure | null = null;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(core, call, options, {
      attempts: attempt,
      maybeDone: failedBefore !== null,
    });
    if (outcome.answer !== undefined) {
      core.retryBudget.give(failedBefore);
      return { ...outcome.answer, attempts: attempt };
    }
    const { error, failure } = outcome;
    if (options.signal?.aborted === true) throw error;
    if (call.payload !== null && !call.payload.replayable) throw consumed(error, call, core);
    // What was learned from the answer (clock, region, that credentials ended) is tried at once, and once each.
    const lesson = learn(core, call, outcome);
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

/** What one attempt came to: an answer, or an error and what it means. */
type Outcome =
  | { readonly answer: Omit<Answer, "attempts">; readonly error?: undefined }
  | {
      readonly answer?: undefined;
      readonly error: unknown;
      readonly failure: Failure | null;
      readonly credentials?: Credentials | null;
    };

/** What came before, for the error. */
interface History {
  readonly attempts: number;
  readonly maybeDone: boolean;
}

async function attemptOnce(
  core: ClientCore,
  call: Call,
  options: SendOptions,
  history: History,
): Promise<Outcome> {
  const credentials = core.credentials === null ? null : await core.credentials.get();
  const place = placeOf(core, call);
  const subject = subjectOf(core, call, place);
  let sentBytes = 0;
  const onSent =
    options.onSent === undefined
      ? undefined
      : (bytes: number): void => {
          sentBytes += bytes;
          options.onSent?.(bytes);
        };
  const takeBack = (): void => {
    if (sentBytes > 0) options.onSent?.(-sentBytes);
  };

  let response: HttpResponse;
  try {
    response = await core.transport.send({
      ...signed(core, call, place, credentials, onSent),
      signal: options.signal,
      headersTimeoutMs: slowOperations.has(call.operation.name)
        ? core.settings.headersMs * 5
        : core.settings.headersMs,
      bodyTimeoutMs: core.settings.bodyMs,
    });
    const { status, headers, body } = response;
    if (status < 300) {
      if (call.answer === "stream") return { answer: { status, headers, text: "", body } };
      const text = decode(await body.bytes(maxDocumentBytes));
      if (call.answer === "nothing") return { answer: { status, headers, text: "", body: null } };
      if (!isErrorDocument(text)) {
        if (text.trim() === "") throw new ConnectionError("the answer is empty", { code: "EMPTY_ANSWER" });
        return { answer: { status, headers, text, body: null } };
      }
      // Copies, completes and batch deletes answer 200 before they begin, and tell in the body how they ended.
      takeBack();
      return failed(readError(subject, response, text, history), credentials);
    }
    takeBack();
    return failed(
      readError(subject, response, decode(await body.bytes(maxErrorBytes)), history),
      credentials,
    );
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    takeBack();
    return {
      error: new S3ConnectionError(subject, {
        code: error.code,
        problem: error.message,
        attempts: history.attempts,
        cause: error.cause ?? error,
      }),
      failure: error.timeout ? "timeout" : "transient",
    };
  }
}

/** Operations in which the server may work for minutes before it answers. */
const slowOperations = new Set(["CompleteMultipartUpload", "CopyObject", "UploadPartCopy"]);

/** Where a call goes, by what is known of its bucket's region. */
export function placeOf(core: ClientCore, { bucket, key }: Pick<Call, "bucket" | "key">): Place {
  return locate(endpointFor(core.settings, regionOf(core, bucket)), {
    addressing: core.settings.addressing,
    ...(bucket === undefined ? {} : { bucket }),
    ...(key === undefined ? {} : { key }),
  });
}

/** The region that a call is signed for. */
export function regionOf(core: ClientCore, bucket: string | undefined): string {
  return core.regions.get(bucket ?? "") ?? core.settings.region;
}

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

function signed(
  core: ClientCore,
  call: Call,
  place: Place,
  credentials: Credentials | null,
  onSent: ((bytes: number) => void) | undefined,
): {
  readonly origin: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
} {
  const { operation, query, payload } = call;
  const { method } = operation;
  const version = credentials === null ? null : core.settings.signatureVersion;
  const framing = frame(payload, {
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
  };
}

function hasDigest(headers: Readonly<Record<string, string>>): boolean {
  return (
    "content-md5" in headers ||
    Object.keys(headers).some((name) => /^x-amz-checksum-(?!algo|type)/.test(name))
  );
}

// ------------------------------------------------------------------------------------------------- what an answer says

function isErrorDocument(text: string): boolean {
  return /^\s*(?:<\?xml[^>]*\?>)?\s*<Error[\s>]/.test(text);
}

function readError(
  subject: RequestSubject,
  response: HttpResponse,
  text: string,
  history: History,
): S3ResponseError {
  const { status, headers } = response;
  const document = parseError(text);
  const code = document?.code ?? codeOfStatus(status, subject);
  return responseError({
    subject,
    code,
    // An error inside a 200 has the status that its code has elsewhere.
    status: status < 300 ? new S3Error(code).status : status,
    serverMessage: document?.message,
    details: document === null ? {} : detailsOf(document),
    headers: { ...headers },
    body: text,
    ...history,
    ...redirectFix(status, headers, document?.details),
  });
}

function detailsOf({ details, resource, requestId, hostId }: ErrorDocument): Record<string, string> {
  return {
    ...details,
    ...(resource === undefined ? {} : { Resource: resource }),
    ...(requestId === undefined ? {} : { RequestId: requestId }),
    ...(hostId === undefined ? {} : { HostId: hostId }),
  };
}

function redirectFix(
  status: number,
  headers: Readonly<Record<string, string>>,
  details: Readonly<Record<string, string>> = {},
): { fix: string } | undefined {
  if (status !== 301 && status !== 307) return undefined;
  const to = details["Endpoint"] ?? headers["location"];
  if (to === undefined) return undefined;
  return {
    fix: `The server names ${to} instead. Credentials are not sent to another host: set it as endpoint.`,
  };
}

function failed(error: S3ResponseError, credentials: Credentials | null): Outcome {
  return { error, failure: failureOf(error.status, error.code), credentials };
}

/** The server's clock differs by more than it or we tolerate. */
const skewMs = 5 * 60_000;

/** Takes from an error what makes the next attempt different, and names it; null where there is nothing of the kind. */
function learn(core: ClientCore, call: Call, outcome: Outcome): string | null {
  const { error } = outcome;
  if (!(error instanceof S3ResponseError)) return null;
  const { code, status, headers, details } = error;

  const date = parseHttpDate(headers["date"] ?? "");
  if (date !== null && (status === 403 || code === "RequestTimeTooSkewed") && core.credentials !== null) {
    const offsetMs = date - core.clock();
    if (Math.abs(offsetMs - core.clockOffsetMs) > skewMs) {
      core.clockOffsetMs = offsetMs;
      return "clock";
    }
  }

  if (status === 301 || status === 307 || status === 400) {
    const region = regionIn(headers, details);
    if (region !== undefined && region !== regionOf(core, call.bucket)) {
      core.regions.set(call.bucket ?? "", region);
      return "region";
    }
  }

  if (code === "ExpiredToken" || code === "ExpiredTokenException" || code === "TokenRefreshRequired") {
    const credentials = "credentials" in outcome ? outcome.credentials : null;
    if (credentials) core.credentials?.expire(credentials);
    return "credentials";
  }
  return null;
}

/**
 * The region that an answer names. Of another endpoint only Amazon's region is taken out, never the host: credentials
 * go nowhere but where the settings say.
 */
function regionIn(
  headers: Readonly<Record<string, string>>,
  details: Readonly<Record<string, string>>,
): string | undefined {
  const host = details["Endpoint"] ?? /^https?:\/\/([^/:]+)/.exec(headers["location"] ?? "")?.[1] ?? "";
  const region = headers["x-amz-bucket-region"] ?? details["Region"] ?? regionOfHost(host);
  return region !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(region) ? region : undefined;
}

function consumed(error: unknown, { operation, bucket, key }: Call, core: ClientCore): unknown {
  const fix =
    "The body is a stream that was read and cannot be sent again: give bytes, a Blob or a file, or use upload().";
  if (error instanceof S3ConnectionError) {
    const { code, cause, attempts } = error;
    const problem = cause instanceof Error ? cause.message : error.message;
    return new S3ConnectionError(
      { operation: operation.name, bucket, key },
      { code, problem, attempts, fix, cause },
    );
  }
  if (error instanceof S3ResponseError && failureOf(error.status, error.code) !== null) {
    const { code, status, serverMessage, details, headers, body, attempts } = error;
    const subject = { operation: operation.name, bucket, key, anonymous: core.credentials === null };
    return responseError({ subject, code, status, serverMessage, details, headers, body, attempts, fix });
  }
  return error;
}

function decode(bytes: Uint8Array): string {
  return bytes.length === 0 ? "" : new TextDecoder().decode(bytes);
}

/** Waits; throws the signal's reason when it is aborted meanwhile. */
export async function delay(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
