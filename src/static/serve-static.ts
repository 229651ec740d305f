/** Static files in Express, or on node:http itself: a middleware. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { callbackify } from "node:util";
import { requestHeaders } from "../http/describe-file.ts";
import type { StaticFiles } from "./static-files.ts";

/** What Express's `app.use` takes. Without a third argument what is no static file is answered with 404. */
export type StaticMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/**
 * A middleware that answers requests for static files as {@link StaticFiles.respond} does; all others go on. Headers that
 * were set before stay. It may be mounted anywhere: it looks at the whole path.
 *
 * @example
 * app.use(serveStatic(await loadStatic()));
 */
export function serveStatic(files: StaticFiles): StaticMiddleware {
  const answer = callbackify(serve);
  return (request, response, next = (error) => notFound(response, error)) => {
    answer(files, request, response, (error, served) => {
      if (error !== null) next(error);
      else if (!served) next();
    });
  };
}

/** @returns False for what is no static file. */
async function serve(
  files: StaticFiles,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const asked = readRequest(request);
  const answer = asked === null ? null : await files.respond(asked);
  if (answer === null) return false;
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  const body = answer.body === null ? Readable.from([]) : Readable.fromWeb(answer.body);
  try {
    await pipeline(body, response);
  } catch (error) {
    // The client went away: nobody waits for an answer.
    if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
  return true;
}

/** Null for what cannot be a static file. */
function readRequest(request: IncomingMessage): Request | null {
  const { method = "GET", headers } = request;
  // Express cuts what a middleware is mounted at.
  const path = (request as { readonly originalUrl?: string }).originalUrl ?? request.url ?? "";
  const url = `http://localhost${path}`;
  if (!path.startsWith("/") || !URL.canParse(url)) return null;
  const read = new Headers();
  for (const name of [...requestHeaders, "accept-encoding"] as const) {
    const value = headers[name];
    if (typeof value === "string") read.set(name, value);
  }
  // A Request takes no TRACE; whatever is not read is refused alike.
  return new Request(url, { method: method === "GET" || method === "HEAD" ? method : "POST", headers: read });
}

function notFound(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = error === undefined ? 404 : 500;
  response.end();
}
