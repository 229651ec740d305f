import type { OpenObject } from "./open-object.ts";
import { putObject } from "./put-object.ts";
import type { PutObjectInput } from "./put-object.ts";
import type { Body, Engine, ObjectInfo } from "./types.ts";

export interface CopyObjectInput extends Omit<PutObjectInput, "body" | "contentMd5"> {
  /** What is copied, opened by the caller, who has asked whether it may be read and who closes it. */
  readonly source: OpenObject;
}

/**
 * Stores a copy of an object. Headers, metadata, owner and grants are those given; a checksum of the whole source is
 * kept unless another is given.
 *
 * @throws S3Error as `putObject` does, and InternalError when the source's bytes are damaged.
 */
export async function copyObject(
  engine: Engine,
  input: CopyObjectInput,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ObjectInfo> {
  const { source, ...put } = input;
  const { checksum } = source.info;
  const kept = checksum?.type === "FULL_OBJECT" ? checksum : undefined;
  return putObject(
    engine,
    { ...put, body: bytesOf(source), checksum: put.checksum ?? ((): typeof kept => kept) },
    options,
  );
}

/** The bytes of an open object, or of a range of it, as a body. */
export function bytesOf(source: OpenObject, start = 0, end: number = source.info.size - 1): Body {
  return source.bytes?.subarray(start, end + 1) ?? source.stream(start, end);
}
