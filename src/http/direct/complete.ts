/** How a direct upload ends: what arrived is looked at, and becomes a file of the storage. */

import type { ListedPart } from "../../s3/documents/multipart.ts";
import { checkType } from "../check-type.ts";
import { quote } from "../file-names.ts";
import { sniffBytes } from "../sniff.ts";
import { UploadError } from "../upload-error.ts";
import { formatBytes } from "../upload-limits.ts";
import { checkSize } from "./begin.ts";
import { type DirectContext, idMetadata, orNull } from "./context.ts";
import type { DirectFile } from "./options.ts";
import { listParts } from "./parts.ts";
import type { Ticket } from "./token.ts";

export async function completeForm(context: DirectContext, ticket: Ticket): Promise<DirectFile> {
  const { pendingName = "", name, size, contentType } = ticket;
  const { client, bucket, keyOf } = await context.place();
  const key = keyOf(pendingName);
  const found = await orNull("NotFound", client.headObject({ bucket, key }));
  if (found === null) return completedBefore(context, ticket);
  try {
    checkSize(context, found.size, ticket.filename);
    if (size !== null && found.size !== size) throw missing(ticket, `${found.size} of ${size} bytes arrived`);
    await checkBytes(context, ticket, key, found.etag);
  } catch (error) {
    if (error instanceof UploadError) await client.deleteObject({ bucket, key });
    throw error;
  }
  // What was looked at, and nothing that came in its place meanwhile.
  await client.copyObject({
    bucket,
    key: keyOf(name),
    copySource: { bucket, key },
    copySourceIfMatch: found.etag,
    metadataDirective: "REPLACE",
    metadata: { [idMetadata]: ticket.id },
    contentType,
    acl: context.options.acl,
  });
  await client.deleteObject({ bucket, key });
  return fileOf(ticket, found.size);
}

export async function completeParts(context: DirectContext, ticket: Ticket): Promise<DirectFile> {
  const { name, uploadId = "", size: announced, partSize } = ticket;
  const { client, bucket, keyOf } = await context.place();
  const key = keyOf(name);
  const parts = await orNull("NoSuchUpload", listParts(context, ticket));
  if (parts === null) return completedBefore(context, ticket);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const whole = parts.every(({ partNumber }, i) => partNumber === i + 1);
  if (!whole || parts.length === 0 || (announced !== null && partSize !== undefined && size < announced)) {
    throw missing(ticket, `${parts.length} parts with ${size} bytes arrived`);
  }
  const limit = announced !== null && partSize !== undefined ? announced : context.maxBytes;
  if (size > limit) {
    await client.abortMultipartUpload({ bucket, key, uploadId });
    throw new UploadError("FileTooLarge", `${quote(ticket.filename)} has ${formatBytes(size)}.`, {
      filename: ticket.filename,
      limit,
    });
  }
  const { etag } = await client.completeMultipartUpload({
    bucket,
    key,
    uploadId,
    parts: parts.map(numbered),
  });
  try {
    await checkBytes(context, ticket, key, etag);
  } catch (error) {
    if (error instanceof UploadError) await client.deleteObject({ bucket, key });
    throw error;
  }
  return fileOf(ticket, size);
}

/** Where there is nothing to complete: it was completed before, and its answer was lost; or nothing came. */
async function completedBefore(context: DirectContext, ticket: Ticket): Promise<DirectFile> {
  const { client, bucket, keyOf } = await context.place();
  const found = await orNull("NotFound", client.headObject({ bucket, key: keyOf(ticket.name) }));
  // A file of that name may be another's.
  if (found?.metadata[idMetadata] !== ticket.id) throw missing(ticket, "nothing arrived");
  return fileOf(ticket, found.size);
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

function fileOf({ name, filename, contentType }: Ticket, size: number): DirectFile {
  return { name, filename, size, contentType };
}

function numbered({ partNumber, etag }: ListedPart): { partNumber: number; etag: string } {
  return { partNumber, etag };
}

function missing({ filename }: Ticket, why: string): UploadError {
  return new UploadError("UploadMissing", `${quote(filename)} is not complete: ${why}.`, { filename });
}
