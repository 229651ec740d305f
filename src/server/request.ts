/** A request as it stands on the wire, freed from node:http and from nothing else. */

import type { IncomingMessage } from "node:http";
import { S3Error } from "../s3/errors.ts";

/**
 * What a client sent. Paths, queries and header values are the bytes as received, as latin1 strings, because
 * signatures are over those bytes and a key must stay as it was sent.
 */
export interface S3Request {
  readonly method: string;
  /** The path before the `?`, percent-encoded as sent, never normalised. */
  readonly path: string;
  /** The path that the client signed, where a proxy's prefix was taken off {@link path}. */
  readonly signedPath?: string | undefined;
  /** What stands after the `?`, as sent. */
  readonly query: string;
  /** The query decoded. S3 compares only the first value of a repeated query key. */
  readonly params: ReadonlyMap<string, string>;
  /** Header values by lower-case name; the values of a repeated header are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** The body's bytes as they come from the socket, framing and all. */
  readonly incoming: IncomingMessage;
  /** Tells a client that sent `Expect: 100-continue` to go on. Called before the first byte of the body is read. */
  readonly continueBody: () => void;
}

/** Headers that may come once only: a second one is an attack or a mistake, and joining them would hide it. */
const singleHeaders = new Set([
  "authorization",
  "content-length",
  "content-md5",
  "content-type",
  "host",
  "x-amz-content-sha256",
  "x-amz-copy-source",
  "x-amz-date",
  "x-amz-decoded-content-length",
]);

/**
 * Turns what node:http parsed into an {@link S3Request}.
 *
 * @throws {S3Error} `InvalidRequest` for a header that came twice and may not; `BadRequest` without Host; `InvalidURI` for a query that is no
 *   UTF-8.
 */
export function readRequest(incoming: IncomingMessage, continueBody: () => void): S3Request {
  const target = originForm(incoming.url ?? "/");
  const mark = target.indexOf("?");
  const query = mark === -1 ? "" : target.slice(mark + 1);
  const headers = joinHeaders(incoming.rawHeaders);
  if (headers["host"] === undefined && incoming.httpVersion === "1.1") {
    throw new S3Error("BadRequest", { message: "A request of HTTP/1.1 must have the header Host." });
  }
  return {
    method: incoming.method ?? "GET",
    path: mark === -1 ? target : target.slice(0, mark),
    query,
    params: parseQuery(query),
    headers,
    remoteAddress: incoming.socket.remoteAddress ?? "",
    secure: "encrypted" in incoming.socket,
    incoming,
    continueBody,
  };
}

/** A proxy may send the absolute form, `GET http://host/path` (RFC 9112, 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const scheme = target.indexOf("://");
  if (scheme === -1) return `/${target}`;
  const slash = target.indexOf("/", scheme + 3);
  return slash === -1 ? "/" : target.slice(slash);
}

function parseQuery(query: string): Map<string, string> {
  const params = new Map<string, string>();
  if (query === "") return params;
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodeParam(equals === -1 ? pair : pair.slice(0, equals));
    if (!params.has(name)) params.set(name, equals === -1 ? "" : decodeParam(pair.slice(equals + 1)));
  }
  return params;
}

function decodeParam(text: string): string {
  if (!/[%+\u0080-\u00ff]/.test(text)) return text;
  const spaced = text.replaceAll("+", " ");
  try {
    // Bytes above 0x7f that a client did not encode are UTF-8 too.
    return decodeURIComponent(
      spaced.replaceAll(/[\u0080-\u00ff]/g, (c) => `%${c.charCodeAt(0).toString(16)}`),
    );
  } catch (cause) {
    throw new S3Error("InvalidURI", {
      message: `The query value ${JSON.stringify(text)} is not UTF-8.`,
      cause,
    });
  }
}

function joinHeaders(raw: readonly string[]): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const value = raw[i + 1] as string;
    const earlier = headers[name];
    if (earlier === undefined) headers[name] = value;
    else if (singleHeaders.has(name)) {
      throw new S3Error("InvalidRequest", { message: `The header ${name} was sent more than once.` });
    } else headers[name] = `${earlier},${value}`;
  }
  return headers;
}
