import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { describeClient } from "./endpoints.ts";

const sha512 = (text: string): string => createHash("sha512").update(text).digest("base64");

describeClient("checksums", (context) => {
  test("a checksum that the client does not compute is sent as it is, and what has one is read", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW, up to Reef, knows no such checksum");
    const bucket = await context().bucket();
    const { client } = bucket.connection;
    const { client: told } = context().connect({ responseChecksums: "whenSupported" });
    const at = { bucket: bucket.name, key: "ready-made" };
    const checksum = { algorithm: "SHA512", value: sha512("content") } as const;
    const wrong = client.putObject({ ...at, body: "other", checksum });
    await assert.rejects(wrong, { code: "BadDigest" });
    await client.putObject({ ...at, body: "content", checksum });
    assert.equal((await told.headObject(at)).checksum?.value, checksum.value);
    assert.equal(await (await told.getObject(at)).body.text(), "content");
  });

  test("an MD5 is computed, and verified on the way back", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW, up to Reef, knows no such checksum");
    const bucket = await context().bucket();
    const { client } = context().connect({ responseChecksums: "whenSupported" });
    const at = { bucket: bucket.name, key: "md5" };
    await client.putObject({ ...at, body: "abc", checksumAlgorithm: "MD5" });
    assert.equal((await client.headObject(at)).checksum?.value, "kAFQmDzST7DWlj99KOF/cg==");
    assert.equal(await (await client.getObject(at)).body.text(), "abc");
  });
});
