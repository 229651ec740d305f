/**
 * The client in Chromium: a page that another origin serves, and a bucket whose CORS configuration lets it in.
 *
 *     node dist/test/browser/client.js
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type * as Stowage from "../../src/client.ts";
import { S3Client } from "../../src/client/s3-client.ts";
import { bundleForBrowser } from "../support/browser-bundle.ts";
import { owner, startTestServer, type TestServer } from "../support/server.ts";
import { launchChromium, skip } from "./chromium.ts";

/** What the page has: the whole client, and one of its clients. */
interface PageGlobals {
  readonly stowage: typeof Stowage;
  readonly options: Stowage.S3ClientOptions;
  readonly client: Stowage.S3Client;
}
declare const inPage: PageGlobals;

interface WebSite {
  readonly origin: string;
  close(): void;
}

const bucket = "uploads";
let server: TestServer;
let site: WebSite;
let guide: WebSite;
let browser: Browser;
let page: Page;
let client: S3Client;

before(async () => {
  if (skip !== false) return;
  server = await startTestServer();
  const { accessKeyId, secretAccessKey } = owner;
  const options = {
    endpoint: `http://127.0.0.1:${server.server.port}`,
    credentials: { accessKeyId, secretAccessKey },
    responseChecksums: "whenSupported" as const,
  };
  client = new S3Client(options);
  guide = await serveGuide(options.endpoint);
  site = await servePage(`
    import * as stowage from "stowage/client";
    const options = ${JSON.stringify(options)};
    globalThis.inPage = { stowage, options, client: new stowage.S3Client(options) };
  `);
  await client.createBucket({ bucket });
  await client.putBucketCors({
    bucket,
    rules: [
      {
        allowedOrigins: [site.origin, guide.origin],
        allowedMethods: ["GET", "HEAD", "PUT", "POST", "DELETE"],
        allowedHeaders: ["*"],
        exposeHeaders: ["ETag", "Content-Range", "x-amz-checksum-crc32", "x-amz-meta-town"],
      },
    ],
  });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(site.origin);
  await page.waitForFunction("globalThis.inPage !== undefined");
});

after(async () => {
  if (skip !== false) return;
  await browser.close();
  await client.close();
  site.close();
  guide.close();
  await server.close();
});

/** Serves a page that runs a module, and credentials to it. */
async function servePage(
  code: string,
  html = '<script type="module" src="/main.js"></script>',
): Promise<WebSite> {
  const { files } = await bundleForBrowser(code);
  const { accessKeyId, secretAccessKey } = owner;
  const listening = createServer((request, response) => {
    const path = request.url ?? "";
    const script = files.get(path.slice(1));
    if (path === "/credentials") return response.end(JSON.stringify({ accessKeyId, secretAccessKey }));
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    return response.end(script ?? `<!doctype html><link rel="icon" href="data:,">${html}`);
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    close() {
      listening.closeAllConnections();
      listening.close();
    },
  };
}

/** The page of docs/guides/client.md, with the endpoint of this test. */
async function serveGuide(endpoint: string): Promise<WebSite> {
  const guide = await readFile("docs/guides/client.md", "utf8");
  const [html = "", code = ""] = ["html", "javascript"].map(
    (language) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1],
  );
  return servePage(code.replace("http://127.0.0.1:9000", endpoint), html);
}

test("put, head, list, get as text, stream and range, delete", { skip }, async () => {
  const seen = await page.evaluate(async (bucket) => {
    const { client } = inPage;
    const key = "a folder/ä+b (1).txt";
    await client.putObject({
      bucket,
      key,
      body: "Hello, Grüezi",
      contentType: "text/plain",
      metadata: { town: "Köln" },
    });
    const head = await client.headObject({ bucket, key });
    const text = await (await client.getObject({ bucket, key })).body.text();
    const ranged = await client.getObject({ bucket, key, range: "bytes=7-" });
    const pieces: number[] = [];
    const reader = (await client.getObject({ bucket, key })).body.stream().getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read())
      pieces.push(read.value.length);
    const keys: string[] = [];
    for await (const object of client.list({ bucket, prefix: "a folder/" })) keys.push(object.key);
    await client.deleteObject({ bucket, key });
    const gone = await client
      .headObject({ bucket, key })
      .catch((error: Stowage.S3ResponseError) => error.code);
    return {
      size: head.size,
      type: head.contentType,
      town: head.metadata["town"],
      text,
      range: [await ranged.body.text(), ranged.contentRange?.start, ranged.size],
      streamed: pieces.reduce((sum, size) => sum + size, 0),
      keys,
      gone,
    };
  }, bucket);
  assert.deepEqual(seen, {
    size: 14,
    type: "text/plain",
    town: "Köln",
    text: "Hello, Grüezi",
    range: ["Grüezi", 7, 14],
    streamed: 14,
    keys: ["a folder/ä+b (1).txt"],
    gone: "NoSuchKey",
  });
});

test(
  "a Blob of 20 MB goes up in parts with progress, and comes back with its checksum verified",
  { skip },
  async () => {
    const size = 20_000_000;
    const seen = await page.evaluate(
      async ({ bucket, size }) => {
        const { client } = inPage;
        const bytes = new Uint8Array(size).map((_, at) => at * 31 + (at >> 8));
        const progress: number[] = [];
        const onProgress = ({ loadedBytes }: Stowage.Progress): void => void progress.push(loadedBytes);
        const body = new Blob([bytes], { type: "video/mp4" });
        const put = { bucket, key: "film.mp4", body, checksumAlgorithm: "CRC32" } as const;
        const uploaded = await client.upload(put, { partSizeBytes: 5 * 1024 * 1024, onProgress });
        // The checksum of parts' checksums is none of the bytes; a copy by one request has one of its own.
        await client.putObject({ ...put, key: "copy.mp4", body: bytes });
        const { body: download, ...info } = await client.getObject({
          bucket,
          key: "copy.mp4",
        });
        const back = await download.bytes();
        return {
          size: uploaded.size,
          etag: uploaded.etag,
          progress,
          checksum: info.checksum?.algorithm,
          same: back.length === size && back.every((byte, at) => byte === bytes[at]),
        };
      },
      { bucket, size },
    );
    assert.equal(seen.size, size);
    assert.match(seen.etag, /^[0-9a-f]{32}-4$/);
    assert.equal(seen.progress.length, 4, "one for each part");
    assert.equal(seen.progress.at(-1), size);
    assert.equal(seen.checksum, "CRC32");
    assert.ok(seen.same);
    const stored = await client.headObject({ bucket, key: "film.mp4" });
    assert.equal(stored.contentType, "video/mp4");
  },
);

test(
  "an upload in parts says so where the bucket does not show a page the parts' ETags",
  { skip },
  async () => {
    const rules = await client.getBucketCors({ bucket });
    await client.putBucketCors({ bucket, rules: rules.map((rule) => ({ ...rule, exposeHeaders: [] })) });
    const message = await page.evaluate(async (bucket) => {
      const put = { bucket, key: "hidden.bin", body: new Blob([new Uint8Array(11 * 1024 * 1024)]) };
      return inPage.client.upload(put, { partSizeBytes: 5 * 1024 * 1024 }).then(
        () => "nothing",
        (error: Stowage.S3DataError) => error.message,
      );
    }, bucket);
    await client.putBucketCors({ bucket, rules });
    assert.match(message, /does not show the ETag of part \d\. .*ExposeHeader/);
  },
);

test("bytes that arrive wrong are told by their checksum", { skip }, async () => {
  await page.route("**/uploads/damaged.txt", async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const response = await route.fetch();
    return route.fulfill({ response, body: "hellO" });
  });
  const code = await page.evaluate(async (bucket) => {
    const { client } = inPage;
    await client.putObject({ bucket, key: "damaged.txt", body: "hello", checksumAlgorithm: "CRC32" });
    const { body } = await client.getObject({ bucket, key: "damaged.txt" });
    return body.text().catch((error: Stowage.S3DataError) => error.code);
  }, bucket);
  await page.unroute("**/uploads/damaged.txt");
  assert.equal(code, "ChecksumMismatch");
});

test("a presigned URL works for whoever has it", { skip }, async () => {
  const text = await page.evaluate(async (bucket) => {
    const { client } = inPage;
    const upload = client.presign({ bucket, key: "presigned.txt", method: "PUT", expiresSeconds: 60 });
    await fetch(upload, { method: "PUT", body: "by anybody" });
    return (await fetch(client.presign({ bucket, key: "presigned.txt" }))).text();
  }, bucket);
  assert.equal(text, "by anybody");
});

test("boto's objects work as they do in Node", { skip }, async () => {
  const seen = await page.evaluate(async (bucket) => {
    const { stowage, options } = inPage;
    const uploads = await stowage.connectS3(options).getBucket(bucket, { validate: false });
    const key = uploads.newKey("boto.json");
    await key.put(JSON.stringify({ a: 1 }));
    const deleted = await uploads.deleteKeys(["boto.json", "never there"]);
    return {
      json: await key.json().catch((error: Stowage.S3ResponseError) => error.code),
      deleted: deleted.deleted.length,
    };
  }, bucket);
  assert.deepEqual(seen, { json: "NoSuchKey", deleted: 2 });
});

test("what is wrong is told: keys, CORS, and what a browser has not", { skip }, async () => {
  const told = await page.evaluate(async (bucket) => {
    const { stowage, options, client } = inPage;
    const wrong = new stowage.S3Client({
      ...options,
      credentials: { accessKeyId: "AKIDOWNER00000000000", secretAccessKey: "wrong" },
    });
    const once = new stowage.S3Client({ ...options, retries: { maxAttempts: 1 } });
    const none = new stowage.S3Client({ endpoint: options.endpoint });
    const failures: Record<string, () => Promise<unknown>> = {
      keys: () => wrong.getObject({ bucket, key: "film.mp4" }),
      cors: () => once.headObject({ bucket: "another", key: "k" }),
      credentials: () => none.getObject({ bucket, key: "film.mp4" }),
      files: () => client.downloadFile({ bucket, key: "film.mp4" }, "film.mp4"),
      dots: () => client.putObject({ bucket, key: "a/../b", body: "" }),
      proxies: async () => new stowage.S3Client({ ...options, proxies: { http: "http://127.0.0.1" } }),
      v2: () => new stowage.S3Client({ ...options, signatureVersion: "v2" }).headObject({ bucket, key: "k" }),
      aborted: () =>
        client.getObject({ bucket, key: "film.mp4" }, { signal: AbortSignal.abort(new Error("enough")) }),
    };
    const messages: Record<string, string> = {};
    for (const [name, fail] of Object.entries(failures)) {
      messages[name] = await fail().then(
        () => "nothing",
        (error: Error) => `${error.name}: ${error.message}`,
      );
    }
    return messages;
  }, bucket);
  assert.match(told["keys"]!, /^S3PermissionsError: .*SignatureDoesNotMatch \(403\).*Check the secret key/);
  assert.match(told["cors"]!, /^S3ConnectionError: .*CORS configuration/);
  assert.match(told["credentials"]!, /^CredentialsError: There are no credentials: a browser/);
  assert.match(told["files"]!, /^TypeError: downloadFile\(\) is not for a browser/);
  assert.match(told["dots"]!, /^TypeError: A browser cannot ask for /);
  assert.match(told["proxies"]!, /^TypeError: The options ca, verify and proxies are not for a browser/);
  assert.match(told["v2"]!, /^TypeError: signatureVersion v2 is not for a browser/);
  assert.equal(told["aborted"], "Error: enough");
});

test("a download is given up in the middle, and a server that falls silent is", { skip }, async () => {
  await page.route("**/uploads/silent.txt", () => {}); // Nobody answers.
  const seen = await page.evaluate(async (bucket) => {
    const { stowage, options, client } = inPage;
    const { body } = await client.getObject({ bucket, key: "film.mp4" });
    let first = 0;
    for await (const chunk of body) {
      first = chunk.length;
      break;
    }
    const impatient = new stowage.S3Client({
      ...options,
      retries: { maxAttempts: 1 },
      timeouts: { headersMs: 100 },
    });
    const slow = await impatient.headObject({ bucket, key: "silent.txt" }).then(
      () => "in time",
      (error: Stowage.S3ConnectionError) => error.code,
    );
    return { first: first > 0 && first < 20_000_000, slow };
  }, bucket);
  await page.unroute("**/uploads/silent.txt");
  assert.deepEqual(seen, { first: true, slow: "FETCH_TIMEOUT" });
});

test("the page of docs/guides/client.md uploads a file that somebody chooses", { skip }, async () => {
  const guided = await browser.newPage();
  await guided.goto(guide.origin);
  const file = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("a note\n") };
  await guided.setInputFiles("input", file);
  await guided.getByText("notes.txt: 7 bytes of text/plain").waitFor({ timeout: 10_000 });
  assert.equal(
    await guided.locator("progress").evaluate((bar) => (bar as unknown as { value: number }).value),
    1,
  );
  await guided.close();
});
