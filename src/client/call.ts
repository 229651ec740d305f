/** From an operation's name and input to the request that {@link send} takes: by the rows of `src/s3/operations`. */

import type { ChecksumAlgorithm, ClientChecksumAlgorithm } from "../s3/checksums.ts";
import { createMd5 } from "#hash";
import { requireField } from "../s3/known-names.ts";
import { type Operation, operations } from "../s3/operations.ts";
import type { ClientCore } from "./core.ts";
import { readInput, writeQuery } from "./read-input.ts";
import { toSource } from "./bodies.ts";
import type * as inputs from "./inputs.ts";
import { type Payload, bytesPayload, streamPayload } from "./payload.ts";
import type { Call } from "./send.ts";

export interface CallOptions {
  readonly answer?: Call["answer"];
  readonly payload?: Payload | null;
  readonly checksum?: ClientChecksumAlgorithm | null;
  /** Query parameters that the input does not have, such as `encoding-type`. */
  readonly query?: readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Query parameters of the operations' rows that come from the input. */
const inputParameters = new Set(["partNumber", "uploadId"]);

/** Describes a request. Throws TypeError for an input that cannot be sent, or would be another operation's. */
export function createCall(name: string, input: object, options: CallOptions = {}): Call {
  const operation = operations.get(name);
  if (operation === undefined) throw new TypeError(`There is no operation ${name}.`);
  const read = readInput(name, input);
  const headers = { ...read.headers, ...options.headers };
  checkRequired(operation, input as Fields, headers);
  const { bucket, key } = input as { bucket?: string; key?: string };
  return {
    operation,
    bucket: operation.resource === "service" ? undefined : bucket,
    key: operation.resource === "object" ? key : undefined,
    query: writeQuery(
      operation.query.filter((parameter) => !inputParameters.has(parameter)),
      [...read.query, ...(options.query ?? [])],
    ),
    headers,
    payload: options.payload ?? null,
    checksum: options.checksum ?? null,
    answer: options.answer ?? "document",
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Without its key an operation would be its bucket's, without a source a PUT of nothing, without an upload the object's. */
function checkRequired({ name, resource, query, header }: Operation, input: Fields, headers: Fields): void {
  if (resource !== "service") requireField(name, "bucket", input["bucket"]);
  if (resource === "object") requireField(name, "key", input["key"]);
  for (const field of query) {
    if (inputParameters.has(field))
      requireField(name, field, input[field], field === "partNumber" ? "number" : "string");
  }
  if (header !== undefined && headers[header] === undefined) throw new TypeError(`${name} needs copySource.`);
}

/** A document as a body, with its MD5: AWS demands one of some operations, and it harms nowhere. */
export function documentBody(xml: string): Pick<CallOptions, "payload" | "headers"> {
  const bytes = new TextEncoder().encode(xml);
  const md5 = createMd5();
  md5.update(bytes);
  return {
    payload: bytesPayload(bytes),
    headers: { "content-type": "application/xml", "content-md5": md5.digest("base64") },
  };
}

/** The checksum that a body is to be sent with: the one asked for, none beside another digest, else by the settings. */
export function checksumOf<Algorithm extends ChecksumAlgorithm>(
  core: ClientCore,
  input: {
    readonly checksumAlgorithm?: Algorithm | undefined;
    readonly checksum?: unknown;
    readonly contentMd5?: string | undefined;
    readonly objectLockMode?: unknown;
    readonly objectLockLegalHoldStatus?: unknown;
  },
): Algorithm | "CRC32" | null {
  if (input.checksum !== undefined) return null;
  if (input.checksumAlgorithm !== undefined) return input.checksumAlgorithm;
  if (input.contentMd5 !== undefined) return null;
  // What is locked could not be replaced if it arrived wrong: AWS demands a digest.
  if (input.objectLockMode !== undefined || input.objectLockLegalHoldStatus !== undefined) return "CRC32";
  return core.settings.requestChecksums === "whenSupported" ? "CRC32" : null;
}

/** The type of a body that nobody named. */
export const defaultContentType: string = "application/octet-stream";

/** Keys may hold what XML cannot carry. */
export const urlEncoded: CallOptions = { query: [["encoding-type", "url"]] };

export function checksumAlgorithmHeader({
  checksumAlgorithm,
}: {
  readonly checksumAlgorithm?: string | undefined;
}): Record<string, string> {
  return checksumAlgorithm === undefined ? {} : { "x-amz-checksum-algorithm": checksumAlgorithm };
}

/** The body of one request. Throws TypeError for a stream of unknown length. */
export async function payloadOf(
  input: Pick<inputs.PutObjectInput, "body" | "contentLength">,
): Promise<{ readonly payload: Payload; readonly contentType: string | undefined }> {
  const source = await toSource(input.body, input.contentLength);
  const { bytes, size, contentType } = source;
  if (bytes !== undefined) return { payload: bytesPayload(bytes), contentType };
  if (size === undefined) {
    throw new TypeError(
      "The body is a stream of unknown length, which one request cannot carry: give contentLength, or use upload().",
    );
  }
  const replayable = source.read !== undefined;
  const payload = replayable
    ? { size, open: source.open, replayable }
    : streamPayload(source.open(), size, source.abandon);
  return { payload, contentType };
}
