import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Bucket } from "../../src/client/bucket.ts";
import { DeleteMarker, Prefix } from "../../src/client/listed.ts";
import type { S3Client } from "../../src/client/s3-client.ts";
import { describeClient } from "./endpoints.ts";

describeClient("versions", (context) => {
  let bucket: Bucket;
  let client: S3Client;
  before(async () => {
    bucket = await context().bucket();
    ({ client } = context().conn);
    assert.deepEqual(await bucket.getVersioningStatus(), { versioning: undefined, mfaDelete: undefined });
    await bucket.configureVersioning(true);
    assert.equal((await bucket.getVersioningStatus()).versioning, "Enabled");
  });

  /** Stores a version; its id. */
  const put = async (name: string, body: string): Promise<string> => {
    const { versionId } = await bucket.newKey(name).put(body);
    return versionId ?? assert.fail();
  };

  test("a key of a version reads, describes, copies and deletes that version", async () => {
    const [first] = [await put("k", "one"), await put("k", "two!")];
    const old = await bucket.getKey("k", { versionId: first });
    assert.ok(old);
    assert.deepEqual([old.size, await old.text()], [3, "one"]);
    assert.equal(await (await bucket.getKey("k"))?.text(), "two!");
    const copy = await bucket.copyKey("copy", bucket.name, "k", { sourceVersionId: first });
    assert.equal(await copy.text(), "one");
    // boto's way back to an older version.
    await old.copy(bucket, "k");
    assert.equal(await bucket.newKey("k").text(), "one");
    await bucket.deleteKey("k", { versionId: first });
    assert.equal(await bucket.getKey("k", { versionId: first }), null);
  });

  test("a listing shows keys and delete markers, newest first, over as many pages as it takes", async () => {
    const ids = [await put("list/a", "1"), await put("list/a", "22"), await put("list/b/c", "3")];
    const marker = await client.deleteObject({ bucket: bucket.name, key: "list/a" });
    assert.equal(marker.deleteMarker, true);
    const entries = await bucket.listVersions({ prefix: "list/", maxKeys: 1 }).toArray();
    assert.deepEqual(
      entries.map((entry) => {
        return [entry instanceof DeleteMarker, entry.name, entry.versionId, entry.isLatest];
      }),
      [
        [true, "list/a", marker.versionId, true],
        [false, "list/a", ids[1], false],
        [false, "list/a", ids[0], false],
        [false, "list/b/c", ids[2], true],
      ],
    );
    const level = await bucket.getAllVersions({ prefix: "list/", delimiter: "/", maxKeys: 2 });
    assert.deepEqual(
      [level.isTruncated, level.nextMarker, level.nextVersionIdMarker],
      [true, "list/a", ids[1]],
    );
    const rest = await bucket.getAllVersions({
      prefix: "list/",
      delimiter: "/",
      keyMarker: level.nextMarker,
      versionIdMarker: level.nextVersionIdMarker,
    });
    assert.deepEqual(
      rest.map((entry) => [entry.name, entry instanceof Prefix]),
      [
        ["list/a", false],
        ["list/b/", true],
      ],
    );
    assert.equal(await bucket.getKey("list/a"), null);
    const [newest] = entries;
    assert.ok(newest instanceof DeleteMarker);
    assert.equal(newest.owner?.id, await context().conn.getCanonicalUserId());
    await newest.delete();
    assert.equal(await bucket.newKey("list/a").text(), "22");
    // What a listing shows can be handed to a deletion.
    const { deleted, errors } = await bucket.deleteKeys(bucket.listVersions({ prefix: "list/" }));
    assert.deepEqual([deleted.length, errors], [3, []]);
    assert.deepEqual(await bucket.listVersions({ prefix: "list/" }).toArray(), []);
  });

  test("versions are presigned, and their ACLs and tags are their own", async () => {
    const [first] = [await put("own", "first"), await put("own", "second")];
    const url = bucket.newKey("own").generateUrl(60, "GET", { versionId: first });
    assert.equal(await (await fetch(url)).text(), "first");
    const object = { bucket: bucket.name, key: "own", versionId: first };
    await client.putObjectTagging({ ...object, tags: { of: "first" } });
    assert.deepEqual(await client.getObjectTagging(object), { of: "first" });
    assert.deepEqual(await client.getObjectTagging({ ...object, versionId: undefined }), {});
    await bucket.setAcl("public-read", "own", { versionId: first });
    assert.equal((await bucket.getAcl("own", { versionId: first })).acl.grants.length, 2);
    assert.equal((await bucket.getAcl("own")).acl.grants.length, 1);
  });

  test("suspended, a bucket keeps what it has and one null version more", async () => {
    const kept = await put("suspended", "kept");
    await bucket.configureVersioning(false);
    try {
      for (const body of ["a", "bb"]) await bucket.newKey("suspended").put(body);
      const list = await client.listVersions({ bucket: bucket.name, prefix: "suspended" }).toArray();
      assert.deepEqual(
        list.map(({ versionId, size, isLatest }) => [versionId, size, isLatest]),
        [
          ["null", 2, true],
          [kept, 4, false],
        ],
      );
    } finally {
      await bucket.configureVersioning(true);
    }
  });
});

describeClient("object lock", (context) => {
  const hourMs = 3_600_000;

  test("locks are set with the object and after it, told, and bypassed by who may", async () => {
    const name = context().bucketName();
    const { client } = context().conn;
    await client.createBucket({ bucket: name, objectLockEnabledForBucket: true });
    assert.deepEqual(await client.getObjectLockConfiguration({ bucket: name }), {});
    await client.putObjectLockConfiguration({
      bucket: name,
      defaultRetention: { mode: "GOVERNANCE", days: 1 },
    });
    assert.deepEqual(await client.getObjectLockConfiguration({ bucket: name }), {
      defaultRetention: { mode: "GOVERNANCE", days: 1 },
    });
    await client.putObjectLockConfiguration({ bucket: name });

    const untilMs = Math.ceil(Date.now() / 1000) * 1000 + hourMs;
    const object = { bucket: name, key: "k" };
    const { versionId } = await client.putObject({
      ...object,
      body: "x",
      objectLockMode: "GOVERNANCE",
      objectLockRetainUntilDate: new Date(untilMs),
      objectLockLegalHoldStatus: "ON",
    });
    const version = { ...object, versionId };
    const info = await client.headObject(object);
    assert.deepEqual([info.retention, info.legalHold], [{ mode: "GOVERNANCE", untilMs }, "ON"]);
    assert.equal(await client.getObjectLegalHold(version), "ON");
    await assert.rejects(client.deleteObject({ ...version, bypassGovernanceRetention: true }), {
      code: "AccessDenied",
    });
    await client.putObjectLegalHold({ ...version, legalHold: "OFF" });
    assert.equal(await client.getObjectLegalHold(version), "OFF");
    await assert.rejects(client.deleteObject(version), { code: "AccessDenied" });
    await assert.rejects(
      client.putObjectRetention({ ...version, retention: { mode: "GOVERNANCE", untilMs: untilMs - 1000 } }),
      { code: "AccessDenied" },
    );
    await client.putObjectRetention({
      ...version,
      retention: { mode: "GOVERNANCE", untilMs: untilMs + hourMs },
    });
    assert.deepEqual(await client.getObjectRetention(version), {
      mode: "GOVERNANCE",
      untilMs: untilMs + hourMs,
    });
    const { errors } = await client.deleteObjects({ bucket: name, objects: [{ key: "k", versionId }] });
    assert.deepEqual(
      errors.map(({ code }) => code),
      ["AccessDenied"],
    );
    await client.deleteObject({ ...version, bypassGovernanceRetention: true });
    assert.deepEqual(await client.listVersions({ bucket: name }).toArray(), []);
  });
});
