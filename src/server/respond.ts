/** Writes an {@link S3Response} to a socket. */

import type { ServerResponse } from "node:http";
import type { S3Response } from "./context.ts";

/**
 * Writes head and body.
 *
 * @param headOnly The request was a HEAD: the headers are those of a GET, the body is left out.
 * @param beforeEnd Awaited when all has been written and before the response is ended.
 */
export function respond(
  outgoing: ServerResponse,
  headOnly: boolean,
  response: S3Response,
  beforeEnd?: () => Promise<void>,
): void | Promise<void> {
  const { status, headers, body } = response;
  if (body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array)) {
    outgoing.writeHead(status, headers);
    return pour(body, outgoing, beforeEnd);
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  if (status !== 204 && status !== 304 && headers["content-length"] === undefined) {
    headers["content-length"] = String(bytes?.length ?? 0);
  }
  outgoing.writeHead(status, headers);
  const content = headOnly ? undefined : bytes;
  if (beforeEnd === undefined) {
    if (content === undefined) outgoing.end();
    else outgoing.end(content);
    return;
  }
  if (content === undefined) outgoing.flushHeaders();
  else outgoing.write(content);
  return beforeEnd().then(() => void outgoing.end());
}

/**
 * Writes chunk after chunk. A chunk's memory belongs to the source again once the next is asked for, so each write
 * must have reached the kernel before that; a client that reads slowly holds the source back by the same rule.
 */
async function pour(
  source: AsyncIterable<Uint8Array>,
  outgoing: ServerResponse,
  beforeEnd?: () => Promise<void>,
): Promise<void> {
  try {
    for await (const chunk of source) {
      if (outgoing.destroyed) return;
      await written(outgoing, chunk);
    }
  } catch (error) {
    // The head is out, so the only honest answer left is a body that ends too early.
    outgoing.destroy(error as Error);
    throw error;
  }
  await beforeEnd?.();
  outgoing.end();
}

function written(outgoing: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      outgoing.off("close", done);
      resolve();
    };
    outgoing.once("close", done);
    outgoing.write(chunk, done);
  });
}
