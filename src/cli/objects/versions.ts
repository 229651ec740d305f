/** Versions of objects: listed, restored, and changes taken back. */

import { runParallel } from "../../client/parallel.ts";
import type { S3Client } from "../../client/s3-client.ts";
import type { Undoing } from "../../client/undo-changes.ts";
import { CommandError, type Io, UsageError } from "../command.ts";
import { formatBytes, formatTime, printable, printJsonLine, printLine } from "../output.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { type FindOptions, selectionOf } from "./find-objects.ts";

interface VersionsOptions extends FindOptions {
  readonly json?: boolean;
}

/** Of one object, or of all that begins with a key, which a folder or a bucket is. */
export async function listVersions(
  io: Io,
  client: S3Client,
  url: S3Url,
  options: VersionsOptions,
): Promise<void> {
  const { bucket, key } = url;
  const isFolder = key === "" || key.endsWith("/");
  const { prefix, matches } = selectionOf(url, {
    ...options,
    recursive: options.recursive === true || isFolder,
  });
  let count = 0;
  for await (const version of client.listVersions({ bucket, prefix })) {
    if (!matches(version.key)) continue;
    count++;
    const { size, lastModifiedMs, versionId, isLatest, deleteMarker = false, etag } = version;
    if (options.json === true) {
      const modified = new Date(lastModifiedMs).toISOString();
      const body = deleteMarker ? { deleteMarker } : { size, etag };
      await printJsonLine(io, { key: version.key, versionId, isLatest, modified, ...body });
      continue;
    }
    const amount = (deleteMarker ? "deleted" : formatBytes(size)).padStart(10);
    const state = isLatest ? "newest" : "      ";
    await printLine(
      io,
      `${formatTime(lastModifiedMs)}  ${amount}  ${state}  ${versionId}  ${printable(version.key)}`,
    );
  }
  if (count === 0) {
    throw new CommandError(
      `there is no version of ${printable(formatS3Url(url))}`,
      "look what is there with stowage ls",
    );
  }
}

export async function restore(
  io: Io,
  client: S3Client,
  url: S3Url,
  { json = false }: VersionsOptions,
): Promise<void> {
  const { bucket, key, versionId = "" } = url;
  const { status } = await client.getBucketVersioning({ bucket });
  if (status === undefined) throw noVersions(bucket);
  if (status === "Suspended") await refuseToReplace(client, { bucket, key });
  const restored = await client.restoreVersion({ bucket, key, versionId });
  if (json) await printJsonLine(io, { url: formatS3Url(url), versionId: restored.versionId });
  else await printLine(io, `${printable(formatS3Url({ bucket, key }))}: as it was in ${versionId}`);
}

export async function switchVersions(
  io: Io,
  client: S3Client,
  bucket: string,
  status: "Enabled" | "Suspended",
  { json = false }: VersionsOptions,
): Promise<void> {
  await client.putBucketVersioning({ bucket, status });
  const said =
    status === "Enabled" ? "keeps versions now" : "keeps no new versions; those that are there stay";
  if (json) await printJsonLine(io, { bucket, versioning: status });
  else await printLine(io, `s3://${bucket} ${said}`);
}

export interface UndoCommandOptions extends VersionsOptions {
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly dryRun?: boolean;
}

/** @throws {CommandError} For a bucket that keeps no versions, and where there is nothing to take back. */
export async function undoChanges(
  io: Io,
  client: S3Client,
  url: S3Url,
  options: UndoCommandOptions,
): Promise<void> {
  const { bucket } = url;
  const { dryRun = false, since: sinceMs } = options;
  if (url.versionId !== undefined) {
    throw new UsageError(
      "undo takes back the newest change, and no version",
      "restore one with stowage versions restore",
    );
  }
  const { prefix, matches } = selectionOf(url, options);
  const { status } = await client.getBucketVersioning({ bucket });
  if (status === undefined) throw noVersions(bucket);
  let count = 0;
  let refused = 0;
  const { concurrency } = client.core.settings;
  const plan = client.planUndo({ bucket, prefix, matches }, { sinceMs });
  await runParallel(plan, { concurrency }, async (undoing, signal) => {
    count++;
    // What deletes markers alone replaces nothing.
    if (status === "Suspended" && undoing.action !== "undelete") {
      const error = await replacing(client, { bucket, key: undoing.key }, signal);
      if (error !== null) {
        refused++;
        io.stderr.write(`stowage: ${error.message}\n`);
        return;
      }
    }
    if (!dryRun) await client.undo(bucket, undoing, { signal });
    if (options.json === true) await printJsonLine(io, { ...undoing, dryRun });
    else
      await printLine(
        io,
        `${printable(`s3://${bucket}/${undoing.key}`)}: ${dryRun ? "would be" : "is"} ${said(undoing)}`,
      );
  });
  if (count === 0) {
    throw new CommandError(
      `there is no change of ${printable(formatS3Url(url))} to take back`,
      `look at its versions: stowage versions ${printable(formatS3Url(url))}`,
    );
  }
  if (refused > 0) {
    throw new CommandError(
      `${refused} of ${count} ${refused === 1 ? "was" : "were"} not taken back`,
      `have the bucket keep versions, and repeat the command: stowage versions on s3://${bucket}`,
    );
  }
}

function said(undoing: Undoing): string {
  switch (undoing.action) {
    case "undelete":
      return "there again";
    case "restore":
      return `as it was in ${undoing.versionId}`;
    default:
      return "deleted, as it was before";
  }
}

function noVersions(bucket: string): CommandError {
  return new CommandError(
    `s3://${bucket} has never kept versions, so that nothing can be taken back`,
    `keep them from now on: stowage versions on s3://${bucket}`,
  );
}

/** @throws {CommandError} As {@link replacing} has it. */
async function refuseToReplace(client: S3Client, object: Pick<S3Url, "bucket" | "key">): Promise<void> {
  const error = await replacing(client, object);
  if (error !== null) throw error;
}

/**
 * What is written where no new versions are kept becomes the version `null`, and replaces the one that there is: what is in
 * that would be lost.
 *
 * @returns null where nothing would be.
 */
async function replacing(
  client: S3Client,
  { bucket, key }: Pick<S3Url, "bucket" | "key">,
  signal?: AbortSignal,
): Promise<CommandError | null> {
  for await (const version of client.listVersions({ bucket, prefix: key }, { signal })) {
    if (version.key !== key) break;
    if (version.versionId !== "null" || version.deleteMarker === true) continue;
    return new CommandError(
      `${printable(formatS3Url({ bucket, key }))}: its version null would be lost, since s3://${bucket} keeps no new versions`,
      `have the bucket keep them, and repeat the command: stowage versions on s3://${bucket}`,
    );
  }
  return null;
}
