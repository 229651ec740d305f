import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { other, startTestServer, type TestServer } from "../support/server.ts";

describe("what SDKs ask of a bucket and is not there", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /bucket");
  });
  after(() => s3.close());

  it("lists of inventories and their kin are empty, and no single one is found", async () => {
    for (const name of ["inventory", "analytics", "metrics", "intelligent-tiering"]) {
      const list = await s3.send(`GET /bucket?${name}`);
      assert.equal(list.status, 200, name);
      assert.match(list.text, /<IsTruncated>false<\/IsTruncated>/);
      const one = await s3.send(`GET /bucket?${name}&id=x`);
      assert.deepEqual([one.status, one.code], [404, "NoSuchConfiguration"], name);
      assert.equal((await s3.send(`DELETE /bucket?${name}&id=x`)).code, "NoSuchConfiguration");
      const put = await s3.send(`PUT /bucket?${name}&id=x`, { body: "<x/>" });
      assert.deepEqual([put.status, put.code], [400, "InvalidRequest"], name);
      assert.match(put.text, /cannot be configured on this bucket/);
      assert.equal((await s3.send(`GET /bucket?${name}`, { as: other })).code, "AccessDenied");
    }
  });

  it("access by attributes is off, and stays so", async () => {
    const put = (status: string) =>
      s3.send("PUT /bucket?abac", { body: `<AbacStatus><Status>${status}</Status></AbacStatus>` });
    assert.match((await s3.send("GET /bucket?abac")).text, /<AbacStatus[^>]*><Status>Disabled<\/Status>/);
    assert.equal((await put("Disabled")).status, 200);
    assert.equal((await put("Enabled")).code, "InvalidRequest");
  });

  it("metadata tables are not found", async () => {
    for (const name of ["metadataConfiguration", "metadataTable"]) {
      const got = await s3.send(`GET /bucket?${name}`);
      assert.deepEqual([got.status, got.code], [404, "MetadataConfigurationNotFound"], name);
    }
  });

  it("replication is not found, deleting it is no error, putting it is refused", async () => {
    const got = await s3.send("GET /bucket?replication");
    assert.deepEqual([got.status, got.code], [404, "ReplicationConfigurationNotFoundError"]);
    assert.equal((await s3.send("DELETE /bucket?replication")).status, 204);
    const put = await s3.send("PUT /bucket?replication", { body: "<ReplicationConfiguration/>" });
    assert.deepEqual([put.status, put.code], [400, "InvalidRequest"]);
  });

  it("transfer acceleration is off: suspending is taken, switching on refused", async () => {
    const put = (status: string) =>
      s3.send("PUT /bucket?accelerate", {
        body: `<AccelerateConfiguration><Status>${status}</Status></AccelerateConfiguration>`,
      });
    assert.equal((await put("Suspended")).status, 200);
    assert.equal((await put("Enabled")).code, "InvalidRequest");
    assert.equal((await put("Fast")).code, "MalformedXML");
    assert.match(
      (await s3.send("GET /bucket?accelerate")).text,
      /<AccelerateConfiguration xmlns="[^"]+"><\/Acc/,
    );
  });

  it("who pays is recorded", async () => {
    const payer = async () => /<Payer>(.*?)</.exec((await s3.send("GET /bucket?requestPayment")).text)?.[1];
    const put = (who: string) =>
      s3.send("PUT /bucket?requestPayment", {
        body: `<RequestPaymentConfiguration><Payer>${who}</Payer></RequestPaymentConfiguration>`,
      });
    assert.equal(await payer(), "BucketOwner");
    assert.equal((await put("Requester")).status, 200);
    assert.equal(await payer(), "Requester");
    assert.equal((await put("Nobody")).code, "MalformedXML");
    assert.equal(await payer(), "Requester");
  });

  it("RestoreObject: not allowed for what is not archived, done already for what is", async () => {
    const body = "<RestoreRequest><Days>1</Days></RestoreRequest>";
    await s3.send("PUT /bucket/standard", { body: "x" });
    const refused = await s3.send("POST /bucket/standard?restore", { body });
    assert.deepEqual([refused.status, refused.code], [403, "InvalidObjectState"]);
    await s3.send("PUT /bucket/cold", { body: "x", headers: { "x-amz-storage-class": "GLACIER" } });
    assert.equal((await s3.send("POST /bucket/cold?restore", { body })).status, 200);
    const never = "<RestoreRequest><Days>0</Days></RestoreRequest>";
    assert.equal((await s3.send("POST /bucket/cold?restore", { body: never })).code, "MalformedXML");
    assert.equal((await s3.send("POST /bucket/none?restore", { body })).code, "NoSuchKey");
  });

  it("torrents and SELECT are not implemented, and say so", async () => {
    await s3.send("PUT /bucket/object", { body: "x" });
    const torrent = await s3.send("GET /bucket/object?torrent");
    assert.deepEqual([torrent.status, torrent.code], [501, "NotImplemented"]);
    assert.match(torrent.text, /torrent/);
    const select = await s3.send("POST /bucket/object?select&select-type=2", { body: "<x/>" });
    assert.deepEqual([select.status, select.code], [501, "NotImplemented"]);
  });

  it("ListBuckets by region", async () => {
    assert.match((await s3.send("GET /?bucket-region=us-east-1")).text, /<Name>bucket</);
    assert.doesNotMatch((await s3.send("GET /?bucket-region=eu-west-1")).text, /<Name>/);
  });
});
