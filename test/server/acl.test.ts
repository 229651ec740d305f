import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { addUser, removeUser } from "../../src/engine/users.ts";
import { other, owner, startTestServer, type TestServer } from "../support/server.ts";

/** The grants of an ACL document, one string each. */
function grants(xml: string): string[] {
  return [...xml.matchAll(/<Grant>(.*?)<\/Grant>/gs)]
    .map(([, grant = ""]) => {
      const who = /<(?:ID|URI)>(.*?)<\/(?:ID|URI)>/.exec(grant)?.[1] ?? "?";
      return `${who.split("/").at(-1)} ${/<Permission>(.*?)<\/Permission>/.exec(grant)?.[1]}`;
    })
    .sort();
}

const full = `${owner.id} FULL_CONTROL`;

/** What each canned ACL grants on a bucket, and on an object of the same owner: the tutorial's table. */
const canned: [name: string, bucket: string[], object: string[]][] = [
  ["private", [full], [full]],
  ["public-read", ["AllUsers READ", full], ["AllUsers READ", full]],
  ["public-read-write", ["AllUsers READ", "AllUsers WRITE", full], ["AllUsers READ", "AllUsers WRITE", full]],
  ["authenticated-read", ["AuthenticatedUsers READ", full], ["AuthenticatedUsers READ", full]],
  ["bucket-owner-read", [full], [full]],
  ["bucket-owner-full-control", [full], [full]],
  [
    "log-delivery-write",
    ["LogDelivery READ_ACP", "LogDelivery WRITE", full],
    ["LogDelivery READ_ACP", "LogDelivery WRITE", full],
  ],
];

describe("access control lists over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
  });
  after(() => s3.close());

  for (const [name, onBucket, onObject] of canned) {
    it(`${name} gives exactly its grants`, async () => {
      const headers = { "x-amz-acl": name };
      await s3.send(`PUT /canned-${name}`, { headers });
      assert.deepEqual(grants((await s3.send(`GET /canned-${name}?acl`)).text), onBucket.sort());
      await s3.send(`PUT /canned-${name}/key`, { headers, body: "x" });
      assert.deepEqual(grants((await s3.send(`GET /canned-${name}/key?acl`)).text), onObject.sort());
      await s3.send(`PUT /canned-${name}/later`, { body: "x" });
      assert.deepEqual(grants((await s3.send(`GET /canned-${name}/later?acl`)).text), [full]);
      assert.equal((await s3.send(`PUT /canned-${name}/later?acl`, { headers })).status, 200);
      assert.deepEqual(grants((await s3.send(`GET /canned-${name}/later?acl`)).text), onObject.sort());
    });
  }

  it("bucket-owner-read and -full-control grant to the bucket's owner what another user writes", async () => {
    await s3.send("PUT /drop", { headers: { "x-amz-acl": "public-read-write" } });
    for (const [acl, permission] of [
      ["bucket-owner-read", "READ"],
      ["bucket-owner-full-control", "FULL_CONTROL"],
    ]) {
      await s3.send(`PUT /drop/${acl}`, { as: other, body: "x", headers: { "x-amz-acl": acl as string } });
      const list = grants((await s3.send(`GET /drop/${acl}?acl`, { as: other })).text);
      assert.deepEqual(list, [`${other.id} FULL_CONTROL`, `${owner.id} ${permission}`].sort());
      assert.equal((await s3.send(`GET /drop/${acl}`)).status, 200);
    }
    await s3.send("PUT /drop/mine", { as: other, body: "x" });
    assert.equal((await s3.send("GET /drop/mine")).status, 403);
    assert.equal((await s3.send("DELETE /drop/mine")).status, 204);
  });

  it("anonymous reads, lists and writes where granted and nowhere else", async () => {
    const as = null;
    await s3.send("PUT /anon");
    await s3.send("PUT /anon/public", { body: "x", headers: { "x-amz-acl": "public-read" } });
    await s3.send("PUT /anon/private", { body: "x" });
    assert.equal((await s3.send("GET /anon/public", { as })).status, 200);
    assert.equal((await s3.send("GET /anon/private", { as })).status, 403);
    assert.equal((await s3.send("GET /anon", { as })).status, 403);
    assert.equal((await s3.send("PUT /anon/new", { as, body: "x" })).status, 403);
    assert.equal((await s3.send("GET /anon?acl", { as })).status, 403);
    await s3.send("PUT /anon?acl", { headers: { "x-amz-acl": "public-read" } });
    assert.equal((await s3.send("GET /anon", { as })).status, 200);
    assert.equal((await s3.send("GET /anon/missing", { as })).status, 404);
    assert.equal((await s3.send("PUT /anon/new", { as, body: "x" })).status, 403);
    await s3.send("PUT /anon?acl", { headers: { "x-amz-acl": "public-read-write" } });
    assert.equal((await s3.send("PUT /anon/new", { as, body: "x" })).status, 200);
    assert.equal(
      (await s3.send("GET /anon/new", { as })).status,
      403,
      "nobody in particular owns what anonymous wrote",
    );
    assert.equal((await s3.send("DELETE /anon/new", { as })).status, 204);
  });

  it("grants by header: id, e-mail, group; by XML; and unknown ones are errors", async () => {
    await s3.send("PUT /given");
    const put = (headers: Record<string, string>) => s3.send("PUT /given/key", { body: "x", headers });
    await put({ "x-amz-grant-read": `id="${other.id}"`, "x-amz-grant-full-control": `id="${owner.id}"` });
    assert.equal((await s3.send("GET /given/key", { as: other })).status, 200);
    assert.equal((await s3.send("GET /given/key?acl", { as: other })).status, 403);
    await put({ "x-amz-grant-read-acp": 'emailAddress="Other@example.com"' });
    assert.deepEqual(grants((await s3.send("GET /given/key?acl", { as: other })).text), [
      `${other.id} READ_ACP`,
    ]);
    assert.equal(
      (await put({ "x-amz-grant-read": 'emailAddress="no@body.org"' })).code,
      "UnresolvableGrantByEmailAddress",
    );
    assert.equal((await put({ "x-amz-grant-read": 'id="nobody"' })).code, "InvalidArgument");
    assert.equal((await put({ "x-amz-acl": "nonsense" })).code, "InvalidArgument");
    assert.equal(
      (await put({ "x-amz-acl": "private", "x-amz-grant-read": `id="${other.id}"` })).code,
      "InvalidRequest",
    );
  });

  it("who was removed may be named in any list, new ones and those of uploads in parts, and has rights again by the id", async () => {
    const gone = { name: "gone", accessKey: "AKIDGONE", secretKey: "secret of gone" };
    const { user } = await addUser(s3.engine, gone);
    await removeUser(s3.engine, "gone");
    const headers = { "x-amz-grant-read": `id="${user.id}"`, "x-amz-grant-full-control": `id="${owner.id}"` };
    const expected = [full, `${user.id} READ`].sort();
    await s3.send("PUT /left-over", { headers });
    assert.deepEqual(grants((await s3.send("GET /left-over?acl")).text), expected);
    const [, uploadId] = /<UploadId>(.*?)</.exec(
      (await s3.send("POST /left-over/parts?uploads", { headers })).text,
    ) ?? [""];
    const { headers: part } = await s3.send(`PUT /left-over/parts?partNumber=1&uploadId=${uploadId}`, {
      body: "x",
    });
    const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.etag}</ETag></Part></CompleteMultipartUpload>`;
    const completed = await s3.send(`POST /left-over/parts?uploadId=${uploadId}`, { body: list });
    assert.equal(completed.status, 200, completed.text);
    const { text } = await s3.send("GET /left-over/parts?acl");
    assert.deepEqual(grants(text), expected);
    assert.match(text, /<DisplayName>gone</);

    const back = { ...other, accessKeyId: "AKIDBACK", secretAccessKey: "secret of back" };
    assert.equal((await s3.send("GET /left-over/parts", { as: back })).code, "InvalidAccessKeyId");
    await addUser(s3.engine, {
      name: "back",
      id: user.id,
      accessKey: "AKIDBACK",
      secretKey: "secret of back",
    });
    assert.equal((await s3.send("GET /left-over/parts", { as: back })).text, "x");
    await s3.send("PUT /left-over/parts?acl", { headers });
    assert.match((await s3.send("GET /left-over/parts?acl")).text, /<DisplayName>back</);
  });

  it("an XML list replaces the list; its owner cannot change; WRITE_ACP is needed", async () => {
    await s3.send("PUT /doc");
    const document = (ownerId: string): string =>
      `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>${ownerId}</ID></Owner><AccessControlList>` +
      `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>${other.id}</ID></Grantee>` +
      `<Permission>WRITE</Permission></Grant></AccessControlList></AccessControlPolicy>`;
    assert.equal((await s3.send("PUT /doc?acl", { as: other, body: document(owner.id) })).status, 403);
    assert.equal((await s3.send("PUT /doc?acl", { body: document(other.id) })).code, "AccessDenied");
    assert.equal((await s3.send("PUT /doc?acl", { body: document(owner.id) })).status, 200);
    assert.deepEqual(grants((await s3.send("GET /doc?acl")).text), [`${other.id} WRITE`]);
    assert.equal((await s3.send("PUT /doc/key", { as: other, body: "x" })).status, 200);
    assert.equal((await s3.send("GET /doc", { as: other })).status, 403);
    assert.equal((await s3.send("PUT /doc?acl", { body: "<nonsense/>" })).code, "MalformedACLError");
    assert.equal((await s3.send("PUT /doc?acl")).code, "MissingSecurityHeader");
  });

  it("what nobody in particular has uploaded is the bucket's owner's to read, to tag and to open", async () => {
    await s3.send("PUT /drop", { headers: { "x-amz-acl": "public-read-write" } });
    assert.equal((await s3.send("PUT /drop/left", { as: null, body: "x" })).status, 200);
    assert.equal((await s3.send("GET /drop/left", { as: null })).code, "AccessDenied");
    assert.equal((await s3.send("GET /drop/left", { as: other })).code, "AccessDenied");
    assert.equal((await s3.send("GET /drop/left")).text, "x");
    assert.equal((await s3.send("GET /drop/left?tagging")).status, 200);
    assert.equal(
      (await s3.send("PUT /drop/left?acl", { headers: { "x-amz-acl": "public-read" } })).status,
      200,
    );
    assert.equal((await s3.send("GET /drop/left", { as: other })).text, "x");
  });
});
