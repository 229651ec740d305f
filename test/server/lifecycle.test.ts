import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { other, startTestServer, type TestServer } from "../support/server.ts";

const configuration = (rules: string): string =>
  `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${rules}</LifecycleConfiguration>`;
const tmpRule =
  "<Rule><ID>tidy up</ID><Filter><Prefix>tmp/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>";

describe("lifecycle over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer({ background: { lifecycleDaySeconds: 1 } });
  });
  after(() => s3.close());

  it("a configuration is put, got as it was put, and deleted", async () => {
    await s3.send("PUT /rules");
    assert.equal((await s3.send("GET /rules?lifecycle")).code, "NoSuchLifecycleConfiguration");
    const put = await s3.send("PUT /rules?lifecycle", { body: configuration(tmpRule) });
    assert.equal(put.status, 200);
    const got = await s3.send("GET /rules?lifecycle");
    assert.ok(got.text.endsWith(configuration(tmpRule)));
    assert.equal(got.headers["x-amz-transition-default-minimum-object-size"], "all_storage_classes_128K");
    assert.equal((await s3.send("DELETE /rules?lifecycle")).status, 204);
    assert.equal((await s3.send("DELETE /rules?lifecycle")).status, 204);
    assert.equal((await s3.send("GET /rules?lifecycle")).status, 404);
  });

  it("a rule without an id gets one, and a header sets the least size of what is moved", async () => {
    await s3.send("PUT /named");
    const headers = { "x-amz-transition-default-minimum-object-size": "varies_by_storage_class" };
    const body = configuration(tmpRule.replace("<ID>tidy up</ID>", ""));
    assert.equal((await s3.send("PUT /named?lifecycle", { body, headers })).status, 200);
    const got = await s3.send("GET /named?lifecycle");
    assert.match(got.text, /<Rule><ID>[\w-]{24}<\/ID>/);
    assert.equal(
      got.headers["x-amz-transition-default-minimum-object-size"],
      headers["x-amz-transition-default-minimum-object-size"],
    );
    const wrong = { "x-amz-transition-default-minimum-object-size": "none" };
    assert.equal((await s3.send("PUT /named?lifecycle", { body, headers: wrong })).code, "InvalidRequest");
  });

  it("what is wrong is refused and changes nothing; only the owner may", async () => {
    await s3.send("PUT /strict");
    await s3.send("PUT /strict?lifecycle", { body: configuration(tmpRule) });
    const put = async (body: string): Promise<string> =>
      (await s3.send("PUT /strict?lifecycle", { body })).code;
    assert.equal(await put(""), "MissingRequestBodyError");
    assert.equal(await put("<LifecycleConfiguration>"), "MalformedXML");
    assert.equal(await put(configuration(tmpRule.replace("<Days>1", "<Days>0"))), "InvalidArgument");
    assert.equal(await put(configuration(tmpRule + tmpRule)), "InvalidArgument");
    assert.ok((await s3.send("GET /strict?lifecycle")).text.endsWith(configuration(tmpRule)));
    for (const method of ["GET", "PUT", "DELETE"]) {
      const sent = await s3.send(`${method} /strict?lifecycle`, {
        as: other,
        body: method === "PUT" ? configuration(tmpRule) : "",
      });
      assert.equal(sent.code, "AccessDenied", method);
    }
  });

  it("PUT, GET, HEAD and complete tell when the object will expire", async () => {
    await s3.send("PUT /told");
    // A day of the calendar: the header does not speak of the shortened one.
    const rule = tmpRule.replace("<Days>1", "<Days>3").replace("tidy up", "tidy up &amp; ü");
    await s3.send("PUT /told?lifecycle", { body: configuration(rule) });
    const put = await s3.send("PUT /told/tmp/a", { body: "x" });
    const midnight = new Date(Math.ceil((Date.now() + 3 * 86_400_000) / 86_400_000) * 86_400_000);
    const expected = `expiry-date="${midnight.toUTCString()}", rule-id="tidy%20up%20%26%20%C3%BC"`;
    assert.equal(put.headers["x-amz-expiration"], expected);
    assert.equal((await s3.send("GET /told/tmp/a")).headers["x-amz-expiration"], expected);
    assert.equal((await s3.send("HEAD /told/tmp/a")).headers["x-amz-expiration"], expected);
    const plain = await s3.send("PUT /told/b", { body: "x" });
    assert.equal(plain.headers["x-amz-expiration"], undefined);
    const begun = await s3.send("POST /told/tmp/parts?uploads");
    const uploadId = /<UploadId>(.*?)<\/UploadId>/.exec(begun.text)?.[1];
    const part = await s3.send(`PUT /told/tmp/parts?partNumber=1&uploadId=${uploadId}`, { body: "x" });
    const completed = await s3.send(`POST /told/tmp/parts?uploadId=${uploadId}`, {
      body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`,
    });
    assert.equal(completed.headers["x-amz-expiration"], expected);
  });

  it("the server does what the rules say, and its metrics tell so", async () => {
    await s3.send("PUT /works");
    await s3.send("PUT /works/tmp/a", { body: "x" });
    await s3.send("PUT /works/keep/a", { body: "x" });
    await s3.send("PUT /works?lifecycle", { body: configuration(tmpRule) });
    const deadlineMs = Date.now() + 20_000;
    while ((await s3.send("HEAD /works/tmp/a")).status === 200) {
      assert.ok(Date.now() < deadlineMs, "the object is still there");
      await setTimeout(100);
    }
    assert.equal((await s3.send("HEAD /works/tmp/a")).status, 404);
    assert.equal((await s3.send("HEAD /works/keep/a")).status, 200);
    let metrics = "";
    while (!/stowage_lifecycle_actions_total\{action="expired"\} [1-9]/.test(metrics)) {
      assert.ok(Date.now() < deadlineMs, metrics);
      metrics = (await s3.send("GET /_stowage/metrics", { as: null })).text;
      await setTimeout(50);
    }
    assert.match(metrics, /stowage_job_runs_total\{job="lifecycle",result="success"\} \d/);
  });
});
