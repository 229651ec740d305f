import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { deliverLogs } from "../../src/server/deliver-logs.ts";
import { createServer } from "../../src/server/listen.ts";
import { other, owner, send, startTestServer, type TestServer } from "../support/server.ts";

const document = (content: string): string =>
  `<BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</BucketLoggingStatus>`;
const enabled = (bucket: string, more = "", prefix = "log/"): string =>
  `<LoggingEnabled><TargetBucket>${bucket}</TargetBucket><TargetPrefix>${prefix}</TargetPrefix>${more}</LoggingEnabled>`;
const never = new AbortController().signal;

describe("server access logs over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer({ background: { accessLogSeconds: 3600 } });
    await s3.send("PUT /logs", { headers: { "x-amz-acl": "log-delivery-write" } });
  });
  after(() => s3.close());

  const put = (bucket: string, content: string) =>
    s3.send(`PUT /${bucket}?logging`, { body: document(content) });

  /** The lines of all logs under a prefix, once there are so many of them. */
  async function linesOf(prefix: string, count: number): Promise<string[][]> {
    const deadlineMs = Date.now() + 20_000;
    for (;;) {
      await deliverLogs(s3.engine, never);
      const listed = (await s3.send(`GET /logs?list-type=2&prefix=${encodeURIComponent(prefix)}`)).text;
      const keys = [...listed.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key as string);
      const texts = await Promise.all(keys.map(async (key) => (await s3.send(`GET /logs/${key}`)).text));
      const lines = texts.join("").split("\n").filter(Boolean);
      if (lines.length >= count) return lines.map((line) => line.match(/\[[^\]]*\]|"[^"]*"|\S+/g) ?? []);
      assert.ok(Date.now() < deadlineMs, `${lines.length} lines instead of ${count}`);
      await setTimeout(50);
    }
  }

  it("logging is enabled, got as it was put, and disabled by an empty document", async () => {
    await s3.send("PUT /conf");
    assert.ok((await s3.send("GET /conf?logging")).text.endsWith(document("")));
    const grants = `<TargetGrants><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>${other.id}</ID><DisplayName>other</DisplayName></Grantee><Permission>READ</Permission></Grant></TargetGrants>`;
    const format =
      "<TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>EventTime</PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat>";
    assert.equal((await put("conf", enabled("logs", grants + format))).status, 200);
    assert.ok((await s3.send("GET /conf?logging")).text.endsWith(document(enabled("logs", grants + format))));
    assert.equal((await put("conf", "")).status, 200);
    assert.ok((await s3.send("GET /conf?logging")).text.endsWith(document("")));
  });

  it("refuses a target that is not there, somebody else's, or does not take logs", async () => {
    await s3.send("PUT /source");
    await s3.send("PUT /closed");
    await s3.send("PUT /theirs", { as: other, headers: { "x-amz-acl": "log-delivery-write" } });
    for (const target of ["missing-bucket", "closed", "theirs"]) {
      assert.equal((await put("source", enabled(target))).code, "InvalidTargetBucketForLogging", target);
    }
    assert.equal((await put("source", "<Nonsense/>")).code, "MalformedXML");
    assert.equal((await put("source", enabled("logs", "<TargetObjectKeyFormat/>"))).code, "MalformedXML");
    const sent = await s3.send("PUT /source?logging", { as: other, body: document(enabled("logs")) });
    assert.equal(sent.code, "AccessDenied");
    assert.ok((await s3.send("GET /source?logging")).text.endsWith(document("")));
  });

  it("takes a target whose policy lets the service in, and no other source", async () => {
    await s3.send("PUT /by-policy");
    await s3.send("PUT /welcome");
    await s3.send("PUT /stranger");
    const statement = {
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::by-policy/*",
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::welcome" },
        StringEquals: { "aws:SourceAccount": owner.id },
      },
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    assert.equal((await s3.send("PUT /by-policy?policy", { body: policy })).status, 204);
    assert.equal((await put("welcome", enabled("by-policy"))).status, 200);
    assert.equal((await put("stranger", enabled("by-policy"))).code, "InvalidTargetBucketForLogging");
  });

  it("each request to the bucket is a line, and the lines come as objects of log delivery", async () => {
    await s3.send("PUT /watched");
    const grants = `<TargetGrants><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>${other.id}</ID></Grantee><Permission>READ</Permission></Grant></TargetGrants>`;
    await put("watched", enabled("logs", grants, "watched/"));
    await s3.send("PUT /watched/a%20b", {
      body: "hello",
      headers: { referer: 'http://example.com/"', "user-agent": "test agent" },
    });
    await s3.send("GET /watched/a%20b");
    await s3.send("GET /watched/a%20b", { headers: { range: "bytes=0-1" } });
    await s3.send("GET /watched/a%20b", { as: null });
    await s3.send("GET /watched/missing");
    await s3.send("GET /watched/a%20b", {
      as: { ...owner, secretAccessKey: "wrong" },
    });
    await s3.send("PUT /watched/copy", { headers: { "x-amz-copy-source": "/watched/a%20b" } });
    const many = "<Delete><Object><Key>copy</Key></Object></Delete>";
    const md5 = createHash("md5").update(many).digest("base64");
    await s3.send("POST /watched?delete", { body: many, headers: { "content-md5": md5 } });
    await s3.send("DELETE /watched/a%20b");

    const lines = await linesOf("watched/", 11);
    const fields = lines.map((line) => [line[6], line[7], line[9], line[10], line[11], line[12], line[4]]);
    const by = owner.id;
    assert.deepEqual(fields, [
      ["REST.PUT.OBJECT", "a%20b", "200", "-", "-", "5", by],
      ["REST.GET.OBJECT", "a%20b", "200", "-", "5", "5", by],
      ["REST.GET.OBJECT", "a%20b", "206", "-", "2", "5", by],
      ["REST.GET.OBJECT", "a%20b", "403", "AccessDenied", lines[3]![11], "-", "-"],
      ["REST.GET.OBJECT", "missing", "404", "NoSuchKey", lines[4]![11], "-", by],
      ["REST.GET.OBJECT", "a%20b", "403", "SignatureDoesNotMatch", lines[5]![11], "-", "-"],
      ["REST.COPY.OBJECT", "copy", "200", "-", lines[6]![11], "-", by],
      ["REST.COPY.OBJECT_GET", "a%20b", "200", "-", "-", "5", by],
      ["REST.POST.MULTI_OBJECT_DELETE", "-", "200", "-", lines[8]![11], "-", by],
      ["BATCH.DELETE.OBJECT", "copy", "204", "-", "-", "-", by],
      ["REST.DELETE.OBJECT", "a%20b", "204", "-", "-", "-", by],
    ]);
    for (const line of lines) {
      assert.equal(line.length, 26);
      assert.equal(line[0], owner.id);
      assert.equal(line[1], "watched");
      assert.match(line[2]!, /^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\]$/);
      assert.equal(line[3], "127.0.0.1");
    }
    assert.deepEqual(lines[0]!.slice(15, 24), [
      '"http://example.com/%22"',
      '"test agent"',
      "-",
      "-",
      "SigV4",
      "-",
      "AuthHeader",
      `127.0.0.1:${s3.server.port}`,
      "-",
    ]);
    assert.equal(lines[0]![8], '"PUT /watched/a%20b HTTP/1.1"');

    const listed = (await s3.send("GET /logs?list-type=2&prefix=watched/&fetch-owner=true")).text;
    assert.match(listed, /<DisplayName>s3-log-service<\/DisplayName>/);
    const [, key] = /<Key>(.*?)<\/Key>/.exec(listed)!;
    assert.match(key!, /^watched\/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}$/);
    assert.equal((await s3.send(`GET /logs/${key}`, { as: other })).status, 200, "by the target grants");
    assert.equal((await s3.send(`GET /logs/${key}`, { as: null })).status, 403);
    assert.equal((await s3.send(`DELETE /logs/${key}`)).status, 204, "the bucket's owner may");
  });

  it("what is not delivered yet survives a restart of the server", async () => {
    await s3.send("PUT /restart");
    await put("restart", enabled("logs", "", "restart/"));
    const server = await createServer({ engine: s3.engine, port: 0, background: false });
    await send(server.port, "GET /restart/one", {});
    await server.close();
    // Now it is on the disk, and another server's job delivers it.
    const [line] = await linesOf("restart/", 1);
    assert.equal(line![7], "one");
  });

  it("logs are lost, and nothing else, when the target takes them no more", async () => {
    await s3.send("PUT /gone", { headers: { "x-amz-acl": "log-delivery-write" } });
    await s3.send("PUT /talks");
    await put("talks", enabled("gone"));
    await s3.send("PUT /gone?acl", { headers: { "x-amz-acl": "private" } });
    assert.equal((await s3.send("PUT /talks/k", { body: "x" })).status, 200);
    const deadlineMs = Date.now() + 20_000;
    while ((await s3.engine.index.count("logs")) === 0) {
      assert.ok(Date.now() < deadlineMs);
      await setTimeout(50);
    }
    await deliverLogs(s3.engine, never);
    assert.equal(await s3.engine.index.count("logs"), 0);
    assert.ok(!(await s3.send("GET /gone?list-type=2")).text.includes("<Key>"));
  });
});
