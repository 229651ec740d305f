/** Files of this machine, uploaded as they stand. Node only. */

import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { withFile } from "../node-files.ts";
import type { S3Client } from "../s3-client.ts";
import type { UploadInput, UploadOptions } from "../upload.ts";

const maxSends = 3;

/**
 * Uploads a file. One that is written to or replaced meanwhile is sent again: what was stored of it may be half old and half new,
 * and as young and as large as the file, so that no sync would ever send it again. What has only become longer has not changed.
 *
 * @returns What the file was when it was sent.
 * @throws RangeError where it changed each time that it was sent, or became shorter; as S3Client.upload() and the file system do.
 */
export async function uploadFile(
  client: S3Client,
  path: string,
  input: Omit<UploadInput, "body">,
  options: UploadOptions,
): Promise<Stats> {
  let conditions: Pick<UploadInput, "ifMatch" | "ifNoneMatch"> = {};
  for (let sends = 1; sends <= maxSends; sends++) {
    const before = await stat(path);
    const { etag } = await withFile(path, (body) =>
      client.upload({ ...input, ...conditions, body }, options),
    );
    const after = await stat(path).catch(() => null);
    if (after === null || isAsSent(before, after)) return before;
    // What must not be there before is there now: it is this one.
    if (input.ifNoneMatch !== undefined) conditions = { ifNoneMatch: undefined, ifMatch: etag };
  }
  throw new RangeError(
    `The file changed each of the ${maxSends} times that it was sent: send it when nobody writes to it.`,
  );
}

function isAsSent(before: Stats, after: Stats): boolean {
  if (after.ino !== before.ino) return false;
  return after.size > before.size || (after.size === before.size && after.mtimeMs === before.mtimeMs);
}
