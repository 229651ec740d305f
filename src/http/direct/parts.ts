/** The parts of a direct upload on their way. */

import type { ListedPart } from "../../s3/documents/multipart.ts";
import { UploadError } from "../upload-error.ts";
import { type DirectContext, maxParts, minPartBytes } from "./context.ts";
import type { Ticket } from "./token.ts";

/** The URL to which a part is PUT. */
export async function signPart(
  context: DirectContext,
  token: string,
  partNumber: number,
  owner: string,
): Promise<{ url: string; expires: number }> {
  const { ticket, length } = await openPart(context, token, partNumber, owner);
  const { relayPath } = context.options;
  const expires = Math.max(1, Math.min(3600, Math.floor((ticket.expiresMs - context.now()) / 1000)));
  if (relayPath !== undefined) {
    return { url: `${relayPath.replace(/\/$/, "")}/s3/multipart/${token}/${partNumber}`, expires };
  }
  const { client, bucket, keyOf } = await context.place();
  const url = client.presign({
    method: "PUT",
    bucket,
    key: keyOf(ticket.pendingName),
    uploadId: ticket.uploadId,
    partNumber,
    expiresSeconds: expires,
    // Browsers send the length by themselves: no other body fits this URL.
    ...(length === null ? {} : { headers: { "content-length": String(length) } }),
  });
  return { url, expires };
}

/** Passes the bytes of a part on, where they come through the application. */
export async function relayPart(
  context: DirectContext,
  token: string,
  partNumber: number,
  owner: string,
  body: AsyncIterable<Uint8Array>,
  { contentLength, signal }: { readonly contentLength: number; readonly signal?: AbortSignal | undefined },
): Promise<{ etag: string }> {
  const { ticket, length } = await openPart(context, token, partNumber, owner);
  if (contentLength !== (length ?? contentLength)) {
    throw new UploadError("BodyMalformed", `Part ${partNumber} has ${contentLength} bytes, not ${length}.`);
  }
  const { client, bucket, keyOf } = await context.place();
  const { uploadId = "", pendingName } = ticket;
  const { etag } = await client.uploadPart(
    { bucket, key: keyOf(pendingName), uploadId, partNumber, body, contentLength },
    { signal },
  );
  return { etag };
}

async function openPart(
  context: DirectContext,
  token: string,
  partNumber: number,
  owner: string,
): Promise<{ ticket: Ticket; length: number | null }> {
  const ticket = await context.partsTicket(token, owner);
  const { size, partSize } = ticket;
  const exact = size !== null && partSize !== undefined;
  const count = exact
    ? Math.ceil(size / partSize)
    : Math.min(maxParts, Math.ceil(context.maxBytes / minPartBytes));
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > count) {
    throw new UploadError("BodyMalformed", `There is no part ${partNumber}: this upload has ${count}.`);
  }
  return { ticket, length: exact ? Math.min(partSize, size - (partNumber - 1) * partSize) : null };
}

export async function listParts(
  context: DirectContext,
  { pendingName, uploadId = "" }: Ticket,
): Promise<ListedPart[]> {
  const { client, bucket, keyOf } = await context.place();
  const parts: ListedPart[] = [];
  let partNumberMarker: number | undefined;
  do {
    const page = await client.listParts({ bucket, key: keyOf(pendingName), uploadId, partNumberMarker });
    parts.push(...page.parts);
    partNumberMarker = page.isTruncated ? page.nextPartNumberMarker : undefined;
  } while (partNumberMarker !== undefined);
  return parts;
}
