/** The routes of direct uploads, where requests come from: web-standard, and node's with Express. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { UploadError } from "../upload-error.ts";
import type { DirectUpload } from "./direct-upload.ts";
import { answerDirectUpload, type RouteRequest } from "./routes.ts";

/** A completed upload names its parts at most; ours do not even do that. */
const maxJsonBytes = 1024 * 1024;

export interface FetchHandlerOptions {
  /** Who asks: an upload is gone on with by who began it alone. */
  readonly owner: (request: Request) => string | Promise<string>;
  /** Where the routes are. Default: `/uploads`. */
  readonly path?: string | undefined;
}

/**
 * The routes as a function from Request to Response: for Hono, Next.js, and whatever else speaks them.
 *
 * @example
 * const handle = uploadHandler(uploads, { owner: () => "everybody" });
 * app.all("/uploads/*", (c) => handle(c.req.raw));
 */
export function uploadHandler(
  uploads: DirectUpload,
  { owner, path = "/uploads" }: FetchHandlerOptions,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const { status, headers, body } = await answerDirectUpload(uploads, {
      method: request.method,
      path: pathname.startsWith(path) ? pathname.slice(path.length) : pathname,
      query: searchParams,
      owner: await owner(request),
      json: async () => parseJson(bodyOf(request)),
      bytes: () => bodyOf(request),
      contentLength: Number(request.headers.get("content-length")),
    });
    return new Response(body, { status, headers });
  };
}

/** A request of node:http; Express and Fastify give more of it. */
type NodeRequest = IncomingMessage & { readonly body?: unknown };

export interface RoutesOptions<Request extends NodeRequest> {
  /** Who asks: an upload is gone on with by who began it alone. */
  readonly owner: (request: Request) => string | Promise<string>;
}

/**
 * The routes as a middleware of Express, or a listener of node:http. Mount it where the routes are to be.
 *
 * @example
 * app.use("/uploads", uploadRoutes(uploads, { owner: () => "everybody" }));
 */
export function uploadRoutes<Request extends NodeRequest>(
  uploads: DirectUpload,
  { owner }: RoutesOptions<Request>,
): (request: Request, response: ServerResponse, next?: (error?: unknown) => void) => Promise<void> {
  return async (request, response, next) => {
    try {
      const { pathname, searchParams } = urlOf(request);
      const { status, headers, body } = await answerDirectUpload(uploads, {
        method: request.method ?? "GET",
        path: pathname,
        query: searchParams,
        owner: await owner(request),
        // A parser of JSON may have been first.
        json: async () => (typeof request.body === "object" ? request.body : parseJson(request)),
        bytes: () => request,
        contentLength: Number(request.headers["content-length"]),
      });
      response.writeHead(status, headers).end(body);
    } catch (error) {
      // Whoever went away needs no answer.
      if (request.destroyed && !request.complete) return;
      if (next !== undefined) next(error);
      else fail(response, error);
    }
  };
}

/** What a client may send as its target is not always one: it must not fold into a host. */
function urlOf({ url = "/" }: IncomingMessage): URL {
  const target = `http://localhost${url}`;
  if (url.startsWith("/") && URL.canParse(target)) return new URL(target);
  throw new UploadError("BodyMalformed", "The address is none.");
}

/** On node:http itself nobody takes an error, and one that is thrown would end the program. */
function fail(response: ServerResponse, error: unknown): void {
  const isRefusal = error instanceof UploadError;
  if (!isRefusal) process.emitWarning(error instanceof Error ? error : String(error));
  const answer = isRefusal
    ? error
    : { code: "Server", message: "That did not work. Please try again in a while." };
  response
    .writeHead(isRefusal ? error.status : 500, { "content-type": "application/json" })
    .end(JSON.stringify(answer));
}

/** The body as JSON. @throws UploadError `TooLarge`, `BodyMalformed`. */
export async function parseJson(body: AsyncIterable<Uint8Array>): ReturnType<RouteRequest["json"]> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxJsonBytes)
      throw new UploadError("TooLarge", "The request is too large.", { limit: maxJsonBytes });
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    throw new UploadError("BodyMalformed", "The request is no JSON.", { cause });
  }
}

async function* bodyOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body !== null) yield* body;
}
