import assert from "node:assert/strict";
import { load } from "../harness.mjs";
import { read, s3, sdk, testWithBucket } from "./connection.mjs";

const { getSignedUrl } = load("@aws-sdk/s3-request-presigner");
const { createPresignedPost } = load("@aws-sdk/s3-presigned-post");

testWithBucket("a presigned GET is answered, and no other", async ({ Bucket }) => {
  const Key = "a key/ü+";
  await s3.putObject({ Bucket, Key, Body: "secret" });
  const command = new sdk.GetObjectCommand({ Bucket, Key, ResponseContentType: "text/x-other" });
  const url = await getSignedUrl(s3, command, { expiresIn: 60 });
  const answer = await fetch(url);
  assert.deepEqual([await answer.text(), answer.headers.get("content-type")], ["secret", "text/x-other"]);
  assert.equal((await fetch(url.replace("x-other", "html"))).status, 403);
  assert.equal((await fetch(url.split("?")[0])).status, 403);
});

testWithBucket("a presigned PUT takes the type and metadata that it names", async ({ Bucket }) => {
  const command = new sdk.PutObjectCommand({
    Bucket,
    Key: "up",
    ContentType: "text/plain",
    Metadata: { by: "url" },
  });
  const url = await getSignedUrl(s3, command, { expiresIn: 60, signableHeaders: new Set(["content-type"]) });
  const put = (type) => fetch(url, { method: "PUT", body: "text", headers: { "content-type": type } });
  assert.equal((await put("text/html")).status, 403);
  assert.equal((await put("text/plain")).status, 200);
  const { ContentType, Metadata } = await s3.headObject({ Bucket, Key: "up" });
  assert.deepEqual([ContentType, Metadata], ["text/plain", { by: "url" }]);
});

testWithBucket("a presigned form takes what its policy allows", async ({ Bucket }) => {
  const { url, fields } = await createPresignedPost(s3, {
    Bucket,
    Key: "posted/${filename}",
    Conditions: [
      ["content-length-range", 1, 10],
      ["starts-with", "$Content-Type", "text/"],
    ],
    Fields: { acl: "private", "Content-Type": "text/plain" },
    Expires: 60,
  });
  const post = (text, changes = {}) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...changes })) form.append(name, value);
    form.append("file", new Blob([text]), "file.txt");
    return fetch(url, { method: "POST", body: form });
  };
  assert.equal((await post("nine char")).status, 204);
  assert.equal((await post("eleven char")).status, 400);
  assert.equal((await post("text", { "Content-Type": "image/png" })).status, 403);
  assert.equal(await read({ Bucket, Key: "posted/file.txt" }), "nine char");
});
