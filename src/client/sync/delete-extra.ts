/** What only the target of a sync has, deleted: objects a thousand at a time. */

import { unlink } from "node:fs/promises";
import { maxDeleteKeys } from "../../s3/documents/delete.ts";
import type { S3Client } from "../s3-client.ts";
import { type BucketPlace, keyIn, type SyncPlace } from "./entries.ts";
import { localPath } from "./local-path.ts";

/** A file of a sync. */
export interface SyncedFile {
  /** Below both places. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** What could not be done. */
export interface SyncFailure {
  readonly name: string;
  readonly error: unknown;
}

/** Up to a thousand files that are to be deleted, by one request where a bucket has them. */
export interface DeleteAction {
  readonly type: "delete";
  readonly files: readonly SyncedFile[];
  /** @returns What could not be deleted. @throws Only where the signal is aborted. */
  run(signal?: AbortSignal): Promise<readonly SyncFailure[]>;
}

export function* deleteActions(
  client: S3Client,
  target: SyncPlace,
  extra: readonly SyncedFile[],
): Generator<DeleteAction> {
  for (let at = 0; at < extra.length; at += maxDeleteKeys) {
    const files = extra.slice(at, at + maxDeleteKeys);
    const run: DeleteAction["run"] = (signal) =>
      "directory" in target
        ? deleteFiles(target.directory, files, signal)
        : deleteObjects(client, target, files, signal);
    yield { type: "delete", files, run };
  }
}

async function deleteFiles(
  directory: string,
  files: readonly SyncedFile[],
  signal: AbortSignal | undefined,
): Promise<SyncFailure[]> {
  const failures: SyncFailure[] = [];
  for (const { name } of files) {
    signal?.throwIfAborted();
    try {
      await unlink(localPath(directory, name));
    } catch (error) {
      failures.push({ name, error });
    }
  }
  return failures;
}

async function deleteObjects(
  client: S3Client,
  target: BucketPlace,
  files: readonly SyncedFile[],
  signal: AbortSignal | undefined,
): Promise<SyncFailure[]> {
  const names = new Map(files.map(({ name }) => [keyIn(target, name), name]));
  try {
    const { errors } = await client.deleteMany(target.bucket, names.keys(), { signal });
    return errors.map(({ key, code, message }) => ({
      name: names.get(key) ?? key,
      error: new Error(`${message} (${code})`),
    }));
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return files.map(({ name }) => ({ name, error }));
  }
}
