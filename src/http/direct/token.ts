/** The token of a direct upload: what the server said at its beginning, signed, so that it needs to keep nothing. */

import { hmacSha256, timingSafeEqual } from "../../s3/hash.ts";
import { UploadError } from "../upload-error.ts";

/** An upload that was begun. A client sees all of it and can change nothing. */
export interface Ticket {
  readonly id: string;
  /** The name in the storage that it will have. */
  readonly name: string;
  /** As the person sees it. */
  readonly filename: string;
  readonly contentType: string;
  /** Bytes, as they were announced; null where they were not. */
  readonly size: number | null;
  /** Who began it. */
  readonly owner: string;
  readonly expiresMs: number;
  /** Where the bytes wait until they were looked at. */
  readonly pendingName: string;
  /** Of an upload in parts. */
  readonly uploadId?: string;
  /** Bytes of every part but the last; absent where the client cuts as it likes. */
  readonly partSize?: number;
}

/** In base64url, so that it can stand in a path. */
export function signTicket(ticket: Ticket, secret: string): string {
  const payload = Buffer.from(JSON.stringify(ticket)).toString("base64url");
  return `${payload}.${mac(payload, secret)}`;
}

/**
 * Reads a token.
 *
 * @param owner Who brings it.
 * @throws UploadError `TokenInvalid` for one that is not ours, is somebody else's, or has ended.
 */
export function readTicket(token: string, secret: string, owner: string, nowMs: number): Ticket {
  const [payload = "", signature = "", ...rest] = token.split(".");
  if (rest.length > 0 || !timingSafeEqual(mac(payload, secret), signature))
    throw invalid("is not one of ours");
  const ticket = JSON.parse(Buffer.from(payload, "base64url").toString()) as Ticket;
  if (ticket.owner !== owner) throw invalid("was begun by somebody else");
  if (ticket.expiresMs < nowMs) throw invalid("has expired: begin again");
  return ticket;
}

function mac(payload: string, secret: string): string {
  return Buffer.from(hmacSha256(secret, `stowage direct upload\n${payload}`)).toString("base64url");
}

function invalid(why: string): UploadError {
  return new UploadError("TokenInvalid", `This upload ${why}.`);
}
