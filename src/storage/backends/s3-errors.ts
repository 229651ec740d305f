/** What S3 refuses, as the error of a storage. */

import { S3ResponseError } from "../../client/errors.ts";
import { S3Error } from "../../s3/errors.ts";
import { StorageError } from "../errors.ts";

/** Waits for an answer of S3. @throws StorageError for one that refuses; see {@link storageErrorOf}. */
export async function ofStorage<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw storageErrorOf(error);
  }
}

/**
 * A refusal of S3 with its code, its words and itself as the cause, but without its status, with which Express, Fastify
 * and others would answer: a bucket that is missing or keys that are wrong are no fault of the visitor. Other errors stay.
 */
export function storageErrorOf(error: unknown): unknown {
  if (!(error instanceof S3Error)) return error;
  const fix = error instanceof S3ResponseError ? error.fix : "";
  const message = fix === "" ? error.message : error.message.slice(0, -fix.length - 1);
  return new StorageError(error.code, message, { fix, cause: error });
}
