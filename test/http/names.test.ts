/** Names in addresses that are none, where the application handles no error: what each framework answers by itself. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import * as forExpress from "../../src/express.ts";
import * as forFastify from "../../src/fastify.ts";
import * as forHono from "../../src/hono.ts";
import { errorResponse, fileResponse } from "../../src/http.ts";
import { FileNotFoundError, memory } from "../../src/storage.ts";

const storage = memory();

const frameworks = {
  express: () => {
    // In tests it does not log.
    const app = express().set("env", "test");
    app.get("/files/:name", async (request, response) => {
      await forExpress.sendFile(response, await storage.open(request.params.name));
    });
    return createServer(app);
  },
  fastify: async () => {
    const app = fastify();
    app.get<{ Params: { name: string } }>("/files/:name", async (request, reply) =>
      forFastify.sendFile(reply, await storage.open(request.params.name)),
    );
    await app.ready();
    return app.server;
  },
  hono: () => {
    const app = new Hono();
    app.get("/files/:name", async (c) => forHono.sendFile(c, await storage.open(c.req.param("name"))));
    const listener = getRequestListener(app.fetch);
    return createServer((request, response) => void listener(request, response));
  },
  "Request and Response": () => {
    const listener = getRequestListener(async (request) => {
      const { pathname } = new URL(request.url);
      try {
        return fileResponse(
          await storage.open(decodeURIComponent(pathname.slice("/files/".length))),
          request,
        );
      } catch (error) {
        return errorResponse(error);
      }
    });
    return createServer((request, response) => void listener(request, response));
  },
};

test("a file that is not there is an error whose message may go out, for Nest and Koa", () => {
  const { statusCode, expose } = new FileNotFoundError("a");
  assert.deepEqual([statusCode, expose], [404, true]);
});

for (const [framework, create] of Object.entries(frameworks)) {
  test(`by ${framework}: 404 for a file that is not there, 400 for a name that leads out`, async () => {
    const server = await create();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const statusOf = async (name: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}/files/${name}`)).status;
    assert.equal(await statusOf("none.png"), 404);
    assert.equal(await statusOf("..%2F..%2Fpackage.json"), 400);
    assert.equal(await statusOf("%00"), 400);
    server.close();
    server.closeAllConnections();
  });
}
