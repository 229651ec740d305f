/** What S3 refuses to a site, as the frameworks answer it by themselves: the site is at fault, not its visitor. */

import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import multer from "multer";
import { directUpload, uploadRoutes } from "../../src/direct-upload.ts";
import * as forExpress from "../../src/express.ts";
import * as forFastify from "../../src/fastify.ts";
import * as forHono from "../../src/hono.ts";
import { stowageStorage } from "../../src/multer.ts";
import { s3, type S3Storage } from "../../src/storage.ts";
import { startTestServer, type TestServer } from "../../src/testing.ts";
import { form } from "./forms.ts";

interface Site {
  readonly url: string;
  /** What reached the handler of errors. */
  readonly thrown: unknown[];
  close(): void | Promise<void>;
}

const sites: Readonly<Record<string, (storage: S3Storage) => Promise<Site>>> = {
  express: async (storage) => {
    const thrown: unknown[] = [];
    const app = express();
    app.set("env", "test");
    app.get("/files/:name", async (request, response) => {
      await forExpress.sendFile(response, await storage.open(request.params.name));
    });
    app.post("/upload", async (request, response) => {
      response.json((await forExpress.parseUploads(request, { storage })).files);
    });
    app.post("/multer", multer({ storage: stowageStorage(storage) }).single("photo"), (_, response) => {
      response.json({});
    });
    app.use("/direct", uploadRoutes(directUpload({ storage, secret: "s" }), { owner: () => "ann" }));
    app.use((error: unknown, _request: express.Request, _: express.Response, next: express.NextFunction) => {
      thrown.push(error);
      next(error);
    });
    const server = await listening(createServer(app));
    return { url: addressOf(server), thrown, close: () => void server.close() };
  },

  fastify: async (storage) => {
    const thrown: unknown[] = [];
    const app = fastify();
    app.addHook("onError", async (_request, _reply, error) => void thrown.push(error));
    await app.register(forFastify.uploads);
    app.get<{ Params: { name: string } }>("/files/:name", async (request, reply) =>
      forFastify.sendFile(reply, await storage.open(request.params.name)),
    );
    app.post("/upload", async (request) => (await forFastify.readUploads(request, { storage })).files);
    const direct = directUpload({ storage, secret: "s" });
    await app.register(forFastify.uploadRoutes(direct, { owner: () => "ann" }), { prefix: "/direct" });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { url: addressOf(app.server), thrown, close: () => app.close() };
  },

  hono: async (storage) => {
    const thrown: unknown[] = [];
    const app = new Hono();
    app.use(async (c, next) => {
      await next();
      if (c.error !== undefined) thrown.push(c.error);
    });
    app.get("/files/:name", async (c) => forHono.sendFile(c, await storage.open(c.req.param("name"))));
    app.post("/upload", forHono.uploads({ storage }), (c) => c.json(c.get("uploads").files));
    const listener = getRequestListener(app.fetch);
    const server = await listening(createServer((request, response) => void listener(request, response)));
    return { url: addressOf(server), thrown, close: () => void server.close() };
  },
};

describe("what S3 refuses to a site", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.close());

  for (const [framework, start] of Object.entries(sites)) {
    for (const [what, options, code] of [
      ["a bucket that is missing", { bucketName: "no-such-bucket" }, "NoSuchBucket"],
      ["a wrong secret key", { secretKey: "wrong" }, "SignatureDoesNotMatch"],
    ] as const) {
      test(`${framework} answers 500 for ${what}, and its log has the cause`, async (context) => {
        // Hono's own handler of errors prints them.
        context.mock.method(console, "error", () => {});
        const site = await start(s3({ ...server.storageOptions, ...options }));
        context.after(() => site.close());
        const { headers, body } = form([{ name: "photo", filename: "a.txt", body: "a" }]);
        const post = { method: "POST", headers, body: new Uint8Array(body) };
        const json = { "content-type": "application/json" };
        const begin = { method: "POST", headers: json, body: '{"filename":"film.mp4","size":99000000}' };
        const requests: [string, RequestInit][] = [
          ["/files/a.txt", {}],
          ["/upload", post],
        ];
        if (framework === "express") requests.push(["/multer", post]);
        if (framework !== "hono") requests.push(["/direct/begin", begin]);
        for (const [path, init] of requests) {
          const response = await fetch(site.url + path, init);
          await response.arrayBuffer();
          assert.equal(response.status, 500, path);
          const error = site.thrown.pop() as Error & { code: string; cause: { name: string } };
          assert.ok(!("status" in error) && !("statusCode" in error), path);
          assert.match(error.cause.name, /^S3(Response|Permissions)Error$/);
          // HEAD has no document that would tell a wrong secret from another refusal.
          assert.ok([code, "AccessDenied"].includes(error.code), `${path}: ${error.code}`);
        }
      });
    }

    test(`${framework} answers 404 for a file that is missing`, async (context) => {
      const site = await start(s3(server.storageOptions));
      context.after(() => site.close());
      const response = await fetch(`${site.url}/files/a.txt`);
      await response.arrayBuffer();
      assert.equal(response.status, 404);
    });
  }
});

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
