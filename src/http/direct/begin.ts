/** How a direct upload begins: its name is chosen, and what may be sent is signed. */

import { randomBytes } from "node:crypto";
import { placeOf, regionOf } from "../../client/core.ts";
import { buildPostPolicy } from "../../s3/build-post-policy.ts";
import { joinName, splitName, splitSuffixes } from "../../storage/names.ts";
import { requireAccepted, typeByName } from "../check-type.ts";
import { quote, uploadedName } from "../file-names.ts";
import { UploadError } from "../upload-error.ts";
import { formatBytes } from "../upload-limits.ts";
import { type DirectContext, maxParts, minPartBytes, ownSuffixLength, pendingDirectory } from "./context.ts";
import type { AnnouncedFile, Announcement, Begun } from "./options.ts";
import type { Ticket } from "./token.ts";

export function checkAnnouncement(
  context: DirectContext,
  { filename: raw, size = null }: Announcement,
  owner: string,
): AnnouncedFile {
  if (typeof raw !== "string") throw new UploadError("FilenameInvalid", "The file has no name.");
  const filename = uploadedName(raw, 200);
  if (size !== null) checkSize(context, size, filename);
  const contentType = typeByName(filename);
  requireAccepted(contentType, context.options.types, { filename });
  return { filename, size, contentType, owner };
}

export function checkSize(context: DirectContext, size: number, filename: string): void {
  const limit = context.maxBytes;
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new UploadError("FileEmpty", `${quote(filename)} is empty.`, { filename });
  }
  if (size <= limit) return;
  throw new UploadError(
    "FileTooLarge",
    `${quote(filename)} has ${formatBytes(size)}; ${formatBytes(limit)} are the most.`,
    { filename, limit },
  );
}

export async function beginForm(context: DirectContext, file: AnnouncedFile): Promise<Begun> {
  const { expiresSeconds = 3600 } = context.options;
  const { client, bucket, keyOf, storage } = await context.place();
  const credentials = await client.credentials();
  if (credentials === null)
    throw new TypeError("An anonymous client cannot sign uploads: give the storage keys.");
  const nowMs = context.now();
  const ticket = { ...(await beginTicket(context, file)), expiresMs: nowMs + expiresSeconds * 1000 };
  const fields = buildPostPolicy({
    credentials,
    region: regionOf(client.core, bucket),
    bucket,
    key: keyOf(ticket.pendingName),
    date: new Date(nowMs + client.core.clockOffsetMs),
    expiresSeconds,
    fields: {
      "Content-Type": file.contentType,
      success_action_status: "201",
      ...encryptionOf(storage.objectOf(ticket.name)),
    },
    contentLengthRange: file.size === null ? [1, context.maxBytes] : [file.size, file.size],
  });
  const { origin, path } = placeOf(client.core, { bucket });
  const expires = new Date(ticket.expiresMs).toISOString();
  return { method: "POST", url: origin + path, fields, token: await context.sign(ticket), expires };
}

export async function beginParts(context: DirectContext, file: AnnouncedFile): Promise<Begun> {
  const size = file.size ?? context.maxBytes;
  const partSize = Math.max(context.options.partSizeBytes ?? minPartBytes, Math.ceil(size / maxParts));
  const { token, expiresMs } = await createUpload(context, file, partSize);
  const partCount = Math.ceil(size / partSize);
  return { method: "PUT", token, partSize, partCount, expires: new Date(expiresMs).toISOString() };
}

export async function createUpload(
  context: DirectContext,
  file: AnnouncedFile,
  partSize: number | null,
): Promise<{ token: string; name: string; expiresMs: number }> {
  const { expiresSeconds = 86_400 } = context.options;
  const { client, bucket, keyOf, storage } = await context.place();
  const begun = await beginTicket(context, file);
  const { uploadId } = await client.createMultipartUpload({
    bucket,
    key: keyOf(begun.pendingName),
    contentType: file.contentType,
    headers: encryptionOf(storage.objectOf(begun.name)),
  });
  const expiresMs = context.now() + expiresSeconds * 1000;
  const ticket = { ...begun, uploadId, expiresMs, ...(partSize === null ? {} : { partSize }) };
  return { token: await context.sign(ticket), name: begun.name, expiresMs };
}

/** What is decided of every upload when it begins. */
async function beginTicket(
  context: DirectContext,
  file: AnnouncedFile,
): Promise<AnnouncedFile & Pick<Ticket, "id" | "name" | "pendingName">> {
  const id = randomBytes(16).toString("hex");
  return { ...file, id, name: await nameOf(context, file), pendingName: `${pendingDirectory}/${id}` };
}

async function nameOf(context: DirectContext, file: AnnouncedFile): Promise<string> {
  const { storage } = await context.place();
  const { name, maxLength, overwrite = false } = context.options;
  const wanted = storage.generateFilename(name === undefined ? file.filename : name(file));
  const [directory, base] = splitName(wanted);
  // One that is taken when the file has arrived gets a suffix.
  const longest = maxLength === undefined || overwrite ? maxLength : maxLength - ownSuffixLength;
  return storage.getAvailableName(
    name === undefined ? joinName(directory, storage.getAlternativeName(...splitSuffixes(base))) : wanted,
    { maxLength: longest, overwrite },
  );
}

/** What is said of encryption: a bucket may refuse whatever comes without. A key of the customer's is no browser's. */
function encryptionOf({
  headers = {},
}: {
  readonly headers?: Readonly<Record<string, string>> | undefined;
}): {
  readonly [header: string]: string;
} {
  const said = /^x-amz-server-side-encryption(-aws-kms-key-id)?$/i;
  return Object.fromEntries(Object.entries(headers).filter(([header]) => said.test(header)));
}
