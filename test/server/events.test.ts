import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { other, owner, startTestServer, type TestServer } from "../support/server.ts";

const document = (content: string): string =>
  `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</NotificationConfiguration>`;
const configuration = (id: string, events: readonly string[], filter = "", webhook = "orders"): string =>
  `<QueueConfiguration><Id>${id}</Id><Queue>arn:stowage:webhook:::${webhook}</Queue>${events.map((event) => `<Event>${event}</Event>`).join("")}${filter}</QueueConfiguration>`;
const keyFilter = (rules: Record<string, string>): string =>
  `<Filter><S3Key>${Object.entries(rules)
    .map(([name, value]) => `<FilterRule><Name>${name}</Name><Value>${value}</Value></FilterRule>`)
    .join("")}</S3Key></Filter>`;

describe("events over HTTP", () => {
  let receiver: Receiver;
  let s3: TestServer;
  before(async () => {
    receiver = await startReceiver();
    s3 = await startTestServer({
      webhooks: [
        { name: "orders", url: receiver.url, secret: "whsec_c3Rvd2FnZQ==" },
        { name: "dead", url: "http://127.0.0.1:9/" },
      ],
    });
  });
  after(async () => {
    await s3.close();
    await receiver.close();
  });
  const put = (bucket: string, content: string, headers = {}) =>
    s3.send(`PUT /${bucket}?notification`, { body: document(content), headers });
  const recordsOf = (bucket: string) =>
    receiver.records().filter((record) => record.s3.bucket["name"] === bucket);

  it("a configuration is put, got as it was put, and taken away by an empty one", async () => {
    await s3.send("PUT /conf");
    assert.ok((await s3.send("GET /conf?notification")).text.endsWith(document("")));
    const content = configuration(
      "images",
      ["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"],
      keyFilter({ Prefix: "in/", Suffix: ".jpg" }),
    );
    assert.equal((await put("conf", content)).status, 200);
    assert.ok((await s3.send("GET /conf?notification")).text.endsWith(document(content)));
    assert.equal((await put("conf", "")).status, 200);
    assert.ok((await s3.send("GET /conf?notification")).text.endsWith(document("")));
    for (const method of ["GET", "PUT"]) {
      const sent = await s3.send(`${method} /conf?notification`, {
        as: other,
        body: method === "PUT" ? document("") : "",
      });
      assert.equal(sent.code, "AccessDenied");
    }
  });

  it("refuses what cannot be told", async () => {
    await s3.send("PUT /refused");
    const refusal = async (content: string): Promise<string> => (await put("refused", content)).code;
    const created = ["s3:ObjectCreated:*"];
    assert.equal(await refusal(configuration("a", created, "", "nobody")), "InvalidArgument");
    assert.equal(
      await refusal(
        configuration("a", created).replace("arn:stowage:webhook:::orders", "arn:aws:sqs:us-east-1:1:q"),
      ),
      "InvalidArgument",
    );
    assert.equal(await refusal(configuration("a", ["s3:ObjectEaten:*"])), "InvalidArgument");
    assert.equal(await refusal(configuration("a", ["ObjectCreated:Put"])), "InvalidArgument");
    assert.equal(await refusal(configuration("a", [])), "MalformedXML");
    assert.equal(await refusal("<Nonsense/>"), "MalformedXML");
    assert.equal(await refusal("<EventBridgeConfiguration/>"), "NotImplemented");
    assert.equal(await refusal(configuration("a", created, keyFilter({ Middle: "x" }))), "InvalidArgument");
    assert.equal(
      await refusal(configuration("a", created) + configuration("a", ["s3:ObjectRemoved:*"])),
      "InvalidArgument",
    );
    assert.equal(
      await refusal(configuration("a", created) + configuration("b", ["s3:ObjectCreated:Put"])),
      "InvalidArgument",
    );
    assert.equal(
      await refusal(
        configuration("a", created, keyFilter({ prefix: "a" })) +
          configuration("b", created, keyFilter({ prefix: "b" })),
      ),
      "",
    );
  });

  it("sends a signed test event, then each change with S3's record", async () => {
    await s3.send("PUT /told");
    await put("told", configuration("all", ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]));
    await receiver.until(() => receiver.messages.some(({ body }) => body.Bucket === "told"));
    const test = receiver.messages.find(({ body }) => body.Bucket === "told")!;
    assert.equal(test.body.Event, "s3:TestEvent");
    assert.equal(test.body.Service, "Amazon S3");
    const key = Buffer.from("stowage");
    const signed = `${String(test.headers["webhook-id"])}.${String(test.headers["webhook-timestamp"])}.${test.text}`;
    assert.equal(
      test.headers["webhook-signature"],
      `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
    );

    const sent = await s3.send("PUT /told/red%20flower%2B%C3%BC/a.jpg", { body: "hello" });
    await receiver.until(() => recordsOf("told").length === 1);
    const [record] = recordsOf("told");
    assert.match(record!["eventTime"] as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(record!.s3.object.sequencer, /^[0-9A-F]{16}$/);
    assert.deepEqual(record, {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "us-east-1",
      eventTime: record!["eventTime"],
      eventName: "ObjectCreated:Put",
      userIdentity: { principalId: owner.id },
      requestParameters: { sourceIPAddress: "127.0.0.1" },
      responseElements: { "x-amz-request-id": sent.headers["x-amz-request-id"], "x-amz-id-2": "" },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: "all",
        bucket: {
          name: "told",
          ownerIdentity: { principalId: owner.id },
          arn: "arn:aws:s3:::told",
        },
        object: {
          key: "red+flower%2B%C3%BC/a.jpg",
          size: 5,
          eTag: "5d41402abc4b2a76b9719d911017c592",
          sequencer: record!.s3.object.sequencer,
        },
      },
    });
  });

  it("tells every way in which an object comes, changes and goes, in the order of the key's changes", async () => {
    await s3.send("PUT /ways");
    const events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectTagging:*", "s3:ObjectAcl:Put"];
    await put("ways", configuration("all", events), { "x-amz-skip-destination-validation": "true" });
    await s3.send("PUT /ways/k", { body: "1" });
    await s3.send("PUT /ways/k?tagging", {
      body: "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
    });
    await s3.send("DELETE /ways/k?tagging");
    await s3.send("PUT /ways/k?acl", { headers: { "x-amz-acl": "public-read" } });
    await s3.send("PUT /ways/k", {
      headers: { "x-amz-copy-source": "/ways/k", "x-amz-metadata-directive": "REPLACE" },
    });
    const begun = await s3.send("POST /ways/k?uploads");
    const uploadId = /<UploadId>(.*?)<\/UploadId>/.exec(begun.text)?.[1];
    const part = await s3.send(`PUT /ways/k?partNumber=1&uploadId=${uploadId}`, { body: "12345" });
    await s3.send(`POST /ways/k?uploadId=${uploadId}`, {
      body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`,
    });
    await s3.send("DELETE /ways/k");
    await s3.send("DELETE /ways/k");
    await s3.send("PUT /ways/many", { body: "1" });
    const many = "<Delete><Object><Key>many</Key></Object><Object><Key>none</Key></Object></Delete>";
    const md5 = createHash("md5").update(many).digest("base64");
    await s3.send("POST /ways?delete", { headers: { "content-md5": md5 }, body: many });
    await receiver.until(() => recordsOf("ways").length >= 9);
    assert.equal(recordsOf("ways").length, 9);
    const ofKey = recordsOf("ways").filter(({ s3: { object } }) => object.key === "k");
    assert.deepEqual(
      ofKey.map(({ eventName, eventVersion, s3: { object } }) => [eventName, eventVersion, object.size]),
      [
        ["ObjectCreated:Put", "2.1", 1],
        ["ObjectTagging:Put", "2.3", 1],
        ["ObjectTagging:Delete", "2.3", 1],
        ["ObjectAcl:Put", "2.3", 1],
        ["ObjectCreated:Copy", "2.1", 1],
        ["ObjectCreated:CompleteMultipartUpload", "2.1", 5],
        ["ObjectRemoved:Delete", "2.1", undefined],
      ],
    );
    const sequencers = ofKey.map(({ s3: { object } }) => object.sequencer);
    assert.deepEqual(sequencers, sequencers.toSorted());
    assert.equal(new Set(sequencers).size, sequencers.length);
  });

  it("tells only what a filter lets through", async () => {
    await s3.send("PUT /some");
    await put(
      "some",
      configuration("jpg", ["s3:ObjectCreated:Put"], keyFilter({ Prefix: "in/", Suffix: ".jpg" })),
    );
    for (const key of ["in/a.png", "out/a.jpg", "in/a.jpg"]) {
      await s3.send(`PUT /some/${key}`, { body: "x" });
    }
    await s3.send("PUT /some/in/b.jpg", {
      headers: { "x-amz-copy-source": "/some/in/a.jpg" },
    });
    await s3.send("DELETE /some/in/a.jpg");
    await s3.send("PUT /some/in/c.jpg", { body: "x" });
    await receiver.until(() => recordsOf("some").length >= 2);
    assert.deepEqual(
      recordsOf("some").map(({ s3: { object } }) => object.key),
      ["in/a.jpg", "in/c.jpg"],
    );
  });

  it("a webhook that cannot be reached holds up no other, and a failed write tells nothing", async () => {
    await s3.send("PUT /apart");
    await put(
      "apart",
      configuration("dead", ["s3:ObjectCreated:*"], "", "dead") +
        configuration("alive", ["s3:ObjectRemoved:*"]),
    );
    await s3.send("PUT /apart/k", { body: "x" });
    const refused = await s3.send("PUT /apart/k", { body: "y", headers: { "if-none-match": "*" } });
    assert.equal(refused.status, 412);
    await s3.send("DELETE /apart/k");
    await receiver.until(() => recordsOf("apart").length === 1);
    // What was delivered goes a moment later. Left are the test event and one write.
    const waiting = (): Promise<number> => Promise.resolve(s3.engine.index.count("outbox"));
    for (let looks = 0; (await waiting()) > 2 && looks < 200; looks++) await setTimeout(50);
    assert.equal(await waiting(), 2);
    const metrics = (await s3.send("GET /_stowage/metrics", { as: null })).text;
    assert.match(metrics, /stowage_events_total\{outcome="failed"\} \d/);
    assert.match(metrics, /stowage_events_total\{outcome="delivered"\} \d/);
  });
});
