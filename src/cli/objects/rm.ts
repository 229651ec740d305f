import type { S3Client } from "../../client/s3-client.ts";
import { maxDeleteKeys } from "../../s3/documents/delete.ts";
import { CommandError, type Io, UsageError } from "../command.ts";
import { raiseMaxDelete } from "../object-flags.ts";
import { printable, printJsonLine, printLine } from "../output.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { findObjects, type FindOptions, selectionOf } from "./find-objects.ts";

export interface RmOptions extends FindOptions {
  /** Where more would be deleted, nothing is. */
  readonly maxDelete?: number;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/**
 * Deletes what addresses name, a thousand at a time.
 *
 * @throws {CommandError} Where some could not be deleted, or more would be than `maxDelete`.
 */
export async function rm(
  io: Io,
  client: S3Client,
  urls: readonly S3Url[],
  options: RmOptions,
): Promise<void> {
  let deleted = 0;
  let failed = 0;
  const found = batchesOf(client, urls, options);
  const { maxDelete } = options;
  for await (const { url, keys } of maxDelete === undefined ? found : await withinLimit(found, maxDelete)) {
    const { bucket, versionId } = url;
    const targets = keys.map((key) => ({ key, versionId }));
    const errors = options.dryRun === true ? [] : (await client.deleteMany(bucket, targets)).errors;
    const refused = new Map(errors.map((error) => [error.key, error]));
    for (const key of keys) {
      const text = formatS3Url({ bucket, key, versionId });
      const error = refused.get(key);
      if (error !== undefined)
        io.stderr.write(`stowage: ${printable(text)}: ${error.message} (${error.code})\n`);
      else if (options.json === true)
        await printJsonLine(io, { deleted: text, ...(options.dryRun ? { dryRun: true } : {}) });
      else if (options.quiet !== true)
        await printLine(io, `${options.dryRun ? "(dry run) " : ""}delete: ${printable(text)}`);
    }
    deleted += keys.length - refused.size;
    failed += refused.size;
  }
  if (failed > 0)
    throw new CommandError(`${failed} of ${deleted + failed} could not be deleted`, "see the lines above");
  if (deleted === 0) throw new CommandError("nothing matches", "look what is there with stowage ls");
}

/** Up to a thousand keys that an address names. */
interface Batch {
  readonly url: S3Url;
  readonly keys: readonly string[];
}

async function* batchesOf(
  client: S3Client,
  urls: readonly S3Url[],
  options: RmOptions,
): AsyncGenerator<Batch> {
  for (const url of urls) for await (const keys of keysOf(client, url, options)) yield { url, keys };
}

/** Reads all of them first: nothing is deleted while it may be too much. */
async function withinLimit(batches: AsyncIterable<Batch>, maxDelete: number): Promise<readonly Batch[]> {
  const held: Batch[] = [];
  let count = 0;
  for await (const batch of batches) {
    count += batch.keys.length;
    if (count <= maxDelete) held.push(batch);
  }
  if (count <= maxDelete) return held;
  throw new CommandError(
    `${count} object${count === 1 ? "" : "s"} would be deleted, which is more than ${maxDelete}: nothing was deleted`,
    raiseMaxDelete,
  );
}

async function* keysOf(client: S3Client, url: S3Url, options: RmOptions): AsyncGenerator<string[]> {
  const selection = selectionOf(url, options);
  if (selection.isSingle) {
    // S3 deletes what is not there without a word; a person who mistyped a name wants one.
    if (url.versionId === undefined) await client.headObject(url);
    yield [url.key];
    return;
  }
  if (url.versionId !== undefined) {
    throw new UsageError(`${formatS3Url(url)} names a version of many`, "name one object for ?versionId=");
  }
  let batch: string[] = [];
  for await (const { key } of findObjects(client, url.bucket, selection)) {
    if (batch.push(key) < maxDeleteKeys) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
