import assert from "node:assert/strict";
import { test } from "node:test";
import { Grant } from "../../src/client/acl.ts";
import { Expiration, Lifecycle, Transition } from "../../src/client/lifecycle.ts";
import { S3Client } from "../../src/client/s3-client.ts";
import { startReceiver } from "../support/receiver.ts";
import { other, owner, startTestServer } from "../support/server.ts";
import { describeClient } from "./endpoints.ts";

describeClient("lifecycle rules of buckets", (context) => {
  test("rules are set by boto's objects and by plain ones, read and deleted", async () => {
    const bucket = await context().bucket();
    await assert.rejects(bucket.getLifecycleConfig(), { code: "NoSuchLifecycleConfiguration", status: 404 });
    const lifecycle = new Lifecycle()
      .addRule({ id: "tidy", prefix: "tmp/", expiration: 7 })
      .addRule({ id: "once", prefix: "old/", expiration: new Expiration({ date: new Date("2040-01-01") }) });
    await bucket.configureLifecycle(lifecycle);
    const rules = await bucket.getLifecycleConfig();
    const [tidy, once] = ["tidy", "once"].map((id) => rules.find((rule) => rule.id === id));
    assert.deepEqual(tidy?.expiration, { days: 7 });
    assert.equal(tidy?.filter?.prefix ?? tidy?.prefix, "tmp/");
    assert.deepEqual(once?.expiration, { dateMs: Date.UTC(2040, 0, 1) });

    const { client } = context().conn;
    const rule = {
      id: "tagged",
      status: "Disabled",
      filter: { prefix: "a/", tags: [{ key: "k", value: "v" }] },
      noncurrentVersionExpiration: { noncurrentDays: 3 },
    } as const;
    await client.putBucketLifecycleConfiguration({ bucket: bucket.name, rules: [rule] });
    const read = await client.getBucketLifecycleConfiguration({ bucket: bucket.name });
    assert.deepEqual(read.rules, [rule]);
    await bucket.deleteLifecycleConfiguration();
    await assert.rejects(bucket.getLifecycleConfig(), { status: 404 });
  });
});

test("Lifecycle writes what it reads, and a time is either days or a date", () => {
  const transition = new Transition({ days: 30, storageClass: "GLACIER" });
  const lifecycle = new Lifecycle().addRule({ id: "r", expiration: 365, transition });
  assert.deepEqual([...Lifecycle.fromXml(lifecycle.toXml())], [...lifecycle]);
  assert.throws(() => new Expiration({}), TypeError);
  assert.throws(() => new Expiration({ days: 1, date: new Date() }), TypeError);
});

test("logging is enabled into a bucket that was made a target, and disabled; notifications are set", async () => {
  const receiver = await startReceiver();
  const s3 = await startTestServer({ webhooks: [{ name: "hook", url: receiver.url }] });
  const client = new S3Client({ endpoint: s3.server.url, region: "us-east-1", credentials: owner });
  try {
    const { S3Connection } = await import("../../src/client/connection.ts");
    const conn = new S3Connection(owner.accessKeyId, owner.secretAccessKey, {
      endpoint: s3.server.url,
      region: "us-east-1",
    });
    const logs = await conn.createBucket("logs");
    const photos = await conn.createBucket("photos");
    assert.equal((await photos.getLoggingStatus()).target, undefined);
    await assert.rejects(photos.enableLogging(logs), { code: "InvalidTargetBucketForLogging" });
    await logs.setAsLoggingTarget();
    const grants = [new Grant({ permission: "READ", id: other.id })];
    await photos.enableLogging(logs, { targetPrefix: "photos/", grants });
    const status = await photos.getLoggingStatus();
    assert.deepEqual([status.target, status.prefix, status.grants[0]?.id], ["logs", "photos/", other.id]);
    status.addGrant(new Grant({ permission: "WRITE", id: other.id }));
    await photos.setXmlLogging(status.toXml());
    const { grants: both } = await photos.getLoggingStatus();
    assert.deepEqual(
      both.map(({ permission }) => permission),
      ["READ", "WRITE"],
    );
    await photos.disableLogging();
    assert.equal(await client.getBucketLogging({ bucket: "photos" }), null);

    const notifications = [
      {
        id: "images",
        kind: "topic",
        arn: "arn:stowage:webhook:::hook",
        events: ["s3:ObjectCreated:*"],
        prefix: "in/",
        suffix: ".jpg",
      },
    ] as const;
    assert.deepEqual(await photos.getNotifications(), []);
    await photos.setNotifications(notifications);
    assert.deepEqual(await photos.getNotifications(), notifications);
    await receiver.until(() => receiver.messages.length === 1);
    await client.putBucketNotificationConfiguration({
      bucket: "photos",
      notifications: [],
      skipDestinationValidation: true,
    });
    assert.deepEqual(await photos.getNotifications(), []);
    await conn.close();
  } finally {
    await client.close();
    await s3.close();
    await receiver.close();
  }
});
