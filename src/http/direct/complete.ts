/** How a direct upload ends: what arrived is looked at, and becomes a file of the storage. */

import type { ListedPart } from "../../s3/documents/multipart.ts";
import { S3Error } from "../../s3/errors.ts";
import { isNotFound, isTaken } from "../../storage/backends/s3-file.ts";
import { StorageError } from "../../storage/errors.ts";
import { checkType } from "../check-type.ts";
import { quote } from "../file-names.ts";
import { sniffBytes } from "../sniff.ts";
import { UploadError } from "../upload-error.ts";
import { formatBytes } from "../upload-limits.ts";
import { checkSize } from "./begin.ts";
import { type DirectContext, isOf, namesOf, orNull } from "./context.ts";
import type { DirectFile } from "./options.ts";
import { listParts } from "./parts.ts";
import type { Ticket } from "./token.ts";

export async function complete(context: DirectContext, ticket: Ticket): Promise<DirectFile> {
  try {
    return await lookAndMove(context, ticket);
  } catch (error) {
    if (!(error instanceof S3Error) || error.status !== 412) throw error;
    throw missing(ticket, "it was sent once more while it was looked at");
  }
}

async function lookAndMove(context: DirectContext, ticket: Ticket): Promise<DirectFile> {
  const { pendingName, uploadId, size } = ticket;
  const { client, bucket, keyOf } = await context.place();
  const key = keyOf(pendingName);
  if (uploadId !== undefined) await joinParts(context, ticket, uploadId);
  const found = await orNull("NotFound", client.headObject({ bucket, key }));
  if (found === null) return completedBefore(context, ticket);
  try {
    checkSize(context, found.size, ticket.filename);
    if (size !== null && found.size !== size) throw missing(ticket, `${found.size} of ${size} bytes arrived`);
    await checkBytes(context, ticket, key, found.etag);
  } catch (error) {
    if (isNotFound(error)) return completedBefore(context, ticket);
    if (error instanceof UploadError) await client.deleteObject({ bucket, key });
    throw error;
  }
  const name = await takeName(context, ticket);
  const object = await context.objectOf(name, ticket);
  // What was looked at, and nothing that came in its place meanwhile.
  const copied = client.copy(
    {
      ...object,
      copySource: { bucket, key },
      copySourceIfMatch: found.etag,
      metadataDirective: "REPLACE",
      taggingDirective: object.tagging === undefined ? undefined : "REPLACE",
    },
    { sizeBytes: found.size },
  );
  // Completed twice at once, the other was faster.
  if ((await orNull("NotFound", copied)) === null) return completedBefore(context, ticket);
  await client.deleteObject({ bucket, key });
  return fileOf(ticket, name, found.size);
}

/** Joins the parts, still under the name where they wait. Nothing to do where that was done before. */
async function joinParts(context: DirectContext, ticket: Ticket, uploadId: string): Promise<void> {
  const { pendingName, filename, size: announced } = ticket;
  const { client, bucket, keyOf } = await context.place();
  const upload = { bucket, key: keyOf(pendingName), uploadId };
  const parts = await orNull("NoSuchUpload", listParts(context, ticket));
  if (parts === null) return;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const whole = parts.every(({ partNumber }, i) => partNumber === i + 1);
  if (!whole || parts.length === 0 || size < (announced ?? 0)) {
    throw missing(ticket, `${parts.length} parts with ${size} bytes arrived`);
  }
  const limit = announced ?? context.maxBytes;
  if (size > limit) {
    await client.abortMultipartUpload(upload);
    const message = `${quote(filename)} has ${formatBytes(size)}; ${formatBytes(limit)} are the most.`;
    throw new UploadError("FileTooLarge", message, { filename, limit });
  }
  await orNull("NoSuchUpload", client.completeMultipartUpload({ ...upload, parts: parts.map(numbered) }));
}

/**
 * Takes the name by an empty object, where nothing may be replaced: S3 copies over whatever is there. A crash before the
 * copy leaves it, for `stowage orphans`.
 */
async function takeName(context: DirectContext, ticket: Ticket): Promise<string> {
  if (context.options.overwrite === true) return ticket.name;
  const { client, bucket, keyOf } = await context.place();
  for (const name of namesOf(ticket)) {
    const empty = { ...(await context.objectOf(name, ticket)), body: "", ifNoneMatch: "*" } as const;
    try {
      await client.putObject(empty);
      return name;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    const there = await orNull("NotFound", client.headObject({ bucket, key: keyOf(name) }));
    // Taken by this upload, which was completed once more.
    if (there !== null && isOf(ticket, there)) return name;
  }
  throw new StorageError("NoFreeName", `There is no free name like ${JSON.stringify(ticket.name)}.`);
}

/** Where there is nothing to complete: it was completed before, and its answer was lost; or nothing came. */
async function completedBefore(context: DirectContext, ticket: Ticket): Promise<DirectFile> {
  const file = await fileBefore(context, ticket);
  if (file === null) throw missing(ticket, "nothing arrived");
  return file;
}

/** The file that an earlier completion made, null where there was none. */
async function fileBefore(context: DirectContext, ticket: Ticket): Promise<DirectFile | null> {
  const { client, bucket, keyOf } = await context.place();
  for (const name of namesOf(ticket)) {
    const found = await orNull("NotFound", client.headObject({ bucket, key: keyOf(name) }));
    // A file of that name may be another's, and an empty one only takes the name.
    if (found !== null && found.size > 0 && isOf(ticket, found)) return fileOf(ticket, name, found.size);
  }
  return null;
}

async function checkBytes(
  context: DirectContext,
  { filename }: Ticket,
  key: string,
  etag: string,
): Promise<void> {
  const { types, checkType: check = types !== undefined } = context.options;
  if (!check) return;
  const { client, bucket } = await context.place();
  const { body } = await client.getObject({
    bucket,
    key,
    range: `bytes=0-${sniffBytes - 1}`,
    ifMatch: etag,
  });
  checkType({ filename, head: await body.bytes() }, types);
}

function fileOf({ filename, contentType }: Ticket, name: string, size: number): DirectFile {
  return { name, filename, size, contentType };
}

function numbered({ partNumber, etag }: ListedPart): { partNumber: number; etag: string } {
  return { partNumber, etag };
}

function missing({ filename }: Ticket, why: string): UploadError {
  return new UploadError("UploadMissing", `${quote(filename)} is not complete: ${why}.`, { filename });
}
