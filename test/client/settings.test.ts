import assert from "node:assert/strict";
import { test } from "node:test";
import { CORSConfiguration } from "../../src/client/cors.ts";
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
});
