/** Direct uploads: the browser helper, the routes and an S3 server, over real sockets. */

import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, describe, test } from "node:test";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import {
  type Begun,
  directUpload,
  type DirectUpload,
  type DirectUploadOptions,
  uploadHandler,
  uploadRoutes,
} from "../../src/direct-upload.ts";
import { uploadRoutes as fastifyRoutes } from "../../src/fastify.ts";
import { memory, s3, type S3Storage } from "../../src/storage.ts";
import { startTestServer, type TestServer } from "../../src/testing.ts";
import {
  abandonUpload,
  uploadFile,
  type UploadFailed,
  type UploadProgress,
} from "../../src/upload-browser.ts";
import { type Browser, fakeBrowser } from "./browser.ts";

const mebibyte = 1024 * 1024;
const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

let server: TestServer;
let storage: S3Storage;
before(async () => {
  server = await startTestServer();
  storage = s3({ ...server.storageOptions, location: "media" });
});
after(async () => {
  await storage.close();
  // fetch keeps connections that it opened ahead; the server would wait for a request on them.
  const agent = Reflect.get(globalThis, Symbol.for("undici.globalDispatcher.1")) as {
    destroy(): Promise<void>;
  };
  await agent.destroy();
  await server.close();
});
afterEach(async () => {
  for await (const { key } of server.client.list({ bucket: server.bucket })) {
    await server.client.deleteObject({ bucket: server.bucket, key });
  }
});

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of server.client.list({ bucket: server.bucket })) found.push(key);
  return found;
}

test("directUpload() refuses options that there are not, and a storage that is not on S3", async () => {
  const make = (options: object): DirectUpload =>
    directUpload({ storage: memory(), ...options } as unknown as DirectUploadOptions);
  assert.throws(() => make({ maxFileBytes: 5 }), /directUpload\(\) has no option "maxFileBytes"/);
  assert.throws(() => make({ types: "image/*" }), /types is "image\/\*"; it is a list/);
  const begun = make({}).begin({ filename: "a.txt", size: 1 }, "owner");
  await assert.rejects(begun, /directUpload\(\) needs a storage on S3, such as s3\(\)/);
});

describe("directUpload()", () => {
  const make = (options: Partial<DirectUploadOptions> = {}): DirectUpload =>
    directUpload({ storage, types: ["image/*", "text/plain"], maxBytes: 100, ...options });
  const post = async (
    begun: Begun,
    body: Uint8Array | string,
    change?: (form: FormData) => void,
  ): Promise<number> => {
    assert.ok(begun.method === "POST");
    const form = new FormData();
    for (const [name, value] of Object.entries(begun.fields)) form.append(name, value);
    change?.(form);
    form.append("file", new Blob([body]));
    return (await fetch(begun.url, { method: "POST", body: form })).status;
  };

  test("takes a small file by a form, and gives it a name that cannot be guessed", async () => {
    const uploads = make();
    const begun = await uploads.begin({ filename: "my cat.png", size: png.length }, "ann");
    assert.equal(await post(begun, png), 201);
    const file = await uploads.complete(begun.token, "ann");
    assert.match(file.name, /^my_cat_[A-Za-z0-9]{7}\.png$/);
    assert.deepEqual(file, { name: file.name, filename: "my cat.png", size: 16, contentType: "image/png" });
    const stored = await storage.open(file.name);
    assert.deepEqual([stored.contentType, Buffer.from(await stored.bytes())], ["image/png", png]);
    assert.deepEqual(await keys(), [`media/${file.name}`]);
    assert.deepEqual(await uploads.complete(begun.token, "ann"), file, "once more, as after a lost answer");
  });

  test("lets nobody replace what was looked at", async () => {
    const uploads = make();
    const begun = await uploads.begin({ filename: "a.txt", size: 4 }, "ann");
    await post(begun, "good");
    const { name } = await uploads.complete(begun.token, "ann");
    assert.equal(await post(begun, "evil"), 201, "the form is still valid");
    assert.equal(await (await storage.open(name)).text(), "good");
  });

  test("has S3 refuse another size, type and key than were signed", async () => {
    const uploads = make();
    const begun = await uploads.begin({ filename: "a.txt", size: 4 }, "ann");
    assert.equal(await post(begun, "12345"), 400);
    assert.equal(await post(begun, "123"), 400);
    assert.equal(await post(begun, "1234", (form) => form.set("Content-Type", "text/html")), 403);
    assert.equal(await post(begun, "1234", (form) => form.set("key", "media/other")), 403);
    const unknown = await uploads.begin({ filename: "a.txt" }, "ann");
    assert.equal(await post(unknown, "x".repeat(101)), 400);
    assert.equal(await post(unknown, ""), 400);
  });

  test("refuses before anything is sent: too large, empty, a type that is not taken, no name", async () => {
    const refused = async (filename: string, size: number): Promise<unknown> =>
      make()
        .begin({ filename, size }, "ann")
        .catch((error: { code: string }) => error.code);
    assert.equal(await refused("a.txt", 101), "FileTooLarge");
    assert.equal(await refused("a.txt", 0), "FileEmpty");
    assert.equal(await refused("a.txt", -1), "FileEmpty");
    assert.equal(await refused("a.html", 1), "TypeNotAllowed");
    assert.equal(await refused("a.svg", 1), "TypeNotAllowed");
    assert.equal(await refused("..", 1), "FilenameInvalid");
  });

  test("deletes what is not of the type that its name says", async () => {
    const uploads = make();
    const begun = await uploads.begin({ filename: "cat.png", size: 8 }, "ann");
    await post(begun, "<script>");
    await assert.rejects(uploads.complete(begun.token, "ann"), { code: "TypeMismatch", status: 415 });
    assert.deepEqual(await keys(), []);
  });

  test("lets a token be used by who got it, unchanged, until it ends", async () => {
    let now = Date.now();
    const uploads = make({ clock: () => now, expiresSeconds: 60 });
    const { token } = await uploads.begin({ filename: "a.txt", size: 4 }, "ann");
    const invalid = { code: "TokenInvalid", status: 403 };
    await assert.rejects(uploads.complete(token, "bob"), invalid);
    const [payload = "", mac = ""] = token.split(".");
    const changed = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
    const forged = Buffer.from(JSON.stringify({ ...changed, name: "theirs.txt" })).toString("base64url");
    for (const bad of [`${forged}.${mac}`, payload, `${payload}.`, `${token}.x`, "", "💥"]) {
      await assert.rejects(uploads.complete(bad, "ann"), invalid, bad);
    }
    await assert.rejects(uploads.complete(token, "ann"), { code: "UploadMissing", status: 409 });
    now += 61_000;
    await assert.rejects(uploads.complete(token, "ann"), invalid);
  });

  test("tells nothing of somebody else's file of the same name", async () => {
    await storage.save("theirs.txt", "secret");
    const uploads = make({ name: () => "theirs.txt" });
    const { token } = await uploads.begin({ filename: "a.txt", size: 4 }, "bob");
    await assert.rejects(uploads.complete(token, "bob"), { code: "UploadMissing" });
  });

  test("signs parts by number and length", async () => {
    const uploads = make({ maxBytes: 20 * mebibyte, partsFromBytes: 1, partSizeBytes: 5 * mebibyte });
    const begun = await uploads.begin({ filename: "a.txt", size: 6 * mebibyte }, "ann");
    assert.ok(begun.method === "PUT");
    assert.deepEqual([begun.partSize, begun.partCount], [5 * mebibyte, 2]);
    await assert.rejects(uploads.signPart(begun.token, 3, "ann"), { code: "BodyMalformed" });
    await assert.rejects(uploads.signPart(begun.token, 1, "bob"), { code: "TokenInvalid" });
    const put = async (number: number, bytes: number): Promise<number> => {
      const { url } = await uploads.signPart(begun.token, number, "ann");
      return (await fetch(url, { method: "PUT", body: new Uint8Array(bytes).fill(97) })).status;
    };
    assert.equal(await put(2, mebibyte + 1), 403, "a length that was not signed");
    assert.equal(await put(2, mebibyte), 200);
    await assert.rejects(uploads.complete(begun.token, "ann"), { code: "UploadMissing" });
    assert.equal(await put(1, 5 * mebibyte), 200);
    const file = await uploads.complete(begun.token, "ann");
    assert.deepEqual([file.size, await storage.size(file.name)], [6 * mebibyte, 6 * mebibyte]);
    assert.deepEqual(await uploads.complete(begun.token, "ann"), file);
  });

  test("removes what was begun and never completed", async () => {
    let now = Date.now();
    const uploads = make({ clock: () => now });
    await post(await uploads.begin({ filename: "a.txt", size: 4 }, "ann"), "1234");
    await uploads.beginMultipart({ filename: "a.txt" }, "ann");
    assert.equal(await uploads.removeStale(), 0);
    now += 3 * 86_400_000;
    assert.equal(await uploads.removeStale(), 2);
    assert.deepEqual(await keys(), []);
  });
});

for (const relayed of [false, true]) {
  describe(`uploadFile() ${relayed ? "through the application" : "straight to S3"}`, () => {
    let application: Server;
    let browser: Browser;
    let lostAnswers = 0;
    before(async () => {
      const app = express();
      app.use("/uploads/complete", (request, response, next) => {
        if (lostAnswers-- > 0) {
          response.end = () => {
            request.socket.destroy();
            return response;
          };
        }
        next();
      });
      const uploads = directUpload({
        storage,
        types: ["image/*", "video/*"],
        maxBytes: 64 * mebibyte,
        partsFromBytes: 8 * mebibyte,
        partSizeBytes: 5 * mebibyte,
        ...(relayed ? { relayPath: "/uploads" } : {}),
      });
      app.use(
        "/uploads",
        uploadRoutes(uploads, { owner: (request) => request.headers["x-user"]?.toString() ?? "" }),
      );
      application = createServer(app).listen(0, "127.0.0.1");
      await new Promise((resolve) => application.once("listening", resolve));
      browser = fakeBrowser(`http://127.0.0.1:${(application.address() as AddressInfo).port}`);
    });
    after(() => {
      browser.close();
      application.close();
      application.closeAllConnections();
    });
    const options = { endpoint: "/uploads", headers: { "x-user": "ann" } };
    const film = (): File => new File([mp4, new Uint8Array(17 * mebibyte)], "film.mp4", { lastModified: 1 });
    const mp4 = Buffer.from("\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "latin1");

    test("uploads a small file", async () => {
      const file = await uploadFile(new File([png], "cat.png"), options);
      assert.equal(file.contentType, "image/png");
      assert.deepEqual(Buffer.from(await (await storage.open(file.name)).bytes()), png);
    });

    test("uploads a large file in parts, and tells its progress", async () => {
      const seen: UploadProgress[] = [];
      browser.sent.length = 0;
      const file = await uploadFile(film(), { ...options, onProgress: (progress) => seen.push(progress) });
      const total = film().size;
      assert.deepEqual([file.size, await storage.size(file.name)], [total, total]);
      assert.equal(browser.sent.length, 4);
      assert.deepEqual(seen.at(-1), { loaded: total, total });
      assert.ok(seen.every(({ loaded }) => loaded <= total));
      assert.equal(browser.kept.size, 0);
    });

    test("tries a part again whose connection broke", async () => {
      let broken = 0;
      browser.breaks = () => broken++ < 2;
      const file = await uploadFile(film(), { ...options, concurrency: 2 });
      assert.equal(await storage.size(file.name), film().size);
      browser.breaks = () => false;
    });

    test("completes again where the answer was lost", async () => {
      for (const file of [new File([png], "cat.png"), film()]) {
        lostAnswers = 1;
        const { name } = await uploadFile(file, options);
        assert.equal(await storage.size(name), file.size);
        assert.ok(lostAnswers < 0);
      }
      assert.equal((await keys()).length, 2);
    });

    test("goes on where it was stopped, with the parts that are missing", async () => {
      const stop = new AbortController();
      let loaded = 0;
      const stopped = uploadFile(film(), {
        ...options,
        concurrency: 1,
        signal: stop.signal,
        onProgress: (progress) => {
          ({ loaded } = progress);
          if (loaded > 6 * mebibyte) stop.abort(new Error("the page was closed"));
        },
      });
      await assert.rejects(stopped, /the page was closed/);
      assert.equal(browser.kept.size, 1);
      browser.sent.length = 0;
      const file = await uploadFile(film(), options);
      assert.ok(browser.sent.length < 4, `${browser.sent.length} parts were sent again`);
      assert.equal(await storage.size(file.name), film().size);
    });

    test("begins anew where the server no longer knows the upload", async () => {
      const expires = new Date(Date.now() + 3_600_000).toISOString();
      const begun = { method: "PUT", token: "old.token", partSize: 5 * mebibyte, partCount: 4, expires };
      browser.kept.set(`stowage upload /uploads film.mp4 ${film().size} 1`, JSON.stringify(begun));
      const file = await uploadFile(film(), options);
      assert.equal(file.size, film().size);
    });

    test("can be given up, and then nothing is left", async () => {
      const stop = new AbortController();
      const onProgress = ({ loaded }: UploadProgress): void => {
        if (loaded > 0) stop.abort(new Error("enough"));
      };
      await assert.rejects(uploadFile(film(), { ...options, signal: stop.signal, onProgress }), /enough/);
      await abandonUpload(film(), options);
      const { uploads } = await server.client.listMultipartUploads({ bucket: server.bucket });
      assert.deepEqual([uploads, await keys(), browser.kept.size], [[], [], 0]);
    });

    test("tells what is wrong in words for a person", async () => {
      const refused = uploadFile(new File(["<html>"], "page.html"), options);
      await assert.rejects(refused, (error: UploadFailed) => {
        assert.deepEqual([error.code, error.status], ["TypeNotAllowed", 415]);
        assert.equal(error.message, '"page.html" is of the type text/html. What is taken: pictures, videos.');
        return true;
      });
      await assert.rejects(uploadFile(new File(["GIF89a"], "cat.png"), options), { code: "TypeMismatch" });
      assert.deepEqual(await keys(), []);
    });

    test("speaks Uppy's contract", async () => {
      const call = async (method: string, path: string, body?: object): Promise<unknown> => {
        const response = await fetch(`/uploads/s3/${path}`, {
          method,
          headers: { ...options.headers, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        assert.equal(response.status, 200);
        return response.json();
      };
      const begun = await call("POST", "multipart", {
        filename: "film.mp4",
        type: "video/mp4",
        metadata: {},
      });
      const { uploadId, key } = begun as { uploadId: string; key: string };
      const { url } = (await call("GET", `multipart/${uploadId}/1?key=${key}`)) as { url: string };
      const put = await fetch(url, { method: "PUT", body: new Uint8Array(mp4), headers: options.headers });
      const etag = put.headers.get("etag");
      const parts = await call("GET", `multipart/${uploadId}?key=${key}`);
      assert.deepEqual(parts, [{ PartNumber: 1, Size: mp4.length, ETag: etag }]);
      const completed = await call("POST", `multipart/${uploadId}/complete?key=${key}`, { parts });
      assert.equal((completed as { name: string }).name, key);
      const params = await call("GET", "params?filename=cat.png&type=image%2Fpng");
      assert.deepEqual(Object.keys(params as object).slice(0, 3), ["method", "url", "fields"]);
      const other = (await call("POST", "multipart", { filename: "film.mp4" })) as { uploadId: string };
      assert.deepEqual(await call("DELETE", `multipart/${other.uploadId}`), {});
    });

    test("serves the helper as one module", async () => {
      const response = await fetch("/uploads/upload.js");
      assert.match(response.headers.get("content-type") ?? "", /^text\/javascript/);
      const code = await response.text();
      assert.match(code, /export async function uploadFile/);
      assert.doesNotMatch(code, /^import /m);
    });
  });
}

describe("the routes of direct uploads", () => {
  const big = (): File => new File([new Uint8Array(6 * mebibyte)], "big.bin", { lastModified: 1 });
  const uploads = (): DirectUpload =>
    directUpload({ storage, relayPath: "/uploads", partSizeBytes: 5 * mebibyte });

  const uploadsTo = async (url: string): Promise<void> => {
    const browser = fakeBrowser(url);
    try {
      const { name, size } = await uploadFile(big(), { endpoint: "/uploads" });
      assert.deepEqual([size, await storage.size(name)], [6 * mebibyte, 6 * mebibyte]);
      await assert.rejects(uploadFile(new File([], "empty.txt"), { endpoint: "/uploads" }), {
        code: "FileEmpty",
      });
      assert.equal((await fetch("/uploads/nowhere")).status, 404);
    } finally {
      browser.close();
    }
  };

  test("by Fastify", async () => {
    const app = fastify();
    await app.register(fastifyRoutes(uploads(), { owner: () => "ann" }), { prefix: "/uploads" });
    app.post("/json", async (request) => request.body);
    await uploadsTo(await app.listen({ port: 0, host: "127.0.0.1" }));
    const echoed = await app.inject({ method: "POST", url: "/json", payload: { a: 1 } });
    assert.deepEqual(echoed.json(), { a: 1 }, "outside of the plugin Fastify parses as ever");
    await app.close();
  });

  test("by Request and Response", async () => {
    const listener = getRequestListener(uploadHandler(uploads(), { owner: () => "ann" }));
    const site = createServer((request, response) => void listener(request, response)).listen(0, "127.0.0.1");
    await new Promise((resolve) => site.once("listening", resolve));
    await uploadsTo(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
    site.close();
    site.closeAllConnections();
  });
});
