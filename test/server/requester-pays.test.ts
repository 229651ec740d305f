import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { presignV2 } from "../../src/s3/sigv2.ts";
import { presignV4 } from "../../src/s3/sigv4.ts";
import { other, type Sent, type SendOptions, startTestServer, type TestServer } from "../support/server.ts";

const payer = { "x-amz-request-payer": "requester" };
const deletion = "<Delete><Object><Key>none</Key></Object></Delete>";

function form(fields: Record<string, string>): SendOptions {
  const parts = [...Object.entries(fields), ["file", "x"]].map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    body: `${parts.join("")}--b--\r\n`,
    headers: { "content-type": "multipart/form-data; boundary=b" },
  };
}

describe("buckets whose requesters pay", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer({ websiteDomains: ["web.localhost"] });
    const opened = { "x-amz-acl": "public-read-write" };
    await s3.send("PUT /paid", { headers: opened });
    await s3.send("PUT /paid/key", { body: "x", headers: { "x-amz-acl": "public-read" } });
    await s3.send("PUT /free", { headers: opened });
    const website =
      "<WebsiteConfiguration><IndexDocument><Suffix>key</Suffix></IndexDocument></WebsiteConfiguration>";
    await s3.send("PUT /paid?website", { body: website });
    const body = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";
    assert.equal((await s3.send("PUT /paid?requestPayment", { body })).status, 200);
  });
  after(() => s3.close());

  const charged = ({ headers }: Sent): unknown => headers["x-amz-request-charged"];

  const requests: [line: string, options: SendOptions][] = [
    ["GET /paid/key", {}],
    ["HEAD /paid/key", {}],
    ["GET /paid", {}],
    ["HEAD /paid", {}],
    ["PUT /paid/new", { body: "new" }],
    ["POST /paid/upload?uploads", {}],
    ["DELETE /paid/none", {}],
    ["POST /paid?delete", { body: deletion, headers: { "content-md5": "EpvYphShtu0A5NGVEQm6CQ==" } }],
    ["PUT /free/copied", { headers: { "x-amz-copy-source": "/paid/key" } }],
    ["PUT /paid/copied", { headers: { "x-amz-copy-source": "/free/key" } }],
  ];
  before(() => s3.send("PUT /free/key", { body: "x", headers: { "x-amz-acl": "public-read" } }));
  for (const [line, options] of requests) {
    it(`${line}: refused to who does not say that they pay, and to nobody in particular`, async () => {
      const refused = await s3.send(line, { ...options, as: other });
      assert.ok(refused.status === 403 || refused.code === "AccessDenied", refused.text);
      assert.equal(charged(refused), undefined);
      const headers = { ...options.headers, ...payer };
      const anonymous = await s3.send(line, { ...options, headers, as: null });
      assert.ok(anonymous.status === 403 || anonymous.code === "AccessDenied", anonymous.text);

      const paid = await s3.send(line, { ...options, headers, as: other });
      assert.ok(paid.status < 300 && paid.code === "", paid.text);
      assert.equal(charged(paid), "requester");
      const owners = await s3.send(line, options);
      assert.ok(owners.status < 300 && owners.code === "", owners.text);
      assert.equal(charged(owners), undefined);
    });
  }

  it("a presigned URL says it in its query", async () => {
    const at = { method: "GET", path: "/paid/key", headers: { host: `127.0.0.1:${s3.server.port}` } };
    const signings: ((query: string) => string)[] = [
      (query) =>
        presignV4(
          { ...at, query },
          { credentials: other, region: "us-east-1", date: new Date(), expiresSeconds: 60 },
        ),
      (query) =>
        presignV2({ ...at, query }, { credentials: other, expires: Math.floor(Date.now() / 1000) + 60 }),
    ];
    for (const sign of signings) {
      const plain = await s3.send(`GET /paid/key?${sign("")}`, { as: null });
      assert.equal(plain.code, "AccessDenied");
      const paid = await s3.send(`GET /paid/key?${sign("x-amz-request-payer=requester")}`, { as: null });
      assert.deepEqual([paid.text, charged(paid)], ["x", "requester"]);
    }
  });

  it("a form of nobody's, and a page of a website, are refused", async () => {
    const posted = await s3.send("POST /paid", { as: null, ...form({ key: "form", ...payer }) });
    assert.equal(posted.code, "AccessDenied");
    const page = await s3.send("GET /", { as: null, headers: { host: "paid.web.localhost" } });
    assert.equal(page.status, 403);
  });
});
