/** What direct uploads store, and under which names. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, afterEach, before, test } from "node:test";
import {
  type Begun,
  directUpload,
  type DirectUpload,
  type DirectUploadOptions,
  uploadRoutes,
} from "../../src/direct-upload.ts";
import { s3, type S3Options, type S3Storage } from "../../src/storage.ts";
import { startTestServer, type TestServer } from "../../src/testing.ts";

const mebibyte = 1024 * 1024;

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());
afterEach(async () => {
  for (const key of await keys()) await server.client.deleteObject({ bucket: server.bucket, key });
});

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of server.client.list({ bucket: server.bucket })) found.push(key);
  return found;
}

function storageWith(options: S3Options = {}): S3Storage {
  return s3({ ...server.storageOptions, location: "media", ...options });
}

function make(storage: S3Storage, options: Partial<DirectUploadOptions> = {}): DirectUpload {
  return directUpload({ storage, types: ["text/plain"], maxBytes: 100, ...options });
}

async function post(begun: Begun, body: string): Promise<number> {
  assert.ok(begun.method === "POST");
  const form = new FormData();
  for (const [name, value] of Object.entries(begun.fields)) form.append(name, value);
  form.append("file", new Blob([body]));
  return (await fetch(begun.url, { method: "POST", body: form, headers: { connection: "close" } })).status;
}

test("gives every one of those who upload a name at the same time a file of their own", async () => {
  await using careful = storageWith();
  const uploads = make(careful, { name: ({ filename }) => `dummy/${filename}` });
  const begun = await Promise.all(
    ["one", "two"].map((owner) => uploads.begin({ filename: "same.txt", size: 3 }, owner)),
  );
  await Promise.all(["one", "two"].map((text, i) => post(begun[i]!, text)));
  const third = await careful.save("dummy/same.txt", "the form was faster");
  const files = await Promise.all(["one", "two"].map((owner, i) => uploads.complete(begun[i]!.token, owner)));
  for (const { name } of files) assert.match(name, /^dummy\/same_[a-f0-9]{7}\.txt$/);
  const textOf = async (name: string): Promise<string> => (await careful.open(name)).text();
  assert.deepEqual(await Promise.all(files.map(({ name }) => textOf(name))), ["one", "two"]);
  assert.equal(await textOf(third), "the form was faster");
  assert.deepEqual(await uploads.complete(begun[0]!.token, "one"), files[0], "once more");
  assert.equal((await keys()).length, 3);
});

test("replaces a file of the same name where it is told to", async () => {
  await using careful = storageWith();
  const uploads = make(careful, { name: () => "same.txt", overwrite: true });
  for (const text of ["old", "new"]) {
    const begun = await uploads.begin({ filename: "a.txt", size: 3 }, "ann");
    await post(begun, text);
    assert.equal((await uploads.complete(begun.token, "ann")).name, "same.txt");
  }
  assert.equal(await (await careful.open("same.txt")).text(), "new");
});

test("the routes on node:http answer strange targets and failures, and go on", async () => {
  await using storage = storageWith();
  const owner = ({ headers }: IncomingMessage): string => {
    if (headers["x-user"] === undefined) throw new Error("the sessions are not there");
    return String(headers["x-user"]);
  };
  const routes = uploadRoutes(make(storage), { owner });
  const site = createServer((request, response) => void routes(request, response)).listen(0, "127.0.0.1");
  await once(site, "listening");
  const { port } = site.address() as AddressInfo;
  const warned = once(process, "warning");
  for (const [target, headers, status] of [
    ["//", "x-user: ann\r\n", 404],
    ["//[", "x-user: ann\r\n", 404],
    ["http://elsewhere/begin", "x-user: ann\r\n", 400],
    ["/begin", "", 500],
    ["/upload.js", "x-user: ann\r\n", 200],
  ] as const) {
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET ${target} HTTP/1.1\r\nhost: x\r\n${headers}connection: close\r\n\r\n`);
    assert.match(await text(socket), new RegExp(`^HTTP/1\\.1 ${status} `), target);
  }
  const [warning] = (await warned) as [Error];
  assert.equal(warning.message, "the sessions are not there");
  site.close();
});

test("completes once what is completed twice at the same time", async () => {
  await using careful = storageWith();
  const uploads = make(careful, { name: ({ filename }) => filename });
  const begun = await uploads.begin({ filename: "a.txt", size: 4 }, "ann");
  await post(begun, "1234");
  const files = await Promise.all([1, 2, 3, 4].map(() => uploads.complete(begun.token, "ann")));
  for (const file of files) assert.equal(file.name, "a.txt");
  assert.deepEqual(await keys(), ["media/a.txt"]);
});

test("completes once what arrived in parts and is completed twice at the same time", async () => {
  await using careful = storageWith();
  const options = { maxBytes: 20 * mebibyte, partsFromBytes: 1, partSizeBytes: 5 * mebibyte };
  const uploads = make(careful, { ...options, types: undefined, name: ({ filename }) => filename });
  const begun = await uploads.begin({ filename: "a.bin", size: 5 * mebibyte + 1 }, "ann");
  for (const [partNumber, bytes] of [5 * mebibyte, 1].entries()) {
    const { url } = await uploads.signPart(begun.token, partNumber + 1, "ann");
    assert.equal((await fetch(url, { method: "PUT", body: Buffer.alloc(bytes) })).status, 200);
  }
  const files = await Promise.all([1, 2, 3, 4].map(() => uploads.complete(begun.token, "ann")));
  const names = await keys();
  assert.equal(names.length, 1);
  for (const { name, size } of files) assert.deepEqual([`media/${name}`, size], [names[0], 5 * mebibyte + 1]);
});

test("keeps to maxLength, also where the name is taken when the file arrives", async () => {
  await using careful = storageWith();
  const uploads = make(careful, { name: ({ filename }) => `dummy/${filename}`, maxLength: 40 });
  const begun = await uploads.begin({ filename: `${"x".repeat(190)}.txt`, size: 4 }, "ann");
  await post(begun, "1234");
  const file = await uploads.complete(begun.token, "ann");
  assert.match(file.name, /^dummy\/x+_[A-Za-z0-9]{7}\.txt$/);
  assert.equal(file.name.length, 32, "eight are left for a name of its own");
  const { name } = await uploads.beginMultipart({ filename: `${"x".repeat(190)}.txt` }, "ann");
  assert.equal(name.length, 32);
  await uploads.removeStale({ olderThanSeconds: -60 });
});

/** As Uppy does: the client cuts as it likes, here into one part. */
async function sendInParts(uploads: DirectUpload, filename: string, body: string): Promise<string> {
  const { token } = await uploads.beginMultipart({ filename }, "ann");
  const { url } = await uploads.signPart(token, 1, "ann");
  assert.equal((await fetch(url, { method: "PUT", body, headers: { connection: "close" } })).status, 200);
  return token;
}

test("refuses parts that are not of their type, and leaves the file that they were to replace", async () => {
  await using careful = storageWith();
  await careful.save("fixed.png", "the old picture");
  const uploads = make(careful, { types: ["image/*"], name: () => "fixed.png", overwrite: true });
  const token = await sendInParts(uploads, "x.png", "<html><script>alert(1)</script></html>");
  await assert.rejects(uploads.complete(token, "ann"), { code: "TypeMismatch" });
  assert.equal(await (await careful.open("fixed.png")).text(), "the old picture");
  assert.deepEqual(await keys(), ["media/fixed.png"]);
  await assert.rejects(uploads.complete(token, "ann"), { code: "UploadMissing" });
});

test("shows nothing under the name of a file before it was looked at", async () => {
  await using careful = storageWith();
  const uploads = make(careful, { name: ({ filename }) => filename });
  const seen: string[][] = [];
  const getObject = careful.client.getObject.bind(careful.client);
  careful.client.getObject = async (...input) => {
    seen.push(await keys());
    return getObject(...input);
  };
  const { name } = await uploads.complete(await sendInParts(uploads, "a.txt", "1234"), "ann");
  assert.deepEqual([name, seen.length], ["a.txt", 1]);
  assert.match(seen[0]!.join(" "), /^media\/incoming\/[0-9a-f]{32}$/);
  assert.deepEqual(await keys(), ["media/a.txt"]);
});

test("goes on with parts that were joined by a completion which ended in the middle", async ({ mock }) => {
  await using careful = storageWith();
  const uploads = make(careful, { name: ({ filename }) => filename });
  const token = await sendInParts(uploads, "a.txt", "1234");
  const headObject = mock.method(careful.client, "headObject", async () => {
    throw new Error("the process ended");
  });
  await assert.rejects(uploads.complete(token, "ann"), /the process ended/);
  headObject.mock.restore();
  const file = await uploads.complete(token, "ann");
  assert.deepEqual([file.name, await (await careful.open("a.txt")).text()], ["a.txt", "1234"]);
  assert.deepEqual(await keys(), ["media/a.txt"]);
});

test("looks again at a form that was sent once more while it was looked at", async () => {
  await using careful = storageWith();
  const uploads = make(careful, { name: ({ filename }) => filename });
  const begun = await uploads.begin({ filename: "a.txt", size: 4 }, "ann");
  await post(begun, "good");
  const getObject = careful.client.getObject.bind(careful.client);
  careful.client.getObject = async (...input) => {
    const answer = await getObject(...input);
    careful.client.getObject = getObject;
    await post(begun, "evil");
    return answer;
  };
  await assert.rejects(uploads.complete(begun.token, "ann"), { code: "UploadMissing", status: 409 });
  await uploads.complete(begun.token, "ann");
  assert.equal(await (await careful.open("a.txt")).text(), "evil", "it was looked at");
  assert.deepEqual(await keys(), ["media/a.txt"]);
});

test("refuses parts that are more than is taken, or more than was announced", async () => {
  await using careful = storageWith();
  const uploads = make(careful);
  const token = await sendInParts(uploads, "a.txt", "x".repeat(101));
  await assert.rejects(uploads.complete(token, "ann"), { code: "FileTooLarge" });
  const announced = await uploads.beginMultipart({ filename: "a.txt", size: 3 }, "ann");
  const { url } = await uploads.signPart(announced.token, 1, "ann");
  assert.equal((await fetch(url, { method: "PUT", body: "1234" })).status, 200);
  await assert.rejects(uploads.complete(announced.token, "ann"), {
    code: "FileTooLarge",
    message: '"a.txt" has 4 bytes; 3 bytes are the most.',
  });
  assert.deepEqual(await keys(), []);
  const { uploads: left } = await server.client.listMultipartUploads({ bucket: server.bucket });
  assert.deepEqual(left, []);
});

test("removeStale() gives up no upload of somebody else's in the same storage", async () => {
  await using careful = storageWith();
  const other = { bucket: server.bucket, key: "media/backup.tar" };
  const { uploadId } = await server.client.createMultipartUpload(other);
  const uploads = make(careful);
  await uploads.beginMultipart({ filename: "a.txt" }, "ann");
  assert.equal(await uploads.removeStale({ olderThanSeconds: -60 }), 1);
  await server.client.abortMultipartUpload({ ...other, uploadId });
});

test("stores with the storage's ACL, parameters and encryption, whole or in parts", async () => {
  await using particular = storageWith({
    defaultAcl: "public-read",
    encryption: true,
    objectParameters: (name) => ({
      cacheControl: "max-age=60",
      metadata: { name },
      tagging: "kind=upload",
    }),
  });
  const uploads = make(particular, { maxBytes: 20 * mebibyte, partsFromBytes: mebibyte });
  for (const text of ["1234", "x".repeat(2 * mebibyte)]) {
    const begun = await uploads.begin({ filename: "a.txt", size: text.length }, "ann");
    if (begun.method === "POST") {
      assert.equal(begun.fields["x-amz-server-side-encryption"], "AES256");
      assert.equal(await post(begun, text), 201);
    } else {
      const { url } = await uploads.signPart(begun.token, 1, "ann");
      assert.equal((await fetch(url, { method: "PUT", body: text })).status, 200);
    }
    const { name } = await uploads.complete(begun.token, "ann");
    const object = { bucket: server.bucket, key: `media/${name}` };
    const { cacheControl, metadata, headers } = await server.client.headObject(object);
    assert.deepEqual([cacheControl, metadata["name"]], ["max-age=60", name]);
    assert.equal(headers["x-amz-server-side-encryption"], "AES256");
    const tags = await server.client.getObjectTagging(object);
    assert.deepEqual(tags, { kind: "upload" });
    assert.equal((await fetch(particular.client.presign({ ...object, unsigned: true }))).status, 200);
  }
});
