/** Hono 4: files as answers, and a middleware that reads forms. */

import type { Context, MiddlewareHandler } from "hono";
import type { StorageFile } from "../storage/file.ts";
import type { FileResponseOptions } from "./describe-file.ts";
import { answerFile } from "./file-response.ts";
import { parseUploads, type UploadOptions, type Uploads } from "./parse-uploads.ts";

/** What {@link uploads} adds to a context. */
export interface UploadsEnv {
  Variables: { uploads: Uploads };
}

/**
 * A middleware that reads the form of a request before its handler: `c.get("uploads")`. Where the handler fails, or
 * answers with a status of 400 or more, the files are deleted from the storage again, unless it has said
 * {@link Uploads.keep}.
 *
 * @throws UploadError, to which Hono answers with its status and itself as JSON.
 * @example
 * app.post("/photos", uploads({ storage, types: ["image/*"] }), (c) => c.json(c.get("uploads").files));
 */
export function uploads(options: UploadOptions): MiddlewareHandler<UploadsEnv> {
  return async (c, next) => {
    const form = await parseUploads(c.req.raw, options);
    c.set("uploads", form);
    await next();
    // A handler that refuses a title answers 422, and throws nothing.
    if (c.error !== undefined || c.res.status >= 400) await form.discard();
  };
}

/**
 * A file as the answer, as {@link fileResponse} makes it; headers that were set before count.
 *
 * @example
 * app.get("/photos/:name", async (c) => sendFile(c, await storage.open(c.req.param("name"))));
 */
export function sendFile(c: Context, file: StorageFile, options?: FileResponseOptions): Response {
  const { status, headers, body } = answerFile(file, c.req.raw, options);
  return c.newResponse(body, { status, headers });
}
