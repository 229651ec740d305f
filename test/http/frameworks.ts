/** One small site, by each framework that is joined: files by name, and a form that stores files. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import * as forExpress from "../../src/express.ts";
import * as forFastify from "../../src/fastify.ts";
import * as forHono from "../../src/hono.ts";
import {
  errorResponse,
  type FileResponseOptions,
  fileResponse,
  parseUploads,
  UploadError,
  type UploadOptions,
} from "../../src/http.ts";
import type { Storage } from "../../src/storage.ts";

export interface SiteOptions {
  readonly storage: Storage;
  readonly file?: FileResponseOptions | undefined;
  readonly upload?: Omit<UploadOptions, "storage" | "onFile"> | undefined;
}

export interface Site {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  close(): Promise<void>;
}

/** `GET /files/NAME` answers with a file, `POST /upload` with `{ fields, files }` or an UploadError as JSON. */
export const frameworks: Readonly<Record<string, (options: SiteOptions) => Promise<Site>>> = {
  express: async ({ storage, file, upload }) => {
    const app = express();
    app.get("/files/:name", async (request, response) => {
      await forExpress.sendFile(response, await storage.open(request.params.name), file);
    });
    app.post("/upload", async (request, response) => {
      const form = await forExpress.parseUploads(request, { ...upload, storage });
      response.json({ fields: [...form.fields], files: form.files });
    });
    app.use(
      (error: Error, _request: express.Request, response: express.Response, next: express.NextFunction) => {
        if (response.headersSent) next(error);
        else if (error instanceof UploadError) response.status(error.status).json(error);
        else response.status(500).json({ message: error.message });
      },
    );
    return site(await listening(createServer(app)));
  },

  fastify: async ({ storage, file, upload }) => {
    const app = fastify({ forceCloseConnections: true });
    await app.register(forFastify.uploads);
    app.get<{ Params: { name: string } }>("/files/:name", async (request, reply) =>
      forFastify.sendFile(reply, await storage.open(request.params.name), file),
    );
    app.post("/upload", async (request) => {
      const form = await forFastify.readUploads(request, { ...upload, storage });
      return { fields: [...form.fields], files: form.files };
    });
    app.setErrorHandler((error, _request, reply) =>
      error instanceof UploadError
        ? reply.code(error.status).send(error.toJSON())
        : reply.code(500).send({ message: String(error) }),
    );
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { url: addressOf(app.server), close: () => app.close() };
  },

  hono: async ({ storage, file, upload }) => {
    const app = new Hono();
    app.get("/files/:name", async (c) => forHono.sendFile(c, await storage.open(c.req.param("name")), file));
    app.post("/upload", forHono.uploads({ ...upload, storage }), (c) => {
      const form = c.get("uploads");
      return c.json({ fields: [...form.fields], files: form.files });
    });
    return site(await listening(serve(app.fetch)));
  },

  "Request and Response": async ({ storage, file, upload }) => {
    const handle = async (request: Request): Promise<Response> => {
      const { pathname } = new URL(request.url);
      if (request.method !== "POST") {
        const name = decodeURIComponent(pathname.slice("/files/".length));
        return fileResponse(await storage.open(name), request, file);
      }
      try {
        const form = await parseUploads(request, { ...upload, storage });
        return Response.json({ fields: [...form.fields], files: form.files });
      } catch (error) {
        return errorResponse(error);
      }
    };
    return site(await listening(serve(handle)));
  },
};

function serve(handle: (request: Request) => Response | Promise<Response>): Server {
  const listener = getRequestListener(handle);
  return createServer((request, response) => void listener(request, response));
}

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function site(server: Server): Site {
  return {
    url: addressOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
