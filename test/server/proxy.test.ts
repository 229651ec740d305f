import assert from "node:assert/strict";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { presignV2 } from "../../src/s3/sigv2.ts";
import { bucketOfHost } from "../../src/server/route.ts";
import { parseExternalUrl, parseTrustedProxies } from "../../src/server/proxy.ts";
import { owner, send, startTestServer, type SendOptions, type TestServer } from "../support/server.ts";

/** What a proxy makes of a path and of the headers that it passes on. */
interface Manners {
  readonly path?: (path: string) => string;
  readonly headers?: Record<string, string>;
}

/** A proxy that may be told its target's port later, since the target is told the proxy's. */
async function startProxy(
  target: () => number,
  { path = (one) => one, headers = {} }: Manners,
): Promise<Server> {
  const proxy = createServer((incoming, outgoing) => {
    const passed = httpRequest(
      {
        host: "127.0.0.1",
        port: target(),
        method: incoming.method,
        path: path(incoming.url ?? "/"),
        headers: { ...incoming.headers, ...headers },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return proxy;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const mannersOfProxies: Record<string, Manners> = {
  "leaves everything as it is": {},
  "sets another Host": { headers: { host: "stowage.internal" } },
  "takes the prefix off": { path: (path) => path.replace(/^\/files/, "") },
  "takes the prefix off and sets another Host": {
    path: (path) => path.replace(/^\/files/, ""),
    headers: { host: "stowage.internal" },
  },
};

for (const [name, manners] of Object.entries(mannersOfProxies)) {
  describe(`a server with an external URL behind a proxy that ${name}`, () => {
    let s3: TestServer;
    let proxy: Server;
    let base: string;
    before(async () => {
      proxy = await startProxy(() => s3.server.port, manners);
      base = `http://127.0.0.1:${portOf(proxy)}/files`;
      s3 = await startTestServer({ externalUrl: base });
    });
    after(async () => {
      proxy.close();
      proxy.closeAllConnections();
      await s3.close();
    });
    const through = (line: string, options: SendOptions = {}) =>
      send(portOf(proxy), line.replace(" /", " /files/"), options);

    it("takes what was signed for the external URL", async () => {
      assert.equal((await through("PUT /bucket")).status, 200);
      assert.equal((await through("PUT /bucket/a%20b//c", { body: "x" })).status, 200);
      assert.equal((await through("GET /bucket/a%20b//c")).text, "x");
      assert.match((await through("GET /bucket?list-type=2")).text, /<Key>a b\/\/c</);
      assert.match((await through("GET /")).text, /<Name>bucket</);
      const wrong = await through("GET /bucket/a%20b//c", {
        headers: { authorization: "AWS4-HMAC-SHA256 nonsense" },
        as: null,
      });
      assert.equal(wrong.status, 400);
    });

    it("still takes what was signed for its own address, and refuses what was signed for another path", async () => {
      assert.equal((await s3.send("GET /bucket/a%20b//c")).text, "x");
      const other = await send(s3.server.port, "GET /other/bucket/a", {});
      assert.notEqual(other.status, 200);
    });

    it("takes a URL of version 2 that was signed without the endpoint's path, as botocore does", async () => {
      await s3.send("PUT /bucket/two", { body: "x" });
      const signed = (path: string): string => {
        const request = { method: "GET", path, query: "", headers: {} };
        return presignV2(request, { credentials: owner, expires: Math.floor(Date.now() / 1000) + 60 });
      };
      const get = (query: string) => through(`GET /bucket/two?${query}`, { as: null });
      assert.equal((await get(signed("/bucket/two"))).text, "x");
      assert.equal((await get(signed("/files/bucket/two"))).text, "x");
      assert.equal((await get(signed("/bucket/three"))).code, "SignatureDoesNotMatch");
    });

    it("names the external URL in Location", async () => {
      const created = await through("POST /bucket/made?uploads");
      const id = /<UploadId>(.*?)</.exec(created.text)?.[1];
      const part = await through(`PUT /bucket/made?partNumber=1&uploadId=${id}`, { body: "x" });
      const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers["etag"]}</ETag></Part></CompleteMultipartUpload>`;
      const done = await through(`POST /bucket/made?uploadId=${id}`, { body });
      assert.ok(done.text.includes(`<Location>${base}/bucket/made</Location>`), done.text);
    });

    it("makes no bucket that the external path would hide", async () => {
      // With the prefix taken off by the proxy, what is left is the server's own root.
      assert.match((await through("PUT /files")).code, /^(?:InvalidBucketName|MethodNotAllowed)$/);
      assert.equal((await s3.send("PUT /files/files")).code, "InvalidBucketName");
    });
  });
}

describe("X-Forwarded headers", () => {
  const headers = {
    "x-forwarded-for": "203.0.113.9, 198.51.100.7, 127.0.0.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "bucket.s3.example.com",
  };
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::bucket/*",
      Condition: {
        IpAddress: { "aws:SourceIp": "198.51.100.7/32" },
        Bool: { "aws:SecureTransport": "true" },
      },
    },
  });

  it("count from a trusted proxy: the client's address, its scheme, and the host that it asked for", async () => {
    const s3 = await startTestServer({ trustedProxies: ["127.0.0.0/8"], domains: ["s3.example.com"] });
    await s3.send("PUT /bucket");
    await s3.send("PUT /bucket/key", { body: "x" });
    assert.equal((await s3.send("PUT /bucket?policy", { body: policy })).status, 204);
    assert.equal((await s3.send("GET /key", { as: null, headers })).text, "x");
    const other = { ...headers, "x-forwarded-for": "198.51.100.7, 203.0.113.9" };
    assert.equal((await s3.send("GET /key", { as: null, headers: other })).status, 403);
    const plain = { ...headers, "x-forwarded-proto": "http" };
    assert.equal((await s3.send("GET /key", { as: null, headers: plain })).status, 403);
    await s3.close();
  });

  it("tell the client's address with a port too; one that cannot be read is nobody's, and not the proxy's own", async () => {
    const s3 = await startTestServer({ trustedProxies: ["127.0.0.0/8"] });
    await s3.send("PUT /bucket");
    await s3.send("PUT /bucket/key", { body: "x" });
    const sees = async (range: string, forwardedFor: string): Promise<boolean> => {
      const of = policy.replace("198.51.100.7/32", range);
      assert.equal((await s3.send("PUT /bucket?policy", { body: of })).status, 204);
      const sent = { ...headers, "x-forwarded-host": "s3", "x-forwarded-for": forwardedFor };
      return (await s3.send("GET /bucket/key", { as: null, headers: sent })).status === 200;
    };
    assert.equal(await sees("198.51.100.7/32", "198.51.100.7:4711"), true);
    assert.equal(await sees("2001:db8::9/128", "[2001:db8::9]:4711"), true);
    assert.equal(await sees("2001:db8::9/128", "[2001:db8::9]"), true);
    assert.equal(await sees("2001:db8::9/128", "2001:db8::9"), true);
    for (const unreadable of ["unknown", "_hidden", "198.51.100.7:port", "198.51.100", "[]"]) {
      assert.equal(await sees("127.0.0.0/8", unreadable), false, unreadable);
      assert.equal(await sees("198.51.100.7/32", `198.51.100.7, ${unreadable}`), false, unreadable);
    }
    await s3.close();
  });

  it("do not count from anybody else", async () => {
    for (const trustedProxies of [[], ["10.0.0.0/8", "::1"]]) {
      const s3 = await startTestServer({ trustedProxies, domains: ["s3.example.com"] });
      await s3.send("PUT /bucket");
      await s3.send("PUT /bucket/key", { body: "x" });
      await s3.send("PUT /bucket?policy", { body: policy });
      assert.equal((await s3.send("GET /bucket/key", { as: null, headers })).status, 403);
      await s3.close();
    }
  });
});

describe("a bucket in the host name", () => {
  it("bucketOfHost() finds it before a domain, with a port or without, and dots in it", () => {
    const of = (host: string) => bucketOfHost(host, ["s3.example.com"]);
    assert.deepEqual(
      ["bucket.s3.example.com", "bucket.s3.example.com:9000", "My.Bucket.S3.Example.com"].map(of),
      ["bucket", "bucket", "my.bucket"],
    );
    assert.deepEqual(["s3.example.com", "evils3.example.com", ".s3.example.com", "127.0.0.1:9000"].map(of), [
      null,
      null,
      null,
      null,
    ]);
  });

  it("is signed and answered like one in the path", async () => {
    const s3 = await startTestServer({ domains: ["s3.example.com"] });
    const headers = { host: `bucket.s3.example.com:${s3.server.port}` };
    assert.equal((await s3.send("PUT /", { headers })).status, 200);
    assert.equal((await s3.send("PUT /a/key", { headers, body: "x" })).status, 200);
    assert.equal((await s3.send("GET /a/key", { headers })).text, "x");
    assert.equal((await s3.send("GET /bucket/a/key")).text, "x");
    assert.match((await s3.send("GET /?list-type=2", { headers })).text, /<Key>a\/key</);
    await s3.close();
  });

  it("has all keys to itself, those of Stowage's own paths too", async () => {
    const s3 = await startTestServer({ domains: ["s3.example.com"] });
    const headers = { host: `bucket.s3.example.com:${s3.server.port}` };
    await s3.send("PUT /bucket");
    assert.equal((await s3.send("PUT /_stowage/health", { headers, body: "mine" })).status, 200);
    assert.equal((await s3.send("GET /_stowage/health", { headers })).text, "mine");
    assert.equal((await s3.send("GET /bucket/_stowage/health")).text, "mine");
    assert.equal((await s3.send("GET /_stowage/health", { as: null })).text, '{"status":"ok"}\n');
    await s3.close();
  });
});

describe("settings of a proxy", () => {
  it("parseExternalUrl() reads base, host and path", () => {
    assert.deepEqual(parseExternalUrl("https://Files.example.com:443/s3/"), {
      base: "https://files.example.com/s3",
      host: "files.example.com",
      prefix: "/s3",
    });
    assert.deepEqual(parseExternalUrl("http://localhost:8080"), {
      base: "http://localhost:8080",
      host: "localhost:8080",
      prefix: "",
    });
    for (const text of ["files.example.com", "ftp://a/", "http://a/?b", "http://u:p@a/"]) {
      assert.throws(() => parseExternalUrl(text), TypeError);
    }
  });

  it("parseTrustedProxies() reads addresses and networks of both kinds", () => {
    const list = parseTrustedProxies(["10.0.0.7", "192.168.0.0/16", "fd00::/8"]);
    assert.ok(
      list.check("10.0.0.7", "ipv4") && list.check("192.168.1.1", "ipv4") && list.check("fd00::1", "ipv6"),
    );
    assert.ok(!list.check("10.0.0.8", "ipv4"));
    for (const text of ["proxy", "10.0.0.0/33", "10.0.0.0/x", "::/129"]) {
      assert.throws(() => parseTrustedProxies([text]), TypeError);
    }
  });
});
