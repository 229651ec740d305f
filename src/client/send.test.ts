import { S3Connection } from "./connection.ts";
import { Key } from "./key.ts";
import { Bucket } from "./bucket.ts";
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { fakeServer, sendError, sendXml } from "../../test/client/fake-server.ts";
import {
  S3ConnectionError,
  S3CopyError,
  S3CreateError,
  S3PermissionsError,
  S3ResponseError,
} from "./errors.ts";

const put = { bucket: "b", key: "k", body: "hello" };

test("a request that fails in passing is sent again, signed anew", async () => {
  await using server = await fakeServer((_, response, nth) => {
    if (nth === 1) sendError(response, 503, "SlowDown");
    else if (nth === 2) response.destroy();
    else response.setHeader("etag", '"e"').end();
  });
  let now = Date.UTC(2026, 0, 1);
  const client = server.client({ clock: () => (now += 1000) });
  assert.equal((await client.putObject(put)).etag, "e");
  const dates = server.seen.map(({ headers }) => headers["x-amz-date"]);
  assert.equal(new Set(dates).size, 3);
  assert.equal(new Set(server.seen.map(({ headers }) => headers.authorization)).size, 3);
  assert.deepEqual(
    server.seen.map(({ body }) => body.toString()),
    ["hello", "hello", "hello"],
  );
});

test("a request is sent three times and no more", async () => {
  await using server = await fakeServer((_, response) => sendError(response, 500, "InternalError"));
  await assert.rejects(
    server.client().headBucket({ bucket: "b" }),
    (error) => error instanceof S3ResponseError && error.code === "InternalError" && error.attempts === 3,
  );
  assert.equal(server.seen.length, 3);
});

test("what would only fail again is sent once", async () => {
  await using server = await fakeServer((_, response) => sendError(response, 404, "NoSuchBucket"));
  await assert.rejects(server.client().listObjectsV2({ bucket: "b" }), { code: "NoSuchBucket", status: 404 });
  assert.equal(server.seen.length, 1);
});

test("an error in the body of a 200 is an error, and is repeated", async () => {
  const result = `<CopyObjectResult><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag></CopyObjectResult>`;
  await using server = await fakeServer((_, response, nth) => {
    if (nth === 1) sendXml(response, "<Error><Code>InternalError</Code><Message>no</Message></Error>");
    else if (nth === 2) sendXml(response, "");
    else sendXml(response, result);
  });
  const copy = { bucket: "b", key: "k", copySource: { bucket: "b", key: "ü ?%" } };
  assert.equal((await server.client().copyObject(copy)).etag, "e");
  assert.equal(server.seen.length, 3);
  assert.equal(server.seen[0]?.headers["x-amz-copy-source"], "b/%C3%BC%20%3F%25");
});

test("an error in the body of a 200 that stays has the status of its code", async () => {
  await using server = await fakeServer((_, response) =>
    sendXml(response, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"),
  );
  await assert.rejects(
    server.client().completeMultipartUpload({ bucket: "b", key: "k", uploadId: "u", parts: [] }),
    { code: "AccessDenied", status: 403 },
  );
});

test("a stream that was read is not sent again, and the error says so", async () => {
  await using server = await fakeServer((_, response) => sendError(response, 503, "ServiceUnavailable"));
  const body = Readable.from([Buffer.from("hello")]);
  await assert.rejects(server.client().putObject({ ...put, body, contentLength: 5 }), (error) => {
    assert.ok(error instanceof S3ResponseError);
    assert.match(error.fix, /cannot be sent again/);
    return error.code === "ServiceUnavailable";
  });
  assert.equal(server.seen.length, 1);
});

test("a Blob is sent again", async () => {
  await using server = await fakeServer((_, response, nth) =>
    nth === 1 ? sendError(response, 503, "ServiceUnavailable") : response.end(),
  );
  await server.client().putObject({ ...put, body: new Blob(["hello"], { type: "text/x-blob" }) });
  assert.equal(server.seen.length, 2);
  assert.equal(server.seen[1]?.headers["content-type"], "text/x-blob");
});

test("the clock is set by the server's, once", async () => {
  const serverMs = Date.UTC(2026, 5, 1);
  await using server = await fakeServer((request, response) => {
    response.setHeader("date", new Date(serverMs).toUTCString());
    if (request.headers["x-amz-date"]?.toString().startsWith("20260601") === true) response.end();
    else sendError(response, 403, "RequestTimeTooSkewed");
  });
  const client = server.client({ clock: () => serverMs - 3_600_000 * 24 });
  await client.headBucket({ bucket: "b" });
  await client.headBucket({ bucket: "b" });
  assert.equal(server.seen.length, 3);
});

test("a HEAD that is refused by a server of another time is tried by its clock too", async () => {
  await using server = await fakeServer((_, response) => {
    response.writeHead(403, { date: new Date(Date.UTC(2030, 0, 1)).toUTCString() });
    response.end();
  });
  const client = server.client({ clock: () => Date.UTC(2026, 0, 1) });
  await assert.rejects(client.headObject({ bucket: "b", key: "k" }), { code: "AccessDenied" });
  assert.equal(server.seen.length, 2);
});

test("a bucket's region is learned from the answer, and kept", async () => {
  await using server = await fakeServer((request, response) => {
    if (request.headers.authorization?.includes("/eu-west-1/s3/") === true) {
      sendXml(response, "<LocationConstraint>eu-west-1</LocationConstraint>");
    } else sendError(response, 400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>");
  });
  const client = server.client();
  await client.getBucketLocation({ bucket: "b" });
  await client.headBucket({ bucket: "b" });
  assert.equal(server.seen.length, 3);
  assert.equal(client.core.regions.get("b"), "eu-west-1");
  assert.equal(client.core.regions.get("c"), undefined);
});

test("credentials never go to the host that a redirect names", async () => {
  await using foreign = await fakeServer((_, response) => response.end());
  await using server = await fakeServer((_, response) => {
    response.setHeader("location", `${foreign.url}/b/`);
    sendError(response, 307, "TemporaryRedirect", `<Endpoint>${foreign.url.slice(7)}</Endpoint>`);
  });
  await assert.rejects(server.client().listObjectsV2({ bucket: "b" }), (error) => {
    assert.ok(error instanceof S3ResponseError);
    assert.match(error.fix, /not sent to another host/);
    return error.code === "TemporaryRedirect";
  });
  assert.equal(foreign.seen.length, 0);
});

test("credentials that have ended are fetched anew, once for all", async () => {
  let asked = 0;
  await using server = await fakeServer((request, response) =>
    request.headers.authorization?.includes("Credential=SECOND/") === true
      ? response.end()
      : sendError(response, 400, "ExpiredToken"),
  );
  const client = server.client({
    async credentials() {
      asked++;
      return { accessKeyId: asked === 1 ? "FIRST" : "SECOND", secretAccessKey: "s", sessionToken: "t" };
    },
  });
  await client.headBucket({ bucket: "b" });
  assert.equal(asked, 2);
});

test("errors of HEAD have names, by their status", async () => {
  let status = 404;
  await using server = await fakeServer((_, response) => {
    response.writeHead(status);
    response.end();
  });
  const client = server.client({ retries: { maxAttempts: 1 } });
  await assert.rejects(client.headBucket({ bucket: "b" }), { code: "NoSuchBucket" });
  await assert.rejects(client.headObject({ bucket: "b", key: "k" }), { code: "NoSuchKey" });
  for (const [next, code] of [
    [403, "AccessDenied"],
    [412, "PreconditionFailed"],
    [304, "NotModified"],
    [503, "ServiceUnavailable"],
    [500, "InternalError"],
  ] as const) {
    status = next;
    await assert.rejects(client.headObject({ bucket: "b", key: "k" }), { code, status: next });
  }
});

test("errors say bucket, key and the way out, and are of boto's classes", async () => {
  await using server = await fakeServer((request, response) => {
    if (request.method === "GET") sendError(response, 403, "AccessDenied");
    else if (request.headers["x-amz-copy-source"] !== undefined) sendError(response, 404, "NoSuchKey");
    else sendError(response, 409, "BucketAlreadyExists");
  });
  const client = server.client({ anon: true });
  await assert.rejects(client.getObject({ bucket: "b", key: "photo.jpg" }), (error) => {
    assert.ok(error instanceof S3PermissionsError && error instanceof S3ResponseError);
    assert.match(error.message, /"photo.jpg" in bucket "b" failed with AccessDenied \(403\): Because\./);
    assert.match(error.fix, /anonymous/);
    return true;
  });
  await assert.rejects(client.createBucket({ bucket: "b" }), S3CreateError);
  await assert.rejects(
    client.copyObject({ bucket: "b", key: "k", copySource: { bucket: "b", key: "x" } }),
    S3CopyError,
  );
});

test("a server that is not there is named, with the way out", async () => {
  const { S3Client } = await import("./s3-client.ts");
  const client = new S3Client({ endpoint: "http://127.0.0.1:9", anon: true, retries: { baseDelayMs: 1 } });
  await assert.rejects(client.getObject({ bucket: "b", key: "k" }), (error) => {
    assert.ok(error instanceof S3ConnectionError);
    assert.match(error.message, /"k" in bucket "b" at http:\/\/127\.0\.0\.1:9 failed after 3 attempts/);
    assert.match(error.message, /stowage serve/);
    return error.code === "ECONNREFUSED";
  });
});

test("a page of HTML from a proxy is an error with a code", async () => {
  await using server = await fakeServer((_, response) => {
    response.writeHead(404, { "content-type": "text/html" });
    response.end("<html><body>Not here<br></body></html>");
  });
  await assert.rejects(server.client().listObjectsV2({ bucket: "b" }), { code: "NoSuchBucket" });
});

test("an upload that is slow is not taken for a server that is", async () => {
  await using server = await fakeServer((_, response) => response.end());
  const client = server.client({ timeouts: { headersMs: 300 }, retries: { maxAttempts: 1 } });
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      yield Buffer.alloc(1000);
    }
  }
  await client.putObject({ ...put, body: body(), contentLength: 5000 });
});

test("an answer that is no document of S3 is said to be none", async () => {
  await using server = await fakeServer((_, response) =>
    sendXml(response, "<html><body>Log in</body></html>"),
  );
  await assert.rejects(server.client().listBuckets(), {
    code: "MalformedAnswer",
    fix: "Is the endpoint an S3 server?",
  });
});

test("an aborted request throws the signal's reason and is not repeated", async () => {
  await using server = await fakeServer(() => {});
  const signal = AbortSignal.timeout(30);
  await assert.rejects(server.client().headBucket({ bucket: "b" }, { signal }), { name: "TimeoutError" });
  assert.equal(server.seen.length, 1);
});

test("an aborted wait between attempts ends at once", async () => {
  await using server = await fakeServer((_, response) => sendError(response, 503, "SlowDown"));
  const client = server.client({
    retries: { throttledDelayMs: 60_000, maxDelayMs: 60_000 },
    random: () => 1,
  });
  const started = performance.now();
  await assert.rejects(client.headBucket({ bucket: "b" }, { signal: AbortSignal.timeout(50) }));
  assert.ok(performance.now() - started < 5000);
});

test("createBucket() and deleteBucket() recognise the work of their own first attempt", async () => {
  await using server = await fakeServer((request, response, nth) => {
    if (nth % 2 === 1) response.destroy();
    else if (request.method === "PUT") sendError(response, 409, "BucketAlreadyOwnedByYou");
    else sendError(response, 404, "NoSuchBucket");
  });
  const client = server.client();
  await client.createBucket({ bucket: "b" });
  await client.deleteBucket({ bucket: "b" });
  assert.equal(server.seen.length, 4);
});

test("a conditional PUT that was its own predecessor is told by its ETag", async () => {
  const md5 = "5d41402abc4b2a76b9719d911017c592";
  let etag = md5;
  await using server = await fakeServer((request, response, nth) => {
    if (request.method === "HEAD") response.setHeader("etag", `"${etag}"`).end();
    else if (nth % 3 === 1) response.destroy();
    else sendError(response, 412, "PreconditionFailed");
  });
  const client = server.client();
  assert.equal((await client.putObject({ ...put, ifNoneMatch: "*" })).etag, md5);
  etag = "another";
  await assert.rejects(client.putObject({ ...put, ifNoneMatch: "*" }), { code: "PreconditionFailed" });
  assert.deepEqual(
    server.seen.map(({ method }) => method),
    ["PUT", "PUT", "HEAD", "PUT", "PUT", "HEAD"],
  );
});

test("a key tells whether it is on its way back from the archive, until when it is there, and its encryption", async () => {
  const coming = 'ongoing-request="true"';
  const here = 'ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"';
  await using server = await fakeServer((_, response, nth) =>
    response
      .writeHead(200, {
        ...(nth === 3 ? {} : { "x-amz-restore": nth === 1 ? coming : here }),
        "x-amz-server-side-encryption": "AES256",
      })
      .end(),
  );
  const conn = new S3Connection("AKID", "secret", { endpoint: server.url, env: {} });
  const key = new Key(new Bucket(conn, "b"), "k");
  const told: unknown[] = [];
  for (let nth = 1; nth <= 3; nth++) {
    await key.refresh();
    told.push([key.ongoingRestore, key.expiryDate?.getTime(), key.encrypted]);
  }
  await conn.close();
  assert.deepEqual(told, [
    [true, undefined, "AES256"],
    [false, Date.UTC(2012, 11, 21), "AES256"],
    [undefined, undefined, "AES256"],
  ]);
});

test("request() sends a Blob again where that helps, as the other operations do", async () => {
  await using server = await fakeServer((_, response, nth) =>
    response.writeHead(nth === 1 ? 503 : 200).end(),
  );
  const { body } = await server
    .client()
    .request({ method: "PUT", bucket: "b", key: "k", body: new Blob(["x"]) });
  await body.bytes();
  assert.deepEqual(
    // In chunks, each of which is signed.
    server.seen.map((request) => request.body.toString().includes("\r\nx\r\n")),
    [true, true],
  );
});
