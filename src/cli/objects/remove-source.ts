/** What `mv` does with a source that is at its target: it goes, unless it is another meanwhile. */

import { type Stats } from "node:fs";
import { stat, unlink } from "node:fs/promises";
import { S3ResponseError } from "../../client/errors.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { CommandError } from "../command.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";

interface Moved {
  /** Of what was moved, as far as it is known. */
  readonly etag: string | undefined;
  readonly customerKey: Uint8Array | undefined;
  readonly signal: AbortSignal;
}

/** @throws {CommandError} Where it was replaced meanwhile, as far as the server has deletions on condition. */
export async function removeObject(client: S3Client, url: S3Url, moved: Moved): Promise<void> {
  const { etag, signal } = moved;
  if (url.versionId !== undefined || etag === undefined || etag === "") {
    await client.deleteObject(url, { signal });
    return;
  }
  try {
    await deleteOnly(client, url, etag, moved);
  } catch (error) {
    if (!(error instanceof S3ResponseError)) throw error;
    // Gone already: by somebody else's hand, or by an attempt whose answer was lost.
    if (error.status === 404 && error.code !== "NoSuchBucket") return;
    if (error.status !== 412) throw error;
    throw changed(formatS3Url(url), "replaced", error);
  }
}

async function deleteOnly(
  client: S3Client,
  url: S3Url,
  etag: string,
  { customerKey, signal }: Moved,
): Promise<void> {
  try {
    await client.deleteObject({ ...url, ifMatch: etag }, { signal });
  } catch (error) {
    if (!(error instanceof S3ResponseError) || error.status !== 501) throw error;
    await client.headObject({ ...url, ifMatch: etag, customerKey }, { signal });
    await client.deleteObject(url, { signal });
  }
}

/** @param before What the file was before it was read. @throws {CommandError} Where it was changed meanwhile. */
export async function removeFile(path: string, before: Stats): Promise<void> {
  const now = await stat(path);
  if (now.size !== before.size || now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) {
    throw changed(`"${path}"`, "changed");
  }
  await unlink(path);
}

function changed(source: string, how: string, cause?: unknown): CommandError {
  return new CommandError(
    `${source} was ${how} while it was moved, and stays; the target has what it was before`,
    "look at both, and repeat the command",
    { cause },
  );
}
