/** Fastify 5: a plugin that lets forms through to {@link parseUploads}, and files as replies. */

import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { StorageFile } from "../storage/file.ts";
import { describeFile, type FileRequest, type FileResponseOptions, requestHeaders } from "./describe-file.ts";
import type { DirectUpload } from "./direct/direct-upload.ts";
import { parseJson } from "./direct/handlers.ts";
import { answerDirectUpload } from "./direct/routes.ts";
import { parseUploads, type UploadOptions, type Uploads } from "./parse-uploads.ts";

/**
 * A plugin for forms with files: without it Fastify answers 415. The form is read by {@link readUploads} in the handler,
 * or whenever it suits; what no handler reads is thrown away.
 *
 * @example
 * await app.register(uploads);
 * app.post("/photos", async (request) => {
 *   const form = await readUploads(request, { storage, types: ["image/*"] });
 *   return form.files;
 * });
 */
export async function uploads(app: FastifyInstance): Promise<void> {
  // The limits are parseUploads'; Fastify's bodyLimit would count a stream by its Content-Length alone.
  app.addContentTypeParser(
    "multipart/form-data",
    { bodyLimit: Number.MAX_SAFE_INTEGER },
    (_request, _payload, done) => {
      done(null);
    },
  );
}

// For the whole application, as fastify-plugin does it, not only for what is registered inside.
Object.assign(uploads, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "stowage-uploads",
});

export interface FastifyRoutesOptions {
  /** Who asks: an upload is gone on with by who began it alone. */
  readonly owner: (request: FastifyRequest) => string | Promise<string>;
}

/**
 * The routes of direct uploads as a plugin. Register it where they are to be.
 *
 * @example
 * await app.register(uploadRoutes(directUpload({ storage }), { owner: (request) => request.ip }), { prefix: "/uploads" });
 */
export function uploadRoutes(
  direct: DirectUpload,
  { owner }: FastifyRoutesOptions,
): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    // Parts come as they are, of any type; what is JSON the routes know themselves.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => {
      done(null);
    });
    app.all<{ Params: { "*": string } }>("/*", async (request, reply) => {
      const { method, params, url, raw } = request;
      const { status, headers, body } = await answerDirectUpload(direct, {
        method,
        path: params["*"],
        query: new URL(url, "http://localhost").searchParams,
        owner: await owner(request),
        json: () => parseJson(raw),
        bytes: () => raw,
        contentLength: Number(raw.headers["content-length"]),
      });
      return reply.code(status).headers(headers).send(body);
    });
  };
}

/** Reads the form of a Fastify request. See {@link parseUploads}. */
export async function readUploads(request: FastifyRequest, options: UploadOptions): Promise<Uploads> {
  return parseUploads(request.raw, options);
}

/**
 * Replies with a file, as {@link fileResponse} does; hooks and headers that were set before count.
 *
 * @example
 * app.get("/photos/:name", async (request, reply) => sendFile(reply, await storage.open(request.params.name)));
 */
export function sendFile(
  reply: FastifyReply,
  file: StorageFile,
  options?: FileResponseOptions,
): FastifyReply {
  const { status, headers, body } = describeFile(file, readRequest(reply.request), options);
  reply.code(status).headers(headers);
  if (body === null) {
    void file.close();
    // Fastify's own route for HEAD takes no payload for none, and says 0 bytes; of a stream it believes the header.
    return reply.request.method === "HEAD" ? reply.send(Readable.from([])) : reply.send();
  }
  const stream = Readable.from(file.chunks(body), { objectMode: false });
  stream.once("close", () => void file.close());
  return reply.send(stream);
}

function readRequest({ method, headers }: FastifyRequest): FileRequest {
  const read: Record<string, string> = {};
  for (const name of requestHeaders) {
    const value = headers[name];
    if (typeof value === "string") read[name] = value;
  }
  return { method, headers: read };
}
