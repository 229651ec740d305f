import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestServer, type TestServer } from "../support/server.ts";

const configuration = `<WebsiteConfiguration>
  <IndexDocument><Suffix>index.html</Suffix></IndexDocument>
  <ErrorDocument><Key>404.html</Key></ErrorDocument>
  <RoutingRules>
    <RoutingRule><Condition><KeyPrefixEquals>old/</KeyPrefixEquals></Condition><Redirect><ReplaceKeyPrefixWith>new/</ReplaceKeyPrefixWith></Redirect></RoutingRule>
    <RoutingRule><Condition><KeyPrefixEquals>gone/</KeyPrefixEquals><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals></Condition><Redirect><HostName>archive.example.com</HostName><Protocol>https</Protocol><HttpRedirectCode>307</HttpRedirectCode></Redirect></RoutingRule>
  </RoutingRules>
</WebsiteConfiguration>`;

describe("websites over HTTP", () => {
  let s3: TestServer;
  const host = "site.web.example.com";
  const visit = (line: string, headers: Record<string, string> = {}) =>
    s3.send(line, { as: null, headers: { host, ...headers } });

  before(async () => {
    s3 = await startTestServer({ domains: ["s3.example.com"], websiteDomains: ["web.example.com"] });
    await s3.send("PUT /site", { headers: { "x-amz-acl": "public-read" } });
    const put = async (key: string, body: string, headers: Record<string, string> = {}) => {
      const page = { "content-type": "text/html", "x-amz-acl": "public-read", ...headers };
      assert.equal((await s3.send(`PUT /site/${key}`, { body, headers: page })).status, 200);
    };
    await put("index.html", "home");
    await put("docs/index.html", "docs");
    await put("404.html", "nothing here");
    await put("gone/there.html", "still here");
    await put("moved.html", "", { "x-amz-website-redirect-location": "/docs/" });
    await put("secret.html", "secret", { "x-amz-acl": "private" });
    await put("%3Cb%3E.txt", "bold", { "content-type": "text/plain" });
    assert.equal((await s3.send("PUT /site?website", { body: configuration })).status, 200);
  });
  after(() => s3.close());

  it("shows pages and index documents, by GET and HEAD, and ignores the query", async () => {
    assert.equal((await visit("GET /")).text, "home");
    assert.equal((await visit("GET /docs/")).text, "docs");
    const page = await visit("GET /docs/index.html?versionId=x&response-content-type=text/x&acl");
    assert.deepEqual([page.status, page.text, page.headers["content-type"]], [200, "docs", "text/html"]);
    const head = await visit("HEAD /");
    assert.deepEqual([head.status, head.text, head.headers["content-length"]], [200, "", "4"]);
    const range = await visit("GET /", { range: "bytes=0-1" });
    assert.deepEqual([range.status, range.text], [206, "ho"]);
    const same = await visit("GET /", { "if-none-match": head.headers["etag"] as string });
    assert.deepEqual([same.status, same.text], [304, ""]);
  });

  it("sends who leaves out the slash to the directory, never to another host", async () => {
    const answer = await visit("GET /docs");
    assert.deepEqual([answer.status, answer.headers["location"]], [302, "/docs/"]);
    await s3.send("PUT /site//evil.com/index.html", { body: "x", headers: { "x-amz-acl": "public-read" } });
    assert.equal((await visit("GET //evil.com")).headers["location"], "/.//evil.com/");
  });

  it("does not tell who may not read it that a directory has an index document", async () => {
    await s3.send("PUT /site/inner/index.html", { body: "x" });
    const answers = [await visit("GET /inner"), await visit("GET /outer")];
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers["location"]]),
      [
        [404, undefined],
        [404, undefined],
      ],
    );
  });

  it("an object can be a redirect, and on the API it is an object with a header", async () => {
    const answer = await visit("GET /moved.html");
    assert.deepEqual([answer.status, answer.headers["location"]], [301, "/docs/"]);
    const plain = await s3.send("GET /site/moved.html");
    assert.deepEqual([plain.status, plain.headers["x-amz-website-redirect-location"]], [200, "/docs/"]);
    const bad = await s3.send("PUT /site/bad", {
      headers: { "x-amz-website-redirect-location": "elsewhere" },
    });
    assert.equal(bad.code, "InvalidRedirectLocation");
  });

  it("routing rules redirect by prefix before and by error after", async () => {
    const early = await visit("GET /old/a/b");
    assert.deepEqual([early.status, early.headers["location"]], [301, `http://${host}/new/a/b`]);
    const late = await visit("GET /gone/away.html");
    assert.deepEqual(
      [late.status, late.headers["location"]],
      [307, "https://archive.example.com/gone/away.html"],
    );
    assert.equal((await visit("GET /gone/there.html")).text, "still here");
  });

  it("errors show the error document with the error's status", async () => {
    const missing = await visit("GET /no/such/page");
    assert.deepEqual([missing.status, missing.text], [404, "nothing here"]);
    assert.equal(missing.headers["x-amz-error-code"], "NoSuchKey");
    assert.equal((await visit("GET /secret.html")).status, 403);
    const ranged = await visit("GET /no/such/page", { range: "bytes=0-1" });
    assert.deepEqual([ranged.status, ranged.text], [404, "nothing here"]);
    const head = await visit("HEAD /no/such/page");
    assert.deepEqual([head.status, head.text], [404, ""]);
  });

  it("without an error document they are a page, in which a key stays text", async () => {
    await s3.send("PUT /bare", { headers: { "x-amz-acl": "public-read" } });
    const bare = { host: "bare.web.example.com" };
    assert.match((await visit("GET /", bare)).text, /<h1>404 Not Found<\/h1>[^]*NoSuchWebsiteConfiguration/);
    await s3.send("PUT /bare?website", {
      body: "<WebsiteConfiguration><IndexDocument><Suffix>i.html</Suffix></IndexDocument></WebsiteConfiguration>",
    });
    const page = await visit("GET /%3Cscript%3E", bare);
    assert.equal(page.status, 404);
    assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
    assert.match(page.text, /Key: &#60;script&#62;/);
    assert.doesNotMatch(page.text, /<script>/);
    const nobody = await visit("GET /", { host: "no-such.web.example.com" });
    assert.match(nobody.text, /404 Not Found[^]*NoSuchBucket/);
    assert.equal((await visit("GET /%FF", bare)).status, 400);
    // The longest key, to which no suffix can be added.
    assert.equal((await visit(`GET /${"k".repeat(1024)}`, bare)).status, 404);
    assert.equal((await visit(`GET /${"k".repeat(1023)}/`, bare)).status, 400);
    assert.equal((await visit("PUT /x", bare)).status, 405);
  });

  it("a missing error document is told of on the page", async () => {
    await s3.send("PUT /broken", { headers: { "x-amz-acl": "public-read" } });
    await s3.send("PUT /broken?website", { body: configuration });
    const page = await visit("GET /x", { host: "broken.web.example.com" });
    assert.equal(page.status, 404);
    assert.match(page.text, /Retrieve a Custom Error Document[^]*NoSuchKey/);
  });

  it("RedirectAllRequestsTo sends every request elsewhere", async () => {
    await s3.send("PUT /all");
    await s3.send("PUT /all?website", {
      body: "<WebsiteConfiguration><RedirectAllRequestsTo><HostName>www.example.com</HostName><Protocol>https</Protocol></RedirectAllRequestsTo></WebsiteConfiguration>",
    });
    const answer = await visit("GET /a%20b/c", { host: "all.web.example.com" });
    assert.deepEqual([answer.status, answer.headers["location"]], [301, "https://www.example.com/a%20b/c"]);
  });

  it("a bucket that only a policy opens is shown; a signature opens nothing", async () => {
    await s3.send("PUT /closed");
    await s3.send("PUT /closed/index.html", { body: "closed" });
    await s3.send("PUT /closed?website", {
      body: "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>",
    });
    const closed = { host: "closed.web.example.com" };
    assert.equal((await s3.send("GET /", { headers: closed })).status, 403);
    const policy = {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::closed/*",
      },
    };
    await s3.send("PUT /closed?policy", { body: JSON.stringify(policy) });
    assert.equal((await visit("GET /", closed)).text, "closed");
  });

  it("CORS rules hold there too", async () => {
    await s3.send("PUT /site?cors", {
      body: "<CORSConfiguration><CORSRule><AllowedOrigin>https://a.example</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>",
    });
    const origin = { origin: "https://a.example" };
    assert.equal((await visit("GET /", origin)).headers["access-control-allow-origin"], origin.origin);
    assert.equal((await visit("GET /no", origin)).headers["access-control-allow-origin"], origin.origin);
    const asked = await visit("OPTIONS /", { ...origin, "access-control-request-method": "GET" });
    assert.equal(asked.status, 200);
    assert.equal((await s3.send("DELETE /site?cors")).status, 204);
  });

  it("the configuration comes back, and is gone once deleted; the API's host knows no pages", async () => {
    assert.match((await s3.send("GET /site?website")).text, /<IndexDocument><Suffix>index.html</);
    assert.match(
      (await s3.send("GET /", { headers: { host: "site.s3.example.com" } })).text,
      /<ListBucketResult/,
    );
    await s3.send("PUT /temporary");
    assert.equal((await s3.send("GET /temporary?website")).code, "NoSuchWebsiteConfiguration");
    await s3.send("PUT /temporary?website", { body: configuration });
    assert.equal((await s3.send("DELETE /temporary?website")).status, 204);
    assert.equal((await s3.send("GET /temporary?website")).status, 404);
  });
});
