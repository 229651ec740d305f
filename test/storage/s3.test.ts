/** What the S3 backend does beyond the contract, on our own server and on Ceph's RGW where one is named. */

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { before, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { S3Client, type S3ResponseError } from "../../src/client.ts";
import { s3, type S3Options, type S3Storage, type StorageError, StorageFile } from "../../src/storage.ts";
import { describeTargets, type S3Target } from "./targets.ts";

const MiB = 1024 * 1024;

describeTargets("s3()", (targetOf) => {
  let target: S3Target;
  let count = 0;
  before(() => {
    target = targetOf();
  });

  /** A storage at a place of its own, and how its objects look from outside. */
  function storageWith(options: S3Options = {}): S3Storage {
    return s3({ ...target.options, location: `s3/${count++}`, ...options });
  }
  const head = (storage: S3Storage, name: string) =>
    target.client.headObject({ bucket: target.bucket, key: storage.keyOf(name) });
  const bytesOf = async (storage: S3Storage, name: string): Promise<Buffer> => {
    const { body } = await target.client.getObject({ bucket: target.bucket, key: storage.keyOf(name) });
    return Buffer.from(await body.bytes());
  };

  it("puts its location before every key and hides it", async () => {
    const storage = storageWith({ location: "prefix/deep/" });
    assert.equal(await storage.save("a/b.txt", "x"), "a/b.txt");
    assert.equal(storage.keyOf("a/b.txt"), "prefix/deep/a/b.txt");
    assert.equal((await bytesOf(storage, "a/b.txt")).toString(), "x");
    assert.deepEqual(await storage.listdir(), [["a"], []]);
    assert.equal((await storage.open("a/b.txt")).name, "a/b.txt");
    const whole = storageWith({ location: "" });
    assert.deepEqual(await whole.listdir("prefix"), [["deep"], []]);
  });

  it("does not see a sibling whose name begins the same", async () => {
    const foo = storageWith({ location: "sibling/foo" });
    const foobar = storageWith({ location: "sibling/foobar" });
    await foo.save("a.txt", "foo");
    await foobar.save("b.txt", "foobar");
    assert.deepEqual(await foo.listdir(), [[], ["a.txt"]]);
    assert.equal(await foo.exists("bar/b.txt"), false);
    await storageWith({ location: "sibling" }).delete("foo");
    assert.equal(await foobar.exists("b.txt"), true);
    assert.equal(await foo.exists(""), false);
  });

  it("lists and deletes more than a thousand keys, without the marker of the directory", async () => {
    const storage = storageWith();
    const names = Array.from({ length: 1005 }, (_, index) => `n${String(index).padStart(4, "0")}`);
    const put = (key: string): Promise<unknown> =>
      target.client.putObject({ bucket: target.bucket, key, body: "" });
    await Promise.all(names.map((name) => put(storage.keyOf(`many/${name}`))));
    await put(`${storage.keyOf("many")}/`);
    await put(`${storage.keyOf("many")}//odd`);
    await put(`${storage.keyOf("marked")}/`);
    assert.deepEqual(await storage.listdir("many"), [[], names]);
    assert.equal(await storage.exists("marked"), true, "somebody made this directory");
    assert.deepEqual(await storage.listdir("marked"), [[], []]);
    await storage.delete("many");
    assert.deepEqual(await storage.listdir(), [["marked"], []]);
  });

  it("keeps a file and a directory of one name apart", async () => {
    const storage = storageWith();
    await storage.save("both", "file");
    await storage.save("both/below.txt", "below");
    assert.deepEqual(await storage.listdir(), [["both"], ["both"]]);
    await storage.delete("both/");
    assert.equal(await storage.exists("both"), true);
    await storage.save("both/below.txt", "below");
    await storage.delete("both");
    assert.equal(await storage.exists("both/below.txt"), true, "only the file was deleted");
  });

  it("throws what the server forbids, and takes only 404 for not there", async () => {
    const storage = storageWith({ clientConfig: { anon: true } });
    for (const call of [
      () => storage.exists("a.txt"),
      () => storage.open("a.txt"),
      () => storage.size("a.txt"),
      () => storage.save("a.txt", "x"),
      () => storage.delete("a.txt"),
      () => storage.listdir(),
    ]) {
      await assert.rejects(call, (error: StorageError) => {
        const { name, code, message, fix } = error;
        assert.deepEqual([name, code, "status" in error], ["StorageError", "AccessDenied", false]);
        const cause = error.cause as S3ResponseError;
        assert.deepEqual([cause.name, cause.status, cause.message], ["S3PermissionsError", 403, message]);
        assert.ok(fix !== "" && message.endsWith(fix));
        return true;
      });
    }
    const elsewhere = storageWith({ bucketName: "no-such-bucket" });
    const missing = { name: "StorageError", code: "NoSuchBucket" };
    for (const call of [
      () => elsewhere.open("a.txt"),
      () => elsewhere.save("a.txt", "x"),
      () => elsewhere.save("b.bin", new Blob([new Uint8Array(17 * 1024 ** 2)])),
      () => elsewhere.delete("a/", { recursive: true }),
      () => elsewhere.listdir(),
    ]) {
      await assert.rejects(call, missing);
    }
    const nobody = storageWith({
      endpointUrl: "http://127.0.0.1:1",
      clientConfig: { retries: { maxAttempts: 1 } },
    });
    await assert.rejects(nobody.exists("a.txt"), { name: "S3ConnectionError", code: "ECONNREFUSED" });
  });

  it("stores a type: asked for, of objectParameters, the content's own, by the name, octet-stream", async () => {
    const plain = storageWith();
    const parameters = storageWith({ objectParameters: { contentType: "text/x-parameters" } });
    const file = new File(["x"], "a.png", { type: "image/x-own" });
    for (const [storage, name, content, contentType, expected] of [
      [parameters, "a.png", file, "text/x-asked", "text/x-asked"],
      [parameters, "b.png", file, undefined, "text/x-parameters"],
      [plain, "c.png", file, undefined, "image/x-own"],
      [plain, "d.png", "x", undefined, "image/png"],
      [plain, "noext", "x", undefined, "application/octet-stream"],
      [plain, "backup.tar.gz", "x", undefined, "application/gzip"],
    ] as const) {
      await storage.save(name, content, { contentType });
      const info = await head(storage, name);
      assert.equal(info.contentType, expected, name);
      assert.equal(info.contentEncoding, undefined, name);
    }
  });

  it("stores objectParameters, for all files or by the name, over defaultAcl", async () => {
    const storage = storageWith({
      defaultAcl: "public-read",
      objectParameters: (name) => ({
        cacheControl: "max-age=60",
        metadata: { from: name },
        ...(name === "private.txt" ? { acl: "private" } : {}),
      }),
    });
    for (const name of ["open.txt", "private.txt"]) await storage.save(name, "x");
    const info = await head(storage, "open.txt");
    assert.deepEqual([info.cacheControl, info.metadata], ["max-age=60", { from: "open.txt" }]);
    const grants = async (name: string): Promise<number> =>
      (await target.client.getObjectAcl({ bucket: target.bucket, key: storage.keyOf(name) })).grants.length;
    assert.deepEqual([await grants("open.txt"), await grants("private.txt")], [2, 1]);
  });

  it("compresses what gzip is for, always to the same bytes, and reads it as it was", async () => {
    const storage = storageWith({ gzip: true });
    const css = "body { color: red }\n".repeat(5000);
    await storage.save("a.css", css);
    await storage.save("b.css", Readable.from([css.slice(0, 7), css.slice(7)]));
    const [a, b] = [await bytesOf(storage, "a.css"), await bytesOf(storage, "b.css")];
    assert.ok(a.equals(b));
    assert.equal(gunzipSync(a).toString(), css);
    assert.equal((await head(storage, "a.css")).contentEncoding, "gzip");

    for (const lazy of [false, true]) {
      await using file = await storage.open("a.css", "r", { lazy });
      assert.equal(file.size, css.length);
      assert.equal(file.contentEncoding, undefined);
      assert.equal(await file.text(), css);
      assert.equal(
        Buffer.from(await file.bytes({ start: 50_000, end: 50_010 })).toString(),
        css.slice(50_000, 50_010),
      );
    }
    assert.equal(await storage.size("a.css"), a.length, "bytes as they are stored");
    const raw = await storageWith({ location: storage.settings.location }).open("a.css");
    assert.ok(a.equals(await raw.bytes()));
    assert.equal(raw.contentEncoding, "gzip", "whoever serves it says so");
  });

  it("leaves uncompressed what gzip is not for, and what has an encoding", async () => {
    const storage = storageWith({ gzip: true, gzipContentTypes: ["text/plain"], fileOverwrite: false });
    await storage.save("a.css", "css");
    assert.equal((await head(storage, "a.css")).contentEncoding, undefined);
    assert.equal(await storage.save("a.txt", "text"), "a.txt");
    const second = await storage.save("a.txt", Readable.from(["again"]));
    assert.match(second, /^a_/);
    assert.equal(gunzipSync(await bytesOf(storage, second)).toString(), "again");
    const encoded = storageWith({ gzip: true, objectParameters: { contentEncoding: "br" } });
    await encoded.save("a.css", "brotli, they say");
    assert.equal((await bytesOf(encoded, "a.css")).toString(), "brotli, they say");
  });

  it("writes an opened file in parts of fileBufferSize", async () => {
    const storage = storageWith({ fileBufferSize: 6 * MiB });
    const file = await storage.open("log.txt", "w");
    for (let index = 0; index < 13; index++) await file.write(Buffer.alloc(MiB, index));
    assert.equal(await storage.exists("log.txt"), false);
    await file.close();
    assert.equal((await head(storage, "log.txt")).contentType, "text/plain");
    assert.match((await head(storage, "log.txt")).etag, /-3$/);
    assert.equal(await storage.size("log.txt"), 13 * MiB);
  });

  it("opens with one request, and a lazy one without the bytes", async () => {
    const storage = storageWith();
    await storage.save("a.txt", "0123456789");
    const { client } = storage;
    const calls: string[] = [];
    const count = (method: "getObject" | "headObject"): void => {
      const original = client[method].bind(client) as (...args: unknown[]) => Promise<unknown>;
      Object.assign(client, {
        [method]: (...args: unknown[]) => {
          calls.push(method);
          return original(...args);
        },
      });
    };
    count("getObject");
    count("headObject");
    const file = await storage.open("a.txt");
    assert.equal(await file.text(), "0123456789");
    assert.deepEqual(calls.splice(0), ["getObject"]);
    const lazy = await storage.open("a.txt", "r", { lazy: true });
    assert.equal(lazy.size, 10);
    assert.deepEqual(calls.splice(0), ["headObject"]);
    assert.equal(await new Response(lazy.stream({ start: 2, end: 4 })).text(), "23");
    assert.deepEqual(calls.splice(0), ["getObject"]);
    assert.ok(lazy instanceof StorageFile);
  });

  it("signs URLs that work as they are and end, or gives plain ones", async () => {
    const storage = storageWith({ querystringExpire: 60 });
    await storage.save("a b/ä.txt", "secret");
    const url = await storage.url("a b/ä.txt");
    assert.match(url, /\/a%20b\/%C3%A4\.txt\?.*X-Amz-Expires=60&/);
    assert.equal(await (await fetch(url)).text(), "secret");
    const download = await storage.url("a b/ä.txt", {
      expiresSeconds: 5,
      query: { "response-content-disposition": "attachment" },
    });
    assert.equal((await fetch(download)).headers.get("content-disposition"), "attachment");
    const upload = await storage.url("put.txt", { method: "PUT" });
    assert.equal((await fetch(upload, { method: "PUT", body: "put" })).status, 200);
    assert.equal(await (await storage.open("put.txt")).text(), "put");

    const open = storageWith({ querystringAuth: false, defaultAcl: "public-read" });
    await open.save("a b.txt", "public");
    const plain = await open.url("a b.txt");
    assert.equal(plain, `${target.options.endpointUrl}/${target.bucket}/${open.keyOf("")}/a%20b.txt`);
    assert.equal(await (await fetch(plain)).text(), "public");
  });

  it("gives URLs of a custom domain, by its protocol and with what is added", async () => {
    const storage = storageWith({
      location: "media",
      customDomain: "cdn.example/files",
      querystringAuth: false,
    });
    assert.equal(
      await storage.url("whacky & filename.mp4"),
      "https://cdn.example/files/media/whacky%20%26%20filename.mp4",
    );
    assert.equal(
      await storage.url("a.txt", { query: { version: "10" } }),
      "https://cdn.example/files/media/a.txt?version=10",
    );
    const http = storageWith({ location: "", customDomain: "cdn.example", urlProtocol: "http:" });
    assert.equal(await http.url("//evil.example/a"), "http://cdn.example/evil.example/a");
  });

  it("makes its bucket where it is asked to, once, with bucketAcl", async () => {
    const bucketName = `${target.bucket}-made`;
    await assert.rejects(storageWith({ bucketName }).save("a.txt", "x"), { code: "NoSuchBucket" });
    const storage = storageWith({ bucketName, autoCreateBucket: true, bucketAcl: "public-read" });
    await Promise.all([storage.save("a.txt", "x"), storage.save("b.txt", "x")]);
    assert.equal((await target.client.getBucketAcl({ bucket: bucketName })).grants.length, 2);
  });

  it("finds nothing in a bucket that it has yet to make", async () => {
    for (const [suffix, preloadMetadata] of [
      ["asked", false],
      ["asked-preloaded", true],
    ] as const) {
      const bucketName = `${target.bucket}-${suffix}`;
      const storage = storageWith({
        bucketName,
        autoCreateBucket: true,
        preloadMetadata,
        fileOverwrite: false,
      });
      assert.deepEqual(await storage.listdir(""), [[], []]);
      assert.equal(await storage.exists("a.txt"), false);
      await storage.delete("nothing");
      assert.equal(await storage.save("a.txt", "x"), "a.txt");
    }
  });

  it("stores with less redundancy and asks for encryption", async () => {
    const sent: Record<string, string>[] = [];
    const storage = storageWith({ reducedRedundancy: true, encryption: true });
    const { client } = storage;
    const put = client.putObject.bind(client);
    client.putObject = (input, options) => {
      sent.push({ storageClass: input.storageClass ?? "", ...input.headers });
      // Not every server has both.
      return put({ ...input, headers: {}, storageClass: undefined }, options);
    };
    await storage.save("a.txt", "x");
    assert.deepEqual(sent, [
      { storageClass: "REDUCED_REDUNDANCY", "x-amz-server-side-encryption": "AES256" },
    ]);
  });

  it("sends the customer's key with which an object can be read at all", async () => {
    const headers = { "x-amz-server-side-encryption-customer-key": "k", "x-amz-meta-own": "m" };
    const storage = storageWith({ objectParameters: { headers } });
    const seen: unknown[] = [];
    const { client } = storage;
    client.headObject = (input) => {
      seen.push(input.headers);
      return S3Client.prototype.headObject.call(client, { bucket: input.bucket, key: input.key });
    };
    assert.equal(await storage.exists("a.txt"), false);
    assert.deepEqual(seen, [{ "x-amz-server-side-encryption-customer-key": "k" }]);
  });
});
