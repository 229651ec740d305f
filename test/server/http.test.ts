import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { startTestServer, type TestServer } from "../support/server.ts";

/** Writes bytes to a fresh connection and returns all that comes back until the server closes or goes quiet. */
function raw(port: number, text: string, quietMs = 300): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let received = "";
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on("data", (chunk) => (received += chunk.toString("latin1")));
    socket.once("error", reject);
    socket.once("close", () => resolve(received));
  });
}

describe("HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /http", { headers: { "x-amz-acl": "public-read-write" } });
  });
  after(() => s3.close());

  it("a refused PUT with Expect: 100-continue is answered without asking for the body, and closed", async () => {
    const answer = await raw(
      s3.server.port,
      "PUT /no-such-bucket/key HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\nexpect: 100-continue\r\n\r\n",
    );
    assert.match(answer, /^HTTP\/1\.1 404 /);
    assert.doesNotMatch(answer, /100 Continue/);
    assert.match(answer, /connection: close/i);
  });

  it("a permitted PUT with Expect: 100-continue is asked for its body", async () => {
    const answer = await raw(
      s3.server.port,
      "PUT /http/expected HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\nhello",
    );
    assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });

  it("a connection serves the next request after a refused small body", async () => {
    const answer = await raw(
      s3.server.port,
      "PUT /no-such-bucket/key HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhelloGET /http/expected HTTP/1.1\r\nhost: x\r\n\r\n",
    );
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 2);
  });

  it(
    "a connection serves the next request after a body that was refused half-way",
    { timeout: 10_000 },
    async () => {
      const body = Buffer.alloc(500_000, "x");
      const chunks = {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "499000",
      };
      const form = "multipart/form-data; boundary=b";
      const noKey = `--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n`;
      for (const [line, options, code] of [
        ["PUT /http/no-chunks", { body, headers: chunks }, "IncompleteBody"],
        [
          "POST /http",
          { body: Buffer.concat([Buffer.from(noKey), body]), headers: { "content-type": form } },
          "InvalidArgument",
        ],
      ] as const) {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        try {
          assert.equal((await s3.send(line, { ...options, agent })).code, code, line);
          assert.equal((await s3.send("PUT /http/next", { body: "next", agent })).status, 200, line);
        } finally {
          agent.destroy();
        }
      }
    },
  );

  it("a PUT without a length is 411, one in chunks of HTTP is taken", async () => {
    const nothing = await raw(s3.server.port, "PUT /http/nothing HTTP/1.1\r\nhost: x\r\n\r\n");
    assert.match(nothing, /^HTTP\/1\.1 411 [^]*MissingContentLength/);
    const chunked = await raw(
      s3.server.port,
      "PUT /http/chunked HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    );
    assert.match(chunked, /^HTTP\/1\.1 200 /);
  });

  it("a body that ends too early stores nothing", async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(s3.server.port, "127.0.0.1", () => {
        socket.end("PUT /http/cut HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhello");
      });
      socket.resume();
      socket.once("close", () => resolve());
    });
    assert.equal((await s3.send("GET /http/cut")).status, 404);
  });

  it("what is no HTTP is 400 and closed", async () => {
    const answer = await raw(s3.server.port, "nonsense\r\n\r\n");
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request/);
    const id = /\r\nx-amz-request-id: ([0-9A-F]{16})\r\n/.exec(answer)?.[1];
    assert.match(answer, new RegExp(`<RequestId>${id}</RequestId><HostId>[^<]{32}</HostId></Error>$`));
  });

  it("a request without Host is refused as S3 refuses, unless it is of HTTP/1.0", async () => {
    const answer = await raw(s3.server.port, "GET /http HTTP/1.1\r\n\r\n");
    assert.match(answer, /^HTTP\/1\.1 400 [^]*\r\nx-amz-request-id: [0-9A-F]{16}\r\n[^]*<Code>BadRequest</);
    const old = await raw(s3.server.port, "GET /http HTTP/1.0\r\n\r\n");
    assert.match(old, /^HTTP\/1\.1 200 /);
  });

  it("every answer has the two ids that clients log, and an error document has them too", async () => {
    const { headers } = await s3.send("HEAD /http");
    assert.match(String(headers["x-amz-id-2"]), /^[A-Za-z0-9+/]{32}$/);
    const missing = await s3.send("GET /http/none");
    const [id, host] = ["x-amz-request-id", "x-amz-id-2"].map((name) => String(missing.headers[name]));
    const end = `<RequestId>${id}</RequestId><HostId>${host}</HostId></Error>`;
    assert.ok(missing.text.endsWith(end), missing.text);
  });

  it("bytes past the announced length do not take the place of the answer", async () => {
    const answer = await raw(
      s3.server.port,
      "PUT /http/short HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nbar",
    );
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1);
  });

  it("a chunk that is none ends a body that was begun, at once", async () => {
    const answer = await raw(
      s3.server.port,
      "PUT /http/broken HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nno chunk",
    );
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.equal((await s3.send("HEAD /http/broken")).status, 404);
  });

  it("a repeated authorization header is refused", async () => {
    const answer = await raw(
      s3.server.port,
      "GET / HTTP/1.1\r\nhost: x\r\nauthorization: a\r\nauthorization: b\r\n\r\n",
    );
    assert.match(answer, /InvalidRequest/);
  });

  it("aws-chunked without a signature is 403", async () => {
    const answer = await s3.send("PUT /http/unsigned", {
      as: null,
      body: "0\r\n\r\n",
      headers: {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "0",
      },
    });
    assert.equal(answer.status, 403);
  });

  it("aws-chunked with a trailer is taken apart, verified, and leaves no coding behind", async () => {
    // CRC32 of "hello world" is 0d4a1185.
    const body = "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n";
    const headers = {
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": "11",
      "x-amz-trailer": "x-amz-checksum-crc32",
      "content-encoding": "aws-chunked",
    };
    assert.equal((await s3.send("PUT /http/trailer", { body, headers })).status, 200);
    const got = await s3.send("GET /http/trailer", { headers: { "x-amz-checksum-mode": "ENABLED" } });
    assert.deepEqual(
      [got.text, got.headers["content-encoding"], got.headers["x-amz-checksum-crc32"]],
      ["hello world", undefined, "DUoRhQ=="],
    );
    const wrong = await s3.send("PUT /http/wrong", { body: body.replace("DUoRhQ", "AAAAAA"), headers });
    assert.equal(wrong.code, "BadDigest");
    assert.equal((await s3.send("GET /http/wrong")).status, 404);
    const both = { ...headers, "x-amz-checksum-crc32": "DUoRhQ==" };
    const twice = await s3.send("PUT /http/wrong", { body: body.replace("DUoRhQ", "AAAAAA"), headers: both });
    assert.equal(twice.code, "InvalidRequest");
  });

  it("health and metrics answer; the administration wants an administrator", async () => {
    assert.equal((await s3.send("GET /_stowage/health", { as: null })).status, 200);
    const { text } = await s3.send("GET /_stowage/metrics", { as: null });
    assert.match(text, /stowage_requests_total\{operation="GetObject",status="200"\} \d+/);
    assert.equal((await s3.send("GET /_stowage/users", { as: null })).status, 403);
  });

  it("close() still answers a request that is on its way to a connection, and then closes it", async () => {
    const draining = await startTestServer();
    const socket = connect(draining.server.port, "127.0.0.1");
    const ended = new Promise((resolve) => socket.once("close", resolve));
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    await once(socket, "connect");
    await draining.send("PUT /idle");
    const closed = draining.server.close();
    socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await Promise.all([closed, ended]);
    assert.match(answer, /^HTTP\/1\.1 403 [^]*connection: close\r\n/i);
    await draining.engine.close();
  });

  it("close() waits for what was begun and takes nothing new", async () => {
    const draining = await startTestServer();
    await draining.send("PUT /slow");
    await draining.send("PUT /slow?acl", { headers: { "x-amz-acl": "public-read-write" } });
    const socket = connect(draining.server.port, "127.0.0.1");
    const ended = new Promise((resolve) => socket.once("close", resolve));
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.write("PUT /slow/key HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhel");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = draining.server.close();
    await assert.rejects(draining.send("GET /slow/key"));
    socket.write("lo");
    await Promise.all([closed, ended]);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    await draining.engine.close();
  });
});
