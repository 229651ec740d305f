import assert from "node:assert/strict";
import { test } from "node:test";
import { CORSConfiguration } from "../../src/client/cors.ts";
import { Tags, TagSet } from "../../src/client/tags.ts";
import { RoutingRule, WebsiteConfiguration } from "../../src/client/website.ts";
import { describeClient } from "./endpoints.ts";

describeClient("settings of buckets", (context) => {
  test("CORS rules are set, read and deleted", async () => {
    const bucket = await context().bucket();
    await assert.rejects(bucket.getCors(), { code: /^NoSuchCORSConfiguration/, status: 404 });
    const cors = new CORSConfiguration().addRule(["PUT", "POST"], "https://app.example.com", {
      allowedHeader: "*",
      exposeHeader: ["ETag"],
      maxAgeSeconds: 3000,
    });
    cors.addRule("GET", ["*"], { id: "anyone" });
    await bucket.setCors(cors);
    const [first, second] = await bucket.getCors();
    assert.deepEqual(first?.allowedOrigins, ["https://app.example.com"]);
    assert.deepEqual([...(first?.allowedMethods ?? [])].sort(), ["POST", "PUT"]);
    assert.deepEqual([first?.allowedHeaders, first?.exposeHeaders], [["*"], ["ETag"]]);
    assert.equal(first?.maxAgeSeconds, 3000);
    assert.equal(second?.id, "anyone");
    await bucket.setCorsXml(cors.toXml());
    assert.match(await bucket.getCorsXml(), /<CORSRule>/);
    await bucket.deleteCors();
    await assert.rejects(bucket.getCors(), { status: 404 });
  });

  test("a bucket's tags are set, read and deleted", async () => {
    const bucket = await context().bucket();
    await assert.rejects(bucket.getTags(), { code: /^NoSuchTagSet/, status: 404 });
    await bucket.setTags(
      new Tags().addTagSet(new TagSet().addTag("project", "blue").addTag("größe", "2 + 2")),
    );
    assert.deepEqual((await bucket.getTags()).toRecord(), { project: "blue", größe: "2 + 2" });
    await bucket.setXmlTags(Tags.fromRecord({ one: "1" }).toXml());
    assert.match(await bucket.getXmlTags(), /<Key>one<\/Key>/);
    await bucket.deleteTags();
    await assert.rejects(bucket.getTags(), { status: 404 });
  });

  test("an object's tags come with it, are replaced and deleted", async () => {
    const { conn, bucket } = context();
    const { name } = await bucket();
    const object = { bucket: name, key: "tagged" };
    await conn.client.putObject({ ...object, body: "x", tagging: { project: "blue", größe: "a+b" } });
    assert.deepEqual(await conn.client.getObjectTagging(object), { project: "blue", größe: "a+b" });
    const key = (await conn.getBucket(name)).newKey("tagged");
    await key.setTags({ phase: "2" });
    assert.deepEqual(await key.getTags(), { phase: "2" });
    await key.deleteTags();
    assert.deepEqual(await key.getTags(), {});
  });

  test("an object's attributes are told in one answer, its parts by pages", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW 16 has no GetObjectAttributes");
    const { conn, bucket } = context();
    const { name } = await bucket();
    const object = { bucket: name, key: "attributes" };
    const { etag } = await conn.client.putObject({
      ...object,
      body: "123456789",
      checksumAlgorithm: "CRC32C",
    });
    const attributes = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"] as const;
    const whole = await conn.client.getObjectAttributes({ ...object, attributes });
    assert.deepEqual([whole.etag, whole.objectSize, whole.storageClass], [etag, 9, "STANDARD"]);
    // CRC-32C of "123456789" is e3069283.
    assert.equal(whole.checksum?.value, "4waSgw==");
    assert.equal(whole.objectParts, undefined);

    const { uploadId } = await conn.client.createMultipartUpload(object);
    const parts: { partNumber: number; etag: string }[] = [];
    for (const [partNumber, body] of [Buffer.alloc(5 * 1024 * 1024), "x"].entries()) {
      const part = { ...object, uploadId, partNumber: partNumber + 1, body };
      parts.push({ partNumber: partNumber + 1, etag: (await conn.client.uploadPart(part)).etag });
    }
    await conn.client.completeMultipartUpload({ ...object, uploadId, parts });
    const { objectParts } = await conn.client.getObjectAttributes({
      ...object,
      attributes: ["ObjectParts"],
      objectMaxParts: 1,
      objectPartNumberMarker: 1,
    });
    assert.equal(objectParts?.totalPartsCount, 2);
    assert.deepEqual(
      objectParts?.parts.map((part) => [part.partNumber, part.size]),
      [[2, 1]],
    );
  });

  test("a website is configured, read and taken away; a key can be a redirect", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW has websites only where its configuration says so");
    const { bucket: newBucket } = context();
    const bucket = await newBucket();
    await assert.rejects(bucket.getWebsiteConfiguration(), {
      code: /^NoSuchWebsiteConfiguration/,
      status: 404,
    });
    const website = new WebsiteConfiguration({ suffix: "index.html", errorKey: "404.html" });
    website.routingRules.addRule(
      RoutingRule.when({ keyPrefixEquals: "old/" }).thenRedirect({ replaceKeyPrefixWith: "new/" }),
    );
    await bucket.setWebsiteConfiguration(website);
    const read = await bucket.getWebsiteConfiguration();
    assert.deepEqual([read.suffix, read.errorKey], ["index.html", "404.html"]);
    assert.deepEqual(read.routingRules[0]?.condition?.keyPrefixEquals, "old/");
    await bucket.setWebsiteConfigurationXml(website.toXml());
    assert.match(await bucket.getWebsiteConfigurationXml(), /<ReplaceKeyPrefixWith>new\/</);
    await bucket.configureWebsite({ redirectAllRequestsTo: { hostName: "example.com", protocol: "https" } });
    assert.equal((await bucket.getWebsiteConfiguration()).redirectAllRequestsTo?.hostName, "example.com");
    await bucket.deleteWebsiteConfiguration();
    await assert.rejects(bucket.getWebsiteConfiguration(), { status: 404 });

    const key = bucket.newKey("moved");
    await key.setRedirect("/elsewhere.html");
    assert.equal(await key.getRedirect(), "/elsewhere.html");
  });

  test("who pays is recorded", async () => {
    const bucket = await context().bucket();
    assert.equal(await bucket.getRequestPayment(), "BucketOwner");
    await bucket.setRequestPayment("Requester");
    assert.equal(await bucket.getRequestPayment(), "Requester");
    await bucket.setRequestPayment();
  });
});
