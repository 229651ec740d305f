/** A multipart/form-data body, from the socket to whoever takes its fields and files. */

import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { quote, unescapeName } from "./file-names.ts";
import { UploadError } from "./upload-error.ts";
import { formatBytes, type Limits } from "./upload-limits.ts";

/** A web-standard request, or node's: Express's `request`, Fastify's `request.raw`. */
export type UploadRequest = Request | IncomingMessage;

export interface FormFile {
  readonly field: string;
  /** As it was sent. Empty where a file input was left empty. */
  readonly rawName: string;
  /** Throws when the form fails, also when another part of it does. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface FormHandlers {
  onField(name: string, value: string): void;
  /** What it throws fails the form. What it does not read is passed over. */
  onFile(file: FormFile): Promise<void>;
}

/**
 * Reads a form. Resolves when every part was taken; after a failure, when whoever took a file has let go of it.
 *
 * After a failure the rest of the body is read and dropped, so that the answer reaches a client that still sends.
 *
 * @throws UploadError; whatever the handlers throw; the signal's reason.
 */
export async function readForm(
  request: UploadRequest,
  limits: Limits,
  handlers: FormHandlers,
  signal?: AbortSignal,
): Promise<void> {
  const source = openBody(request, limits);
  const parser = createParser(headerOf(request, "content-type"), limits);
  const files = new Set<BusboyFileStream>();
  const taken: Promise<void>[] = [];
  let failure: { readonly error: unknown } | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      // The first failure stops everything: every file that is being read throws it.
      const fail = (error: unknown): void => {
        if (failure !== undefined) return;
        failure = { error };
        for (const file of files) file.destroy(error as Error);
        reject(error);
      };
      const onAbort = (): void => fail(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted === true) onAbort();
      parser.on("error", (cause) => fail(malformed(cause)));
      parser.on("finish", () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      parser.on("partsLimit", () => fail(tooMany(limits.maxFiles + limits.maxFields, "parts")));
      readFields(parser, limits, handlers, fail);
      parser.on("file", (field: string | undefined, stream, rawName) => {
        // It may be destroyed when nobody reads it; a listener must be there.
        stream.on("error", () => {});
        if (failure !== undefined) {
          stream.destroy(failure.error as Error);
          return;
        }
        files.add(stream);
        stream.once("close", () => files.delete(stream));
        const named = checkFieldName(field, limits, fail);
        if (named === null) return;
        stream.once("limit", () => fail(fileTooLarge(named, rawName, limits)));
        const step = handlers.onFile({ field: named, rawName, bytes: stream }).then(() => {
          stream.resume();
        }, fail);
        taken.push(step);
      });
      feed(source, parser, limits, (error) => {
        if (error !== undefined) fail(error);
        return failure !== undefined;
      });
    });
    await Promise.all(taken);
  } catch (error) {
    failure ??= { error };
  }
  if (failure === undefined) return;
  await Promise.all(taken);
  drop(source);
  throw failure.error;
}

function openBody(request: UploadRequest, limits: Limits): Readable {
  const type = headerOf(request, "content-type");
  if (!/^multipart\/form-data\s*;.*\bboundary="?[^\s";]/i.test(type)) {
    const is = type === "" ? "none" : quote(type);
    throw new UploadError(
      "NotMultipart",
      `Files come as multipart/form-data; the type of this request is ${is}.`,
    );
  }
  const length = Number(headerOf(request, "content-length"));
  if (length > limits.maxTotalBytes) throw tooLarge(limits);
  if (request instanceof Readable) {
    if (request.readableDidRead || request.destroyed) throw wasRead();
    return request;
  }
  if (request.bodyUsed) throw wasRead();
  return request.body === null ? Readable.from([]) : Readable.fromWeb(request.body);
}

function wasRead(): TypeError {
  return new TypeError(
    "The body of this request was read already: parse the form before any other parser does.",
  );
}

function headerOf({ headers }: UploadRequest, name: "content-type" | "content-length"): string {
  return (headers instanceof Headers ? headers.get(name) : headers[name]) ?? "";
}

function createParser(contentType: string, limits: Limits): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      isPartAFile: (_name, _type, filename) => filename !== undefined,
      preservePath: true,
      limits: {
        fieldSize: limits.maxFieldBytes,
        fileSize: limits.maxFileBytes,
        parts: limits.maxFiles + limits.maxFields,
        headerPairs: 32,
        headerSize: 16 * 1024,
      },
    });
  } catch (cause) {
    throw malformed(cause);
  }
}

function readFields(
  parser: BusboyInstance,
  limits: Limits,
  handlers: FormHandlers,
  fail: (error: unknown) => void,
): void {
  let count = 0;
  parser.on("field", (field: string | undefined, value, _nameTruncated, valueTruncated) => {
    const name = checkFieldName(field, limits, fail);
    if (name === null) return;
    if (++count > limits.maxFields) return fail(tooMany(limits.maxFields, "fields"));
    if (valueTruncated) {
      const limit = limits.maxFieldBytes;
      const message = `The field ${quote(name)} has more than ${formatBytes(limit)}, which is the most.`;
      return fail(new UploadError("FieldTooLarge", message, { field: name, limit }));
    }
    handlers.onField(name, value);
  });
}

function checkFieldName(
  field: string | undefined,
  { maxFieldNameBytes: limit }: Limits,
  fail: (error: unknown) => void,
): string | null {
  if (field === undefined) {
    fail(new UploadError("BodyMalformed", "A part of the form has no name."));
    return null;
  }
  if (Buffer.byteLength(field) <= limit) return unescapeName(field);
  const message = `The name of the field ${quote(field)} is longer than ${limit} bytes.`;
  fail(new UploadError("FieldNameTooLong", message, { limit }));
  return null;
}

/** The body into the parser, as fast as the parser's readers take it. */
function feed(
  source: Readable,
  parser: BusboyInstance,
  limits: Limits,
  stopped: (error?: UploadError) => boolean,
): void {
  let total = 0;
  const aborted = (cause?: unknown): boolean =>
    stopped(new UploadError("Aborted", "The upload was cut off before its end.", { cause }));
  source.on("data", (chunk: Buffer) => {
    total += chunk.length;
    const over = total > limits.maxTotalBytes ? tooLarge(limits) : undefined;
    if (!stopped(over) && !parser.write(chunk)) source.pause();
  });
  parser.on("drain", () => source.resume());
  source.once("end", () => parser.end());
  source.on("error", aborted);
  source.once("close", () => {
    if (!source.readableEnded) aborted();
  });
}

/** What is still sent is thrown away. A web body is not cancelled: Next.js goes on filling one that is, and throws. */
function drop(source: Readable): void {
  source.removeAllListeners("data");
  source.resume();
}

function malformed(cause: unknown): UploadError {
  return new UploadError("BodyMalformed", "The form is damaged: it cannot be read.", { cause });
}

function fileTooLarge(field: string, filename: string, { maxFileBytes: limit }: Limits): UploadError {
  const message = `${quote(filename)} is larger than ${formatBytes(limit)}, which is the most.`;
  return new UploadError("FileTooLarge", message, { field, filename, limit });
}

function tooLarge({ maxTotalBytes: limit }: Limits): UploadError {
  return new UploadError("TooLarge", `All together is more than ${formatBytes(limit)}, which is the most.`, {
    limit,
  });
}

function tooMany(limit: number, what: "parts" | "fields"): UploadError {
  return new UploadError("TooManyFields", `The form has more than ${limit} ${what}.`, { limit });
}
