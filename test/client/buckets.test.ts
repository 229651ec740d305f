import assert from "node:assert/strict";
import { test } from "node:test";
import { SubdomainCallingFormat, connectS3 } from "../../src/client/connection.ts";
import { S3CreateError, S3PermissionsError } from "../../src/client/errors.ts";
import type { Transport } from "../../src/client/http.ts";
import { createPools } from "../../src/client/transport.ts";
import { describeClient } from "./endpoints.ts";

describeClient("buckets", (context) => {
  test("a bucket is created, listed, looked up and deleted", async () => {
    const { conn, bucketName } = context();
    const names = [bucketName(), bucketName()].sort();
    for (const name of names) await conn.createBucket(name);
    const listed = (await conn.getAllBuckets()).map(({ name }) => name);
    assert.deepEqual(listed, listed.toSorted());
    const iterated: string[] = [];
    for await (const bucket of conn) iterated.push(bucket.name);
    assert.deepEqual(iterated, listed);
    assert.ok(names.every((name) => listed.includes(name)));

    const [first = "", second = ""] = names;
    assert.equal((await conn.getBucket(first)).name, first);
    assert.equal((await conn.lookup(first))?.name, first);
    assert.equal(await conn.hasBucket(first), true);
    await conn.deleteBucket(first);
    await (await conn.getBucket(second)).delete();
    assert.equal(await conn.lookup(first), null);
    assert.equal(await conn.hasBucket(second), false);
  });

  test("a bucket that is not there has a name for its absence", async () => {
    const { conn, bucketName } = context();
    const name = bucketName();
    await assert.rejects(conn.getBucket(name), {
      name: "S3ResponseError",
      code: "NoSuchBucket",
      bucket: name,
    });
    const unseen = await conn.getBucket(name, { validate: false });
    await assert.rejects(unseen.list().toArray(), { code: "NoSuchBucket" });
    await assert.rejects(unseen.delete(), { code: "NoSuchBucket" });
  });

  test("somebody else's bucket is neither created nor opened nor deleted", async () => {
    const { alt, bucket } = context();
    const { name } = await bucket();
    await assert.rejects(alt.createBucket(name), S3CreateError);
    await assert.rejects(alt.getBucket(name), S3PermissionsError);
    await assert.rejects(alt.deleteBucket(name), S3PermissionsError);
  });

  test("a bucket with something in it is not deleted", async () => {
    const bucket = await context().bucket();
    await bucket.newKey("there").put("x");
    await assert.rejects(bucket.delete(), { code: "BucketNotEmpty", status: 409 });
    await bucket.deleteKey("there");
    await bucket.delete();
  });

  test("a bucket has a region, and its owner an id", async () => {
    const { conn, alt, bucket } = context();
    assert.match(await (await bucket()).getLocation(), /^[\w-]+$/);
    const ids = [await conn.getCanonicalUserId(), await alt.getCanonicalUserId()];
    assert.equal(new Set(ids).size, 2);
  });

  test("a bucket's canned ACL comes with its creation", async () => {
    const { conn, anon, bucketName } = context();
    const bucket = await conn.createBucket(bucketName(), { policy: "public-read" });
    await bucket.newKey("a").put("x");
    const seen = await (await anon.getBucket(bucket.name)).list().toArray();
    assert.deepEqual(
      seen.map(({ name }) => name),
      ["a"],
    );
  });

  test("wrong keys are named as such", async () => {
    const { connect, conn } = context();
    const { accessKeyId } = (await conn.client.credentials())!;
    const wrongSecret = connect({ credentials: { accessKeyId, secretAccessKey: "wrong" } });
    await assert.rejects(wrongSecret.getAllBuckets(), { code: "SignatureDoesNotMatch" });
    const wrongKey = connect({ credentials: { accessKeyId: "NOBODY", secretAccessKey: "wrong" } });
    await assert.rejects(wrongKey.getAllBuckets(), { code: "InvalidAccessKeyId" });
  });

  test("signatures of version 2 are as good", async () => {
    const { connect, bucket } = context();
    const { name } = await bucket();
    const conn = connect({ signatureVersion: "v2" });
    const key = (await conn.getBucket(name)).newKey("a b/ü");
    key.setMetadata("town", "Köln");
    await key.put("of old", { policy: "public-read", contentType: "text/plain" });
    assert.equal(await key.text(), "of old");
    assert.equal((await key.bucket.getAcl(key.name)).acl.grants.length, 2);
    assert.equal(await (await fetch(key.generateUrl(60))).text(), "of old");
  });

  test("a bucket can stand in the host name, whatever signs", async () => {
    const { url, connect, bucket } = context();
    const { name } = await bucket();
    const { port } = new URL(url);
    // bucket.localhost resolves on few machines: only the Host header says it here.
    const direct = createPools();
    const transport: Transport = {
      ...direct,
      send: (request) => direct.send({ ...request, origin: `http://127.0.0.1:${port}` }),
    };
    for (const signatureVersion of ["v4", "v2"] as const) {
      const conn = connect({
        endpoint: `http://localhost:${port}`,
        addressing: SubdomainCallingFormat,
        signatureVersion,
        transport,
      });
      const key = (await conn.getBucket(name)).newKey("in/the host//name");
      await key.put(signatureVersion, { policy: "public-read" });
      assert.equal(await key.text(), signatureVersion);
      assert.equal((await key.bucket.list().toArray()).length, 1);
      assert.ok(key.generateUrl(60).startsWith(`http://${name}.localhost:${port}/in/the%20host//name?`));
    }
  });

  test("the tutorial's two ways to connect are one", async () => {
    const { conn, url: endpoint } = context();
    const { accessKeyId, secretAccessKey } = (await conn.client.credentials())!;
    await using again = connectS3(accessKeyId, secretAccessKey, { endpoint });
    assert.equal(await again.getCanonicalUserId(), await conn.getCanonicalUserId());
  });

  test("any other request can be made by hand", async () => {
    const { conn, bucket } = context();
    const made = await bucket();
    const { status, body } = await conn.request({ bucket: made.name, query: { location: "" } });
    assert.equal(status, 200);
    assert.match(await body.text(), /<LocationConstraint/);
    assert.match(await made.getSubresource("acl"), /<AccessControlPolicy/);
    await assert.rejects(conn.request({ method: "DELETE", bucket: `${made.name}-not` }), {
      code: "NoSuchBucket",
    });
  });
});
