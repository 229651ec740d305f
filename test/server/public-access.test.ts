import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { other, owner, startTestServer, type TestServer } from "../support/server.ts";

const switches = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

function block(...on: string[]): string {
  const members = switches.map((name) => `<${name}>${on.includes(name)}</${name}>`).join("");
  return `<PublicAccessBlockConfiguration>${members}</PublicAccessBlockConfiguration>`;
}

function policy(bucket: string, Principal: unknown, Action = "s3:GetObject", more: object = {}): string {
  const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal, Action, Resource, ...more },
  });
}

const isPublic = /<IsPublic>true<\/IsPublic>/;

describe("public access block over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
  });
  after(() => s3.close());

  async function bucketWith(name: string, ...on: string[]): Promise<void> {
    await s3.send(`PUT /${name}`);
    await s3.send(`PUT /${name}/key`, { body: "x" });
    if (on.length > 0) {
      assert.equal((await s3.send(`PUT /${name}?publicAccessBlock`, { body: block(...on) })).status, 200);
    }
  }

  it("is put, read and deleted; what is misspelt is refused", async () => {
    await bucketWith("block");
    assert.equal(
      (await s3.send("GET /block?publicAccessBlock")).code,
      "NoSuchPublicAccessBlockConfiguration",
    );
    const some =
      "<PublicAccessBlockConfiguration><BlockPublicAcls>TRUE</BlockPublicAcls></PublicAccessBlockConfiguration>";
    assert.equal((await s3.send("PUT /block?publicAccessBlock", { body: some })).status, 200);
    assert.ok(
      (await s3.send("GET /block?publicAccessBlock")).text.includes(block("BlockPublicAcls").slice(32, -33)),
    );
    for (const body of [
      "<PublicAccessBlockConfiguration><BlockPublicAcl>true</BlockPublicAcl></PublicAccessBlockConfiguration>",
      "<PublicAccessBlockConfiguration><BlockPublicAcls>yes</BlockPublicAcls></PublicAccessBlockConfiguration>",
      "<PublicAccessBlock/>",
      "nonsense",
    ]) {
      assert.equal((await s3.send("PUT /block?publicAccessBlock", { body })).code, "MalformedXML", body);
    }
    assert.equal((await s3.send("DELETE /block?publicAccessBlock")).status, 204);
    assert.equal((await s3.send("GET /block?publicAccessBlock")).status, 404);
  });

  it("BlockPublicAcls refuses public lists wherever one can be given, and no others", async () => {
    await bucketWith("no-acls", "BlockPublicAcls");
    const all = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"';
    const xml = `<AccessControlPolicy><Owner><ID>${owner.id}</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AuthenticatedUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>`;
    for (const headers of [
      { "x-amz-acl": "public-read" },
      { "x-amz-acl": "public-read-write" },
      { "x-amz-acl": "authenticated-read" },
      { "x-amz-grant-read": all },
    ]) {
      for (const line of [
        "PUT /no-acls?acl",
        "PUT /no-acls/key?acl",
        "PUT /no-acls/new",
        "POST /no-acls/new?uploads",
      ]) {
        assert.equal((await s3.send(line, { headers })).code, "AccessDenied", line);
      }
      const copy = await s3.send("PUT /no-acls/new", {
        headers: { ...headers, "x-amz-copy-source": "/no-acls/key" },
      });
      assert.match(copy.text, /<Code>AccessDenied/);
    }
    for (const line of ["PUT /no-acls?acl", "PUT /no-acls/key?acl"]) {
      assert.equal((await s3.send(line, { body: xml })).code, "AccessDenied", line);
      assert.equal(
        (await s3.send(line, { headers: { "x-amz-grant-read": `id="${other.id}"` } })).status,
        200,
      );
    }
    assert.equal((await s3.send("GET /no-acls/new")).status, 404);
  });

  it("IgnorePublicAcls makes public lists count for nothing, and leaves grants to users", async () => {
    await bucketWith("ignored");
    await s3.send("PUT /ignored?acl", { headers: { "x-amz-acl": "public-read" } });
    await s3.send("PUT /ignored/key?acl", { headers: { "x-amz-acl": "authenticated-read" } });
    assert.equal((await s3.send("GET /ignored", { as: null })).status, 200);
    assert.match((await s3.send("GET /ignored?policyStatus")).text, isPublic);
    await s3.send("PUT /ignored?publicAccessBlock", { body: block("IgnorePublicAcls") });
    assert.equal((await s3.send("GET /ignored", { as: null })).code, "AccessDenied");
    assert.equal((await s3.send("GET /ignored/key", { as: other })).code, "AccessDenied");
    assert.doesNotMatch((await s3.send("GET /ignored?policyStatus")).text, isPublic);
    const headers = { "x-amz-grant-read": `id="${other.id}"` };
    await s3.send("PUT /ignored/key?acl", { headers });
    assert.equal((await s3.send("GET /ignored/key", { as: other })).status, 200);
  });

  it("BlockPublicPolicy refuses a public policy and takes another", async () => {
    await bucketWith("no-policy", "BlockPublicPolicy");
    const put = (body: string) => s3.send("PUT /no-policy?policy", { body });
    assert.equal((await put(policy("no-policy", "*"))).code, "AccessDenied");
    assert.equal((await put(policy("no-policy", { CanonicalUser: other.id }))).status, 204);
    const Condition = { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } };
    assert.equal((await put(policy("no-policy", "*", "s3:GetObject", { Condition }))).status, 204);
    assert.equal((await s3.send("GET /no-policy/key", { as: null })).status, 200);
  });

  it("RestrictPublicBuckets leaves a public policy to the bucket's owner", async () => {
    await bucketWith("restricted");
    await s3.send("PUT /restricted?policy", { body: policy("restricted", "*") });
    assert.equal((await s3.send("GET /restricted/key", { as: null })).status, 200);
    assert.match((await s3.send("GET /restricted?policyStatus")).text, isPublic);
    await s3.send("PUT /restricted?publicAccessBlock", { body: block("RestrictPublicBuckets") });
    assert.equal((await s3.send("GET /restricted/key", { as: null })).code, "AccessDenied");
    assert.equal((await s3.send("GET /restricted/key", { as: other })).code, "AccessDenied");
    assert.equal((await s3.send("GET /restricted/key")).status, 200);
    // A policy that is not public is not restricted.
    await s3.send("PUT /restricted?policy", { body: policy("restricted", { CanonicalUser: other.id }) });
    assert.equal((await s3.send("GET /restricted/key", { as: other })).status, 200);
  });
});

describe("ownership controls over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
  });
  after(() => s3.close());

  /** A bucket into which everybody may write. */
  async function bucketWith(name: string, ownership: string): Promise<void> {
    await s3.send(`PUT /${name}`, { headers: { "x-amz-object-ownership": ownership } });
    await s3.send(`PUT /${name}?policy`, { body: policy(name, "*", "s3:*") });
  }

  async function ownerOf(path: string): Promise<string | undefined> {
    for (const as of [owner, other]) {
      const { status, text } = await s3.send(`GET ${path}?acl`, { as });
      if (status === 200) return /<Owner><ID>(.*?)<\/ID>/.exec(text)?.[1];
    }
    return undefined;
  }

  it("ObjectWriter, and a bucket of which nothing was said: whoever writes owns", async () => {
    await s3.send("PUT /plain", { headers: { "x-amz-acl": "public-read-write" } });
    assert.equal((await s3.send("GET /plain?ownershipControls")).code, "OwnershipControlsNotFoundError");
    await s3.send("PUT /plain/a", {
      as: other,
      body: "x",
      headers: { "x-amz-acl": "bucket-owner-full-control" },
    });
    assert.equal(await ownerOf("/plain/a"), other.id);
    await bucketWith("writer", "ObjectWriter");
    await s3.send("PUT /writer/a", { as: other, body: "x" });
    assert.equal(await ownerOf("/writer/a"), other.id);
  });

  it("BucketOwnerPreferred: bucket-owner-full-control gives the object away", async () => {
    await bucketWith("preferred", "BucketOwnerPreferred");
    const headers = { "x-amz-acl": "bucket-owner-full-control" };
    await s3.send("PUT /preferred/a", { as: other, body: "x" });
    await s3.send("PUT /preferred/b", { as: other, body: "x", headers });
    assert.equal(await ownerOf("/preferred/a"), other.id);
    assert.equal(await ownerOf("/preferred/b"), owner.id);
  });

  it("BucketOwnerEnforced: every object is the bucket owner's, and lists are refused and count for nothing", async () => {
    await s3.send("PUT /late", { headers: { "x-amz-acl": "public-read" } });
    await s3.send("PUT /late?policy", { body: policy("late", { CanonicalUser: other.id }, "s3:*") });
    await s3.send("PUT /late/theirs", { as: other, body: "x", headers: { "x-amz-acl": "public-read" } });
    const enforced =
      "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>";
    const put = () => s3.send("PUT /late?ownershipControls", { body: enforced });
    assert.equal((await put()).code, "InvalidBucketAclWithObjectOwnership");
    await s3.send("PUT /late?acl", { headers: { "x-amz-acl": "private" } });
    assert.equal((await put()).status, 200);
    assert.equal(await ownerOf("/late/theirs"), owner.id);
    assert.equal((await s3.send("GET /late/theirs")).status, 200);
    for (const query of ["", "?list-type=2&fetch-owner=true", "?versions"]) {
      const { text } = await s3.send(`GET /late${query}`);
      assert.ok(text.includes(owner.id) && !text.includes(other.id), `${query}: ${text}`);
    }
    assert.equal((await s3.send("GET /late/theirs", { as: null })).code, "AccessDenied");

    for (const line of ["PUT /late/new", "PUT /late/theirs?acl", "PUT /late?acl", "POST /late/new?uploads"]) {
      const { code } = await s3.send(line, { headers: { "x-amz-acl": "private" } });
      assert.equal(code, "AccessControlListNotSupported", line);
    }
    for (const headers of [
      {},
      { "x-amz-acl": "bucket-owner-full-control" },
      { "x-amz-grant-full-control": `id="${owner.id}"` },
    ]) {
      assert.equal((await s3.send("PUT /late/new", { as: other, body: "x", headers })).status, 200);
      assert.equal(await ownerOf("/late/new"), owner.id);
    }
    assert.equal((await s3.send("DELETE /late?ownershipControls")).status, 204);
    assert.equal(await ownerOf("/late/theirs"), other.id, "it was only not counted");
  });

  it("what is no setting, or contradicts the ACL, is refused and makes no bucket", async () => {
    const create = (headers: Record<string, string>) => s3.send("PUT /never", { headers });
    assert.equal((await create({ "x-amz-object-ownership": "Mine" })).code, "InvalidArgument");
    const enforced = { "x-amz-object-ownership": "BucketOwnerEnforced" };
    assert.equal(
      (await create({ ...enforced, "x-amz-acl": "public-read" })).code,
      "InvalidBucketAclWithObjectOwnership",
    );
    assert.equal((await s3.send("HEAD /never")).status, 404);
    await s3.send("PUT /ever");
    for (const body of [
      "<OwnershipControls/>",
      "<OwnershipControls><Rule><ObjectOwnership>Mine</ObjectOwnership></Rule></OwnershipControls>",
      "<OwnershipControls><Rule/></OwnershipControls>",
    ]) {
      assert.equal((await s3.send("PUT /ever?ownershipControls", { body })).code, "MalformedXML", body);
    }
  });
});
