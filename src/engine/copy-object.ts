import { type ChecksumAlgorithm } from "../s3/checksums.ts";
import type { RunningChecksum } from "../s3/running-checksum.ts";
import { createChecksum } from "./checksums.ts";
import type { OpenObject } from "./open-object.ts";
import { putObject } from "./put-object.ts";
import type { PutObjectInput } from "./put-object.ts";
import type { Body, Engine, ObjectChecksum, ObjectInfo } from "./types.ts";

export interface CopyObjectInput extends Omit<PutObjectInput, "body" | "size" | "contentMd5" | "checksum"> {
  /** What is copied, opened by the caller, who has asked whether it may be read and who closes it. */
  readonly source: OpenObject;
  /** Default: the source's, should it have a checksum. */
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
}

/**
 * Stores a copy of an object. Headers, metadata, owner and grants are those given. A checksum of the whole source is kept;
 * one of another algorithm, or that of a source which was uploaded in parts, is computed of the copy's bytes.
 *
 * @throws S3Error as `putObject` does, and InternalError when the source's bytes are damaged.
 */
export async function copyObject(
  engine: Engine,
  input: CopyObjectInput,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ObjectInfo> {
  const { source, checksumAlgorithm, ...rest } = input;
  const put = { ...rest, size: source.info.size };
  const { checksum: known } = source.info;
  const algorithm = checksumAlgorithm ?? known?.algorithm;
  const body = bytesOf(source);
  if (algorithm === undefined) return putObject(engine, { ...put, body }, options);
  if (known?.algorithm === algorithm && known.type === "FULL_OBJECT") {
    return putObject(engine, { ...put, body, checksum: () => known }, options);
  }
  const running = createChecksum(algorithm);
  const checksum = (): ObjectChecksum => ({ algorithm, type: "FULL_OBJECT", value: running.digest() });
  return putObject(engine, { ...put, body: summed(body, running), checksum }, options);
}

/** The body, whose bytes go into a checksum as they pass. */
function summed(body: Body, running: RunningChecksum): Body {
  if (!(body instanceof Uint8Array)) return passing(body, running);
  running.update(body);
  return body;
}

async function* passing(
  source: AsyncIterable<Uint8Array>,
  running: RunningChecksum,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    running.update(chunk);
    yield chunk;
  }
}

/** The bytes of an open object, or of a range of it, as a body. */
export function bytesOf(source: OpenObject, start = 0, end: number = source.info.size - 1): Body {
  return source.bytes?.subarray(start, end + 1) ?? source.stream(start, end);
}
