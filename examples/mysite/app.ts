/** The tutorial's site: files of people in a list, to upload, look at, download, replace and delete. Express and Stowage. */

import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import { type DirectUpload, uploadRoutes } from "stowage/direct-upload";
import {
  parseUploads,
  sendFile,
  serveStatic,
  UploadError,
  type UploadLimits,
  type UploadOptions,
  type Uploads,
} from "stowage/express";
import { withFiles } from "stowage/fields";
import type { StaticFiles } from "stowage/static";
import { FileNotFoundError } from "stowage/storage";
import type { Database } from "./database.ts";
import { addObjects, deleteObject, findObject, listObjects, type MyObject, replaceFile } from "./models.ts";
import { listPage, messagePage } from "./views.ts";

export interface AppOptions {
  readonly db: Database;
  /** What is taken by forms, and where it goes. */
  readonly forms: UploadOptions & { readonly types: readonly string[]; readonly maxFileBytes: number };
  readonly directUploads: DirectUpload;
  /** Where direct uploads go. */
  readonly s3Origin: string;
  readonly staticFiles: StaticFiles;
}

const done: Readonly<Record<string, string>> = {
  uploaded: "Your upload is here.",
  replaced: "The file was replaced.",
  deleted: "The file was deleted.",
};

export function createApp({ db, forms, directUploads, s3Origin, staticFiles }: AppOptions): Express {
  const app = express().disable("x-powered-by");
  app.use(protect(s3Origin));

  app.get("/", async (request, response) => {
    const { done: what } = request.query;
    response.send(await list({ done: typeof what === "string" ? done[what] : undefined }));
  });

  app.post("/objects", async (request, response) => {
    await storing(request, (form) => addObjects(db, form.files));
    response.redirect(303, "/?done=uploaded");
  });

  app.get("/objects/:id", async (request, response) => {
    const { formField, filename } = await find(request);
    await sendFile(response, await formField.open(), { filename, cacheControl: "private, no-cache" });
  });

  app.get("/objects/:id/download", async (request, response) => {
    const { formField, filename } = await find(request);
    await sendFile(response, await formField.open(), { filename, attachment: true });
  });

  app.post("/objects/:id/replace", async (request, response) => {
    const { id } = await find(request);
    const save = async ({ files: [file] }: Uploads): Promise<void> => {
      if (file !== undefined && !(await replaceFile(db, String(id), file))) throw new NotFound();
    };
    await storing(request, save, { maxFiles: 1 });
    response.redirect(303, "/?done=replaced");
  });

  app.post("/objects/:id/delete", async (request, response) => {
    if (!(await deleteObject(db, request.params.id))) throw new NotFound();
    response.redirect(303, "/?done=deleted");
  });

  // The last step of a direct upload is the site's own, which believes no browser that a file has arrived.
  app.post("/uploads/complete", express.json(), async (request, response) => {
    const file = await directUploads.complete(String(request.body?.token), owner());
    await addObjects(db, [file]);
    response.json(file);
  });
  app.use("/uploads", uploadRoutes(directUploads, { owner }));

  app.use(serveStatic(staticFiles));

  app.use(() => {
    throw new NotFound();
  });

  app.use(async (error: Error, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    if (error instanceof UploadError) {
      if (request.path.startsWith("/uploads/")) response.status(error.status).json(error);
      else response.status(error.status).send(await list({ error: error.message }));
    } else if (error instanceof NotFound || error instanceof FileNotFoundError) {
      response
        .status(404)
        .send(messagePage("Not found", "There is nothing here, or not any more.").toString());
    } else {
      console.error(error);
      response.status(500).send(messagePage("That did not work", "Please try again in a while.").toString());
    }
  });

  async function list(news: { done?: string | undefined; error?: string | undefined }): Promise<string> {
    const { maxFileBytes, types } = forms;
    return listPage(await listObjects(db), { ...news, maxFileBytes, accept: types.join(",") }).toString();
  }

  async function find({ params }: Request<{ id: string }>): Promise<MyObject> {
    const object = await findObject(db, params.id);
    if (object === undefined) throw new NotFound();
    return object;
  }

  /** Stores a form's files for a record; where that does not come to be, they go. */
  async function storing(
    request: Request,
    save: (form: Uploads) => Promise<void>,
    limits: UploadLimits = {},
  ): Promise<void> {
    const form = await parseUploads(request, { ...forms, ...limits });
    if (form.files.length === 0) throw new UploadError("UploadMissing", "Please choose a file first.");
    await withFiles(() => save(form), { uploads: form });
  }

  return app;
}

class NotFound extends Error {}

/** Who uploads. A site with accounts says the session's user here. */
function owner(): string {
  return "everybody";
}

/** No other site may have its visitors change anything here, or show this one in a frame. */
function protect(s3Origin: string): RequestHandler {
  const policy = `default-src 'self'; connect-src 'self' ${s3Origin}; base-uri 'none'; frame-ancestors 'none'`;
  return ({ method, headers }, response, next) => {
    response.setHeader("content-security-policy", policy);
    const { "sec-fetch-site": site, origin, host } = headers;
    const isOwn =
      site === undefined ? origin === undefined || origin.endsWith(`//${host}`) : site === "same-origin";
    if (method === "GET" || method === "HEAD" || isOwn) next();
    else response.status(403).send("Requests from other sites are not taken.\n");
  };
}
