/** A file as the answer of node:http, and so of Express. */

import type { ServerResponse } from "node:http";
import type { StorageFile } from "../storage/file.ts";
import { describeFile, type FileRequest, type FileResponseOptions, requestHeaders } from "./describe-file.ts";

/**
 * Answers with a file, as {@link fileResponse} does. Headers that were set before stay, where the file's own do not
 * replace them. Resolves when all was handed to the connection, or the client went away; the file is closed then.
 *
 * @throws Whatever reading fails with. Once the head is out the connection is cut, so that the client notices.
 * @example
 * app.get("/files/:name", async (request, response) => {
 *   await sendFile(response, await storage.open(request.params.name), { attachment: true });
 * });
 */
export async function sendFile(
  response: ServerResponse,
  file: StorageFile,
  options?: FileResponseOptions,
): Promise<void> {
  try {
    const { status, headers, body } = describeFile(file, readRequest(response), options);
    if (response.destroyed) return;
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (body === null) response.end();
    else await pour(file.chunks(body), body.end - body.start, response);
  } finally {
    await file.close();
  }
}

function readRequest({ req: { method = "GET", headers } }: ServerResponse): FileRequest {
  const read: Record<string, string> = {};
  for (const name of requestHeaders) {
    const value = headers[name];
    if (typeof value === "string") read[name] = value;
  }
  return { method, headers: read };
}

/** Writes chunk after chunk; the next is read while one is on its way. */
async function pour(
  source: AsyncIterable<Uint8Array>,
  bytes: number,
  response: ServerResponse,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  let left = bytes;
  let next = iterator.next();
  try {
    while (left > 0) {
      const { done, value } = await next;
      if (response.destroyed) return;
      if (done === true) throw new Error(`The file ended ${left} bytes early.`);
      left -= value.length;
      // The last chunk goes out with the end: most files are one.
      if (left <= 0) {
        response.end(value);
        return;
      }
      next = iterator.next();
      // Where waiting for the client ends by its going away, nobody asks how the next read went.
      next.catch(() => {});
      if (!response.write(value)) await drained(response);
    }
    response.end();
  } catch (error) {
    if (!response.headersSent) {
      // The application can still answer something else: what was said of the file must not stay.
      for (const name of response.getHeaderNames()) if (isOfFile(name)) response.removeHeader(name);
    } else response.destroy(error as Error);
    throw error;
  } finally {
    await iterator.return?.();
  }
}

function isOfFile(name: string): boolean {
  return /^(?:content-|etag$|last-modified$|accept-ranges$|cache-control$)/.test(name);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    if (response.destroyed || !response.writableNeedDrain) resolve();
    else response.on("drain", done).on("close", done);
  });
}
