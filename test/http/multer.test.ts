/** The engine for multer, and what attacked Multer itself: its advisories, tried on multer with our engine and on parseUploads. */

import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { after, afterEach, before, describe, test } from "node:test";
import express from "express";
import multer from "multer";
import { parseUploads, UploadError } from "../../src/express.ts";
import { stowageStorage } from "../../src/multer.ts";
import { memory } from "../../src/storage.ts";
import { form, type Form, sendAndCut } from "./forms.ts";

const storage = memory({ allowOverwrite: true });
let server: Server;
let url = "";

before(async () => {
  const app = express();
  const upload = multer({ storage: stowageStorage(storage), limits: { fileSize: 1024, files: 2 } });
  app.post("/multer", upload.array("file"), (request, response) => {
    response.json(request.files ?? []);
  });
  app.post("/ours", async (request, response) => {
    const uploads = await parseUploads(request, { storage, maxFileBytes: 1024, maxFiles: 2 });
    response.json(uploads.files);
  });
  app.use(
    (error: Error, _request: express.Request, response: express.Response, next: express.NextFunction) => {
      if (response.headersSent) return next(error);
      const status =
        error instanceof multer.MulterError ? 413 : error instanceof UploadError ? error.status : 400;
      response.status(status).json({ message: error.message });
    },
  );
  server = createServer(app).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});
afterEach(async () => {
  for (const name of await names()) await storage.delete(name);
});

async function names(): Promise<string[]> {
  return (await storage.listdir())[1];
}

async function post(path: string, { headers, body }: Form): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(url + path, { method: "POST", headers, body: new Uint8Array(body) });
  return { status: response.status, answer: await response.json() };
}

describe("stowageStorage()", () => {
  test("replaces no file, even in a storage that would", async () => {
    const two = form(["one", "two"].map((body) => ({ name: "file", filename: "image.jpg", body })));
    const { answer } = await post("/multer", two);
    assert.equal(new Set((answer as { path: string }[]).map(({ path }) => path)).size, 2);
    assert.equal((await names()).length, 2);
  });

  test("stores files, with names in UTF-8 as they were typed", async () => {
    const { answer } = await post(
      "/multer",
      form([
        { name: "file", filename: "résumé 日本.txt", body: "abc" },
        { name: "file", filename: "../../naïve.txt", body: "de" },
      ]),
    );
    const files = answer as { path: string; filename: string; size: number; originalname: string }[];
    assert.deepEqual(
      files.map(({ path, filename, size, originalname }) => [path, filename, size, originalname]),
      [
        ["résumé_日本.txt", "résumé_日本.txt", 3, "résumé 日本.txt"],
        ["naïve.txt", "naïve.txt", 2, "naïve.txt"],
      ],
    );
    assert.equal(await (await storage.open("résumé_日本.txt")).text(), "abc");
  });

  test("keeps nothing where multer refuses", async () => {
    const small = { name: "file", filename: "a.txt", body: "a" };
    for (const second of [
      { name: "file", filename: "b.txt", body: "b".repeat(1025) },
      { name: "other", filename: "b.txt", body: "b" },
    ]) {
      const { status } = await post("/multer", form([small, second]));
      assert.equal(status, 413);
      assert.deepEqual(await names(), []);
    }
    assert.equal((await post("/multer", form([small, small, small]))).status, 413);
    assert.deepEqual(await names(), []);
  });

  test("keeps nothing of a name that is none", async () => {
    const { status } = await post("/multer", form([{ name: "file", filename: "???", body: "a" }]));
    assert.equal(status, 400);
    assert.deepEqual(await names(), []);
  });

  test("tells whoever sent it that a name is too long", async () => {
    const filename = `${"é".repeat(150)}.txt`;
    const { status, answer } = await post("/multer", form([{ name: "file", filename, body: "a" }]));
    assert.equal(status, 400);
    assert.match((answer as { message: string }).message, /^The name "é+…" is too long\.$/);
    assert.deepEqual(await names(), []);
  });
});

for (const path of ["/multer", "/ours"]) {
  describe(`the advisories on ${path}`, () => {
    const good = form([{ name: "file", filename: "good.txt", body: "good" }]);
    const stillServes = async (): Promise<void> => {
      const { status } = await post(path, good);
      assert.equal(status, 200);
      assert.deepEqual(await names(), ["good.txt"]);
    };
    const rough = (body: string): Form => ({ ...good, body: Buffer.from(body) });

    test("CVE-2025-47944, -7338: a body that ends anywhere, or is none", async () => {
      for (const bad of [
        rough(""),
        rough("------stowage"),
        rough("------stowage\r\n"),
        rough("------stowage\r\n\r\n"),
        rough('------stowage\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'),
        rough('------stowage\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc'),
        rough(
          '------stowage\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n------stow',
        ),
        { headers: { "content-type": "multipart/form-data" }, body: good.body },
        { headers: { "content-type": "multipart/form-data; boundary=" }, body: good.body },
        { headers: { "content-type": "multipart/form-data; boundary=other" }, body: good.body },
      ]) {
        const { status } = await post(path, bad);
        // Multer takes no form for an empty one.
        const refused = status >= 400 && status < 500;
        assert.ok(
          refused || (path === "/multer" && status === 200),
          `${status} for ${JSON.stringify(bad.body.toString())}`,
        );
        assert.deepEqual(await names(), []);
      }
      await stillServes();
    });

    test("CVE-2025-48997: a file in a field without a name", async () => {
      for (const disposition of ['form-data; name=""; filename="a.txt"', 'form-data; filename="a.txt"']) {
        await post(path, form([{ disposition, body: "a" }]));
        for (const name of await names()) await storage.delete(name);
      }
      await stillServes();
    });

    test("CVE-2025-47935: requests that are cut leave nothing open and nothing stored", async () => {
      const cut = form([{ name: "file", filename: "cut.txt", body: "x".repeat(900) }]);
      for (let i = 0; i < 20; i++) await sendAndCut(url + path, cut, 400 + i * 30);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual(await names(), []);
      const open = await new Promise<number>((resolve) =>
        server.getConnections((_, count) => resolve(count)),
      );
      assert.ok(open <= 2, `${open} connections are open`);
      await stillServes();
    });

    test("CVE-2026-5079: a client that resets after it was refused", async () => {
      const large = form([{ name: "file", filename: "large.txt", body: "x".repeat(200_000) }]);
      for (let i = 0; i < 5; i++) {
        const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
        socket.on("error", () => {});
        socket.write(
          `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${large.headers["content-type"]}\r\ncontent-length: ${large.body.length}\r\n\r\n`,
        );
        socket.write(large.body.subarray(0, 100_000));
        await new Promise((resolve) => setTimeout(resolve, 20));
        socket.resetAndDestroy();
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
      await stillServes();
    });

    test("headers without end in a part", async () => {
      const endless = `------stowage\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n${"X-A: b\r\n".repeat(20_000)}\r\nabc\r\n------stowage--\r\n`;
      await post(path, rough(endless));
      for (const name of await names()) await storage.delete(name);
      await stillServes();
    });
  });
}
