/** Attacks on rights, each named after the advisory of a server that it worked on. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { policy } from "../support/policy.ts";
import { other, owner, type SendOptions, type TestServer } from "../support/server.ts";
import { startWithPrivateObject } from "./private-object.ts";

describe("attacks on rights", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startWithPrivateObject();
  });
  after(() => s3.close());

  it("CVE-2016-7031: anonymous lists a private bucket", async () => {
    for (const query of ["", "?list-type=2", "?versions", "?uploads", "?prefix=k&max-keys=1"]) {
      const sent = await s3.send(`GET /private${query}`, { as: null });
      assert.ok([403, 501].includes(sent.status), `${query}: ${sent.status}`);
      assert.doesNotMatch(sent.text, /<Key>key<\/Key><(?:LastModified|VersionId|UploadId)/);
    }
  });

  it("the right to list keys does not list versions", async () => {
    await s3.send("PUT /listed");
    await s3.send("PUT /listed?policy", { body: policy("listed", { Action: "s3:ListBucket" }) });
    assert.equal((await s3.send("GET /listed", { as: null })).status, 200);
    const sent = await s3.send("GET /listed?versions", { as: null });
    assert.ok([403, 501].includes(sent.status), String(sent.status));
  });

  it("CVE-2026-39360: a copy of what one may not read, whole, in part or an old version", async () => {
    const started = await s3.send("POST /theirs/part?uploads", { as: other });
    const uploadId = /<UploadId>(.*?)<\/UploadId>/.exec(started.text)?.[1];
    for (const source of [
      "/private/key",
      "private/key",
      "/private/key?versionId=null",
      "private%2Fkey",
      "%2Fprivate%2Fkey",
    ]) {
      const headers = { "x-amz-copy-source": source };
      const whole = await s3.send("PUT /theirs/copy", { as: other, headers });
      assert.match(whole.text, /<Code>AccessDenied<\/Code>/, source);
      const part = await s3.send(`PUT /theirs/part?partNumber=1&uploadId=${uploadId}`, {
        as: other,
        headers,
      });
      assert.match(part.text, /<Code>AccessDenied<\/Code>/, source);
    }
    assert.equal((await s3.send("GET /theirs/copy", { as: other })).status, 404);
  });

  it("CVE-2026-39360: a rename of what one may delete and not read", async () => {
    await s3.send("PUT /renamed");
    await s3.send("PUT /renamed/secret", { body: "secret" });
    const everything = { Action: ["s3:PutObject", "s3:DeleteObject"] };
    const some = { Action: "s3:GetObject", Resource: "arn:aws:s3:::renamed/public/*" };
    await s3.send("PUT /renamed?policy", { body: policy("renamed", everything, some) });
    for (const source of ["secret", "none"]) {
      const headers = { "x-amz-rename-source": `/renamed/${source}` };
      const sent = await s3.send("PUT /renamed/public/a?renameObject", { as: other, headers });
      assert.equal(sent.code, "AccessDenied", source);
    }
    assert.equal((await s3.send("GET /renamed/secret")).text, "secret");
    const headers = { "x-amz-rename-source": "/renamed/secret" };
    assert.equal((await s3.send("PUT /renamed/public/a?renameObject", { headers })).status, 200);
    assert.equal((await s3.send("GET /renamed/public/a", { as: other })).text, "secret");
  });

  it("CVE-2023-25812: a bypass of governance that a policy denies, or that nobody allows", async () => {
    await s3.send("PUT /locked", { headers: { "x-amz-bucket-object-lock-enabled": "true" } });
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const put = await s3.send("PUT /locked/key", {
      body: "x",
      headers: {
        "content-md5": createHash("md5").update("x").digest("base64"),
        "x-amz-object-lock-mode": "GOVERNANCE",
        "x-amz-object-lock-retain-until-date": until,
      },
    });
    assert.equal(put.status, 200, put.text);
    const versionId = String(put.headers["x-amz-version-id"]);
    const bypass = { "x-amz-bypass-governance-retention": "true" };
    const remove = (as: typeof owner) =>
      s3.send(`DELETE /locked/key?versionId=${versionId}`, { as, headers: bypass });
    const open = { Action: "s3:*", NotAction: undefined };
    const without = { NotAction: "s3:BypassGovernanceRetention" };
    await s3.send("PUT /locked?policy", { body: policy("locked", without) });
    assert.equal((await remove(other)).code, "AccessDenied", "all but the bypass is allowed");
    const deny = { Effect: "Deny", Action: "s3:BypassGovernanceRetention" };
    await s3.send("PUT /locked?policy", { body: policy("locked", open, deny) });
    for (const as of [other, owner]) assert.equal((await remove(as)).code, "AccessDenied", as.name);
    const plain = await s3.send(`DELETE /locked/key?versionId=${versionId}`);
    assert.equal(plain.code, "AccessDenied", "without the header");
    await s3.send("PUT /locked?policy", { body: policy("locked", open) });
    assert.equal((await remove(other)).status, 204);
  });

  describe("WRITE on a bucket", () => {
    const uploadOf = async (as: SendOptions["as"], headers: Record<string, string> = {}): Promise<string> => {
      const { text } = await s3.send("POST /shared/upload?uploads", { as: as ?? null, headers });
      return /<UploadId>(.*?)<\/UploadId>/.exec(text)?.[1] ?? "";
    };
    before(async () => {
      await s3.send("PUT /shared", { headers: { "x-amz-acl": "public-read-write" } });
      const enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
      await s3.send("PUT /shared?versioning", { body: enabled });
    });

    it("removes no version for good, which is the bucket owner's, or a policy's", async () => {
      const { headers } = await s3.send("PUT /shared/kept", { body: "kept" });
      const versionId = String(headers["x-amz-version-id"]);
      const body = `<Delete><Object><Key>kept</Key><VersionId>${versionId}</VersionId></Object></Delete>`;
      const digest = { "content-md5": createHash("md5").update(body).digest("base64") };
      for (const as of [null, other]) {
        const one = await s3.send(`DELETE /shared/kept?versionId=${versionId}`, { as });
        assert.deepEqual([one.status, one.code], [403, "AccessDenied"]);
        const many = await s3.send("POST /shared?delete", { as, body, headers: digest });
        assert.match(many.text, /<Code>AccessDenied<\/Code>/);
        assert.equal((await s3.send("DELETE /shared/kept", { as })).status, 204, "a marker may be put");
      }
      assert.equal((await s3.send(`GET /shared/kept?versionId=${versionId}`)).text, "kept");
      await s3.send("PUT /shared?policy", { body: policy("shared", { Action: "s3:DeleteObjectVersion" }) });
      const allowed = await s3.send(`DELETE /shared/kept?versionId=${versionId}`, { as: other });
      await s3.send("DELETE /shared?policy");
      assert.equal(allowed.status, 204);
    });

    it("gives no hold on an upload that somebody else began", async () => {
      const uploadId = await uploadOf(owner);
      const part = `/shared/upload?partNumber=1&uploadId=${uploadId}`;
      const { headers } = await s3.send(`PUT ${part}`, { body: "owner's" });
      const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${headers.etag}</ETag></Part></CompleteMultipartUpload>`;
      await s3.send("PUT /shared/mine", { as: other, body: "mine" });
      for (const as of [null, other]) {
        for (const [line, options] of [
          [`GET /shared/upload?uploadId=${uploadId}`, {}],
          [`PUT ${part}`, { body: "changed" }],
          [`PUT ${part}`, { headers: { "x-amz-copy-source": "/shared/mine" } }],
          [`POST /shared/upload?uploadId=${uploadId}`, { body: list }],
          [`DELETE /shared/upload?uploadId=${uploadId}`, {}],
        ] as [string, SendOptions][]) {
          const sent = await s3.send(line, { ...options, as });
          assert.match(sent.text, /<Code>AccessDenied<\/Code>/, `${line} by ${as?.name}`);
        }
      }
      const action = "s3:AbortMultipartUpload";
      await s3.send("PUT /shared?policy", { body: policy("shared", { Action: action }) });
      const aborted = await s3.send(`DELETE /shared/upload?uploadId=${uploadId}`, { as: other });
      await s3.send("DELETE /shared?policy");
      assert.equal(aborted.status, 204);
    });

    it("keeps an upload in the hands of who began it, also where the object will be the bucket owner's", async () => {
      const controls =
        "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>";
      await s3.send("PUT /shared?ownershipControls", { body: controls });
      const uploadId = await uploadOf(other, { "x-amz-acl": "bucket-owner-full-control" });
      await s3.send("DELETE /shared?ownershipControls");
      const query = `uploadId=${uploadId}`;
      const put = await s3.send(`PUT /shared/upload?partNumber=1&${query}`, { as: other, body: "x" });
      assert.equal(put.status, 200);
      const { text } = await s3.send(`GET /shared/upload?${query}`, { as: other });
      assert.match(text, new RegExp(`<Initiator><ID>${other.id}<.*<Owner><ID>${owner.id}<`));
      const listed = await s3.send("GET /shared?uploads");
      assert.match(listed.text, new RegExp(`<Initiator><ID>${other.id}<.*<Owner><ID>${owner.id}<`));
      // The bucket's owner ends whatever is begun there.
      assert.equal((await s3.send(`DELETE /shared/upload?${query}`)).status, 204);
    });
  });

  it("a Deny for everybody holds for anonymous, whatever lists grant", async () => {
    await s3.send("PUT /denied", { headers: { "x-amz-acl": "public-read-write" } });
    await s3.send("PUT /denied/key", { body: "x", headers: { "x-amz-acl": "public-read" } });
    assert.equal((await s3.send("GET /denied/key", { as: null })).status, 200);
    await s3.send("PUT /denied?policy", { body: policy("denied", { Effect: "Deny", Action: "s3:*" }) });
    for (const line of ["GET /denied/key", "GET /denied", "PUT /denied/new", "DELETE /denied/key"]) {
      assert.equal((await s3.send(line, { as: null })).code, "AccessDenied", line);
    }
  });

  it("CVE-2026-21862: X-Forwarded-For does not change where a request comes from", async () => {
    await s3.send("PUT /inside");
    await s3.send("PUT /inside/key", { body: "x" });
    const Condition = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
    await s3.send("PUT /inside?policy", { body: policy("inside", { Action: "s3:GetObject", Condition }) });
    for (const headers of [
      { "x-forwarded-for": "10.0.0.1" },
      { "x-real-ip": "10.0.0.1" },
      { forwarded: "for=10.0.0.1" },
      { "x-forwarded-proto": "https", "x-forwarded-host": "10.0.0.1", via: "1.1 10.0.0.1" },
    ]) {
      assert.equal((await s3.send("GET /inside/key", { as: null, headers })).code, "AccessDenied");
    }
  });

  it("CVE-2026-34204: headers that servers send each other mean nothing from outside", async () => {
    const headers = {
      "x-amz-replication-status": "REPLICA",
      "x-amz-version-id": "11111111111111111111111111111111",
      "x-amz-delete-marker": "true",
      "x-amz-expiration": "never",
      "x-minio-source-mtime": "2001-01-01T00:00:00Z",
      "x-minio-replication-server-side-encryption-sealed-key": "AAAA",
      "x-stowage-internal": "1",
      "x-amz-request-id": "chosen",
      etag: '"chosen"',
      "last-modified": "Mon, 01 Jan 2001 00:00:00 GMT",
    };
    assert.equal((await s3.send("PUT /private/plain", { body: "x", headers })).status, 200);
    const got = await s3.send("GET /private/plain");
    assert.equal(got.text, "x");
    for (const name of Object.keys(headers)) {
      const value = got.headers[name as keyof typeof headers];
      if (value !== undefined) assert.notEqual(value, headers[name as keyof typeof headers], name);
    }
  });

  it("CVE-2025-62506: a key that is no administrator's makes no users and no keys, its own neither", async () => {
    const body = JSON.stringify({ name: "wider", admin: true });
    for (const line of [
      "POST /_stowage/users",
      "GET /_stowage/users",
      `POST /_stowage/users/${other.name}/keys`,
      `GET /_stowage/users/${owner.name}/keys`,
      `DELETE /_stowage/users/${owner.name}`,
    ]) {
      for (const as of [other, null]) {
        const sent = await s3.send(line, { as, body: line.startsWith("POST") ? body : "" });
        assert.ok([403, 404, 405].includes(sent.status), `${line}: ${sent.status} ${sent.text}`);
      }
    }
    assert.equal((await s3.send("GET /private/key")).status, 200);
  });

  it("a tag goes to the key that it was sent for", async () => {
    for (const key of ["t", "t/", "t/t", "T", "t%2F%2F"]) await s3.send(`PUT /private/${key}`, { body: "x" });
    const body = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    assert.equal((await s3.send("PUT /private/t%2Ft?tagging", { body })).status, 200);
    for (const [key, count] of [
      ["t", 0],
      ["t/", 0],
      ["t/t", 1],
      ["T", 0],
      ["t//", 0],
    ] as const) {
      const { text } = await s3.send(`GET /private/${key}?tagging`);
      assert.equal(text.match(/<Tag>/g)?.length ?? 0, count, key);
    }
  });
});
