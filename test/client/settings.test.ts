import assert from "node:assert/strict";
import { test } from "node:test";
import { CORSConfiguration } from "../../src/client/cors.ts";
import { Tags, TagSet } from "../../src/client/tags.ts";
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
});
