import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { addUser, removeUser } from "../../src/engine/users.ts";
import { policy } from "../support/policy.ts";
import { other, owner, startTestServer, type TestServer } from "../support/server.ts";

describe("bucket policies over HTTP", () => {
  let s3: TestServer;
  let buckets = 0;
  before(async () => {
    s3 = await startTestServer();
  });
  after(() => s3.close());

  /** A bucket with an object `key`, and the policy that the statements make. */
  async function bucketWith(...statements: object[]): Promise<string> {
    const name = `policy-${++buckets}`;
    await s3.send(`PUT /${name}`);
    await s3.send(`PUT /${name}/key`, { body: "x" });
    if (statements.length > 0) await setPolicy(name, policy(name, ...statements));
    return name;
  }

  async function setPolicy(bucket: string, text: string): Promise<void> {
    const { status, text: answer } = await s3.send(`PUT /${bucket}?policy`, { body: text });
    assert.equal(status, 204, answer);
  }

  it("a policy is put, read back to the letter, and deleted", async () => {
    const bucket = await bucketWith();
    assert.equal((await s3.send(`GET /${bucket}?policy`)).code, "NoSuchBucketPolicy");
    const text = `${policy(bucket, { Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` })}  \n`;
    await setPolicy(bucket, text);
    const read = await s3.send(`GET /${bucket}?policy`);
    assert.deepEqual([read.status, read.text, read.headers["content-type"]], [200, text, "application/json"]);
    assert.equal((await s3.send(`DELETE /${bucket}?policy`)).status, 204);
    assert.equal((await s3.send(`GET /${bucket}?policy`)).code, "NoSuchBucketPolicy");
    assert.equal((await s3.send(`DELETE /${bucket}?policy`)).status, 204);
    assert.equal((await s3.send(`GET /${bucket}/key`, { as: null })).status, 403);
  });

  it("Allow lets in whom no list does, and no further than it says", async () => {
    const bucket = await bucketWith({ Action: "s3:GetObject", Resource: "arn:aws:s3:::policy-2/*" });
    assert.equal(bucket, "policy-2");
    assert.equal((await s3.send(`GET /${bucket}/key`, { as: null })).status, 200);
    assert.equal((await s3.send(`HEAD /${bucket}/key`, { as: other })).status, 200);
    assert.equal((await s3.send(`GET /${bucket}`, { as: other })).code, "AccessDenied");
    assert.equal((await s3.send(`PUT /${bucket}/new`, { as: other, body: "x" })).code, "AccessDenied");
    assert.equal((await s3.send(`GET /${bucket}/key?acl`, { as: other })).code, "AccessDenied");
    assert.equal((await s3.send(`GET /${bucket}/key?versionId=null`, { as: other })).code, "AccessDenied");
  });

  it("Deny beats the owner, a grant and an Allow", async () => {
    const bucket = await bucketWith(
      { Action: "s3:*" },
      { Effect: "Deny", Action: "s3:GetObject", Resource: "arn:aws:s3:::policy-3/key" },
    );
    await s3.send(`PUT /${bucket}/key?acl`, { headers: { "x-amz-acl": "public-read" } });
    for (const as of [owner, other, null]) {
      assert.equal(
        (await s3.send(`GET /${bucket}/key`, { as })).code,
        "AccessDenied",
        as?.name ?? "anonymous",
      );
    }
    assert.equal((await s3.send(`GET /${bucket}?location`, { as: other })).status, 200);
  });

  it("whoever gets the name of a user who was removed is not whom a policy means", async () => {
    const named = { name: "named", accessKey: "AKIDNAMED", secretKey: "secret of named" };
    const keys = { ...other, accessKeyId: "AKIDNAMED", secretAccessKey: "secret of named" };
    for (const name of ["named", "__proto__"]) {
      const { user } = await addUser(s3.engine, { ...named, name });
      const bucket = await bucketWith({
        Principal: { AWS: `arn:aws:iam:::user/${name}` },
        Action: "s3:ListBucket",
      });
      const list = async (): Promise<number> => (await s3.send(`GET /${bucket}`, { as: keys })).status;
      assert.equal(await list(), 200);
      await removeUser(s3.engine, name);
      await addUser(s3.engine, { ...named, name });
      assert.equal(await list(), 403);
      await removeUser(s3.engine, name);
      await addUser(s3.engine, { ...named, name, id: user.id });
      assert.equal(await list(), 200);
      await removeUser(s3.engine, name);
    }
  });

  it("a user is named by name, by canonical id, by ARN, and by all but", async () => {
    for (const Principal of [
      { AWS: "arn:aws:iam:::user/other" },
      { AWS: [`arn:aws:iam:::user/${other.id}`] },
      { AWS: `arn:aws:iam::${other.id}:root` },
      { AWS: `arn:aws:iam::${other.id}:user/other` },
      { AWS: other.id },
      { CanonicalUser: other.id.toUpperCase() },
    ]) {
      const bucket = await bucketWith({ Principal, Action: "s3:ListBucket" });
      assert.equal((await s3.send(`GET /${bucket}`, { as: other })).status, 200, JSON.stringify(Principal));
      assert.equal((await s3.send(`GET /${bucket}`, { as: null })).code, "AccessDenied");
    }
    const bucket = await bucketWith(
      { Action: "s3:ListBucket" },
      {
        Effect: "Deny",
        NotPrincipal: { AWS: "arn:aws:iam:::user/other" },
        Principal: undefined,
        Action: "s3:*",
      },
    );
    assert.equal((await s3.send(`GET /${bucket}`, { as: other })).status, 200);
    assert.equal((await s3.send(`GET /${bucket}`)).code, "AccessDenied");
    assert.equal((await s3.send(`GET /${bucket}`, { as: null })).code, "AccessDenied");
  });

  it("a policy that names nobody known, another bucket, or nothing that is, is refused and changes nothing", async () => {
    const bucket = await bucketWith({ Action: "s3:ListBucket" });
    const wrong: [object | string, RegExp][] = [
      ["", /Request body is empty/],
      ["nonsense", /first byte must be/],
      ["{", /valid JSON/],
      ['{"Version":"2012-10-17"}', /Missing required field Statement/],
      [{ Action: "s3:GetObjct" }, /Policy has invalid action: "s3:GetObjct"/],
      [
        { Action: "s3:GetObject", Resource: "arn:aws:s3:::elsewhere/*" },
        /invalid resource: "arn:aws:s3:::elsewhere/,
      ],
      [{ Action: "s3:*", Principal: { AWS: "arn:aws:iam:::user/nobody" } }, /there is no user "nobody"/],
      [{ Action: "s3:*", Principal: { CanonicalUser: "c".repeat(64) } }, /there is no user "ccc/],
      [{ Action: "s3:*", Effect: "allow" }, /Invalid effect: "allow"/],
      [
        { Action: "s3:*", Condition: { StringEquals: { "s3:prefx": "a" } } },
        /invalid condition key: "s3:prefx"/,
      ],
    ];
    for (const [input, message] of wrong) {
      const body = typeof input === "string" ? input : policy(bucket, input);
      const { status, code, text } = await s3.send(`PUT /${bucket}?policy`, { body });
      assert.deepEqual(
        [status, code],
        [400, body === "" ? "MissingRequestBodyError" : "MalformedPolicy"],
        text,
      );
      assert.match(text, message);
    }
    assert.equal((await s3.send(`GET /${bucket}`, { as: null })).status, 200);
  });

  it("its owner alone may change a policy, and no policy locks the owner out", async () => {
    const bucket = await bucketWith({ Effect: "Deny", Action: "s3:*" });
    assert.equal((await s3.send(`GET /${bucket}`)).code, "AccessDenied");
    assert.equal((await s3.send(`GET /${bucket}?policy`)).status, 200);
    const headers = { "x-amz-confirm-remove-self-bucket-access": "true" };
    const open = policy(bucket, { Action: "s3:*" });
    assert.equal((await s3.send(`PUT /${bucket}?policy`, { as: other, body: open })).code, "AccessDenied");
    assert.equal((await s3.send(`PUT /${bucket}?policy`, { body: open, headers })).status, 204);
    // AWS: the permission is there, but the policy is of another account.
    assert.equal((await s3.send(`GET /${bucket}?policy`, { as: other })).code, "MethodNotAllowed");
    assert.equal((await s3.send(`DELETE /${bucket}?policy`, { as: other })).code, "MethodNotAllowed");
    assert.equal((await s3.send(`PUT /${bucket}?policy`, { as: null, body: open })).code, "MethodNotAllowed");
    assert.equal((await s3.send(`DELETE /${bucket}?policy`)).status, 204);
  });

  it("a key that is missing is 404 for who may list it, else 403", async () => {
    const bucket = await bucketWith({
      Action: "s3:ListBucket",
      Resource: `arn:aws:s3:::policy-${buckets + 1}`,
      Condition: { StringLike: { "s3:prefix": "public/*" } },
    });
    assert.equal((await s3.send(`HEAD /${bucket}/public/none`, { as: other })).status, 404);
    assert.equal((await s3.send(`HEAD /${bucket}/private/none`, { as: other })).status, 403);
    await setPolicy(
      bucket,
      policy(bucket, { Action: "s3:ListBucket" }, { Effect: "Deny", Action: "s3:GetObject" }),
    );
    assert.equal((await s3.send(`GET /${bucket}/public/none`, { as: other })).code, "AccessDenied");
  });

  it("a bucket's owner cannot give away an object that another owns, and can deny it", async () => {
    const bucket = await bucketWith({ Action: "s3:*" });
    await s3.send(`PUT /${bucket}/theirs`, { as: other, body: "x" });
    assert.equal((await s3.send(`GET /${bucket}/theirs`, { as: null })).code, "AccessDenied");
    assert.equal((await s3.send(`GET /${bucket}/theirs`)).code, "AccessDenied");
    assert.equal((await s3.send(`GET /${bucket}/theirs`, { as: other })).status, 200);
    await setPolicy(bucket, policy(bucket, { Effect: "Deny", Action: "s3:GetObject" }));
    assert.equal((await s3.send(`GET /${bucket}/theirs`, { as: other })).code, "AccessDenied");
  });

  it("a header that does more than the operation needs the action for it", async () => {
    const bucket = await bucketWith({
      Action: "s3:PutObject",
      Resource: `arn:aws:s3:::policy-${buckets + 1}/*`,
    });
    const headers = { "x-amz-acl": "public-read" };
    assert.equal((await s3.send(`PUT /${bucket}/a`, { as: other, body: "x" })).status, 200);
    assert.equal((await s3.send(`PUT /${bucket}/b`, { as: other, body: "x", headers })).code, "AccessDenied");
    await setPolicy(bucket, policy(bucket, { Action: ["s3:PutObject", "s3:PutObjectAcl"] }));
    assert.equal((await s3.send(`PUT /${bucket}/b`, { as: other, body: "x", headers })).status, 200);
    await setPolicy(bucket, policy(bucket, { Effect: "Deny", Action: "s3:PutObjectAcl" }));
    assert.equal((await s3.send(`PUT /${bucket}/c`, { body: "x", headers })).code, "AccessDenied");
    assert.equal((await s3.send(`PUT /${bucket}/c`, { body: "x" })).status, 200);
  });

  it("a copy needs the right to read its source", async () => {
    const source = await bucketWith({
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::policy-${buckets + 1}/public/*`,
    });
    await s3.send(`PUT /${source}/public/a`, { body: "open" });
    await s3.send("PUT /copies", { as: other });
    const copy = (from: string) =>
      s3.send("PUT /copies/key", { as: other, headers: { "x-amz-copy-source": `/${source}/${from}` } });
    assert.equal((await copy("public/a")).status, 200);
    assert.match((await copy("key")).text, /<Code>AccessDenied/);
    assert.match((await copy("public/a?versionId=null")).text, /<Code>AccessDenied/);
  });

  it("the policy of docs/guides/access-control.md does what the guide says", async () => {
    const guide = readFileSync("docs/guides/access-control.md", "utf8");
    const text = /```json\n(.*?)```/s.exec(guide)?.[1] ?? "";
    await s3.send("PUT /photos");
    await s3.send("PUT /photos/public/cat", { body: "x" });
    const ann = { name: "ann", accessKeyId: "AKIDANN0000000000000", secretAccessKey: "ann-secret" };
    const { user } = await addUser(s3.engine, {
      name: ann.name,
      accessKey: ann.accessKeyId,
      secretKey: ann.secretAccessKey,
    });
    const as = { ...ann, id: user.id, email: "" };
    await setPolicy("photos", text.trim());
    assert.equal((await s3.send("GET /photos/public/cat", { as: null })).code, "AccessDenied", "plain HTTP");
    const { Statement } = JSON.parse(text) as { Statement: object[] };
    await setPolicy("photos", policy("photos", ...Statement.slice(0, 2)));
    assert.equal((await s3.send("GET /photos/public/cat", { as: null })).status, 200);
    assert.equal((await s3.send("PUT /photos/inbox/new", { as, body: "x" })).status, 200);
    assert.equal((await s3.send("PUT /photos/new", { as, body: "x" })).code, "AccessDenied");
    assert.equal((await s3.send("PUT /photos/inbox/new", { as: other, body: "x" })).code, "AccessDenied");
  });

  it("tags that are there, and tags that a request brings, are asked for", async () => {
    const bucket = await bucketWith();
    const tag = (key: string, value: string) =>
      s3.send(`PUT /${bucket}/${key}?tagging`, {
        body: `<Tagging><TagSet><Tag><Key>class</Key><Value>${value}</Value></Tag></TagSet></Tagging>`,
      });
    await s3.send(`PUT /${bucket}/secret`, { body: "x" });
    await tag("key", "public");
    await tag("secret", "private");
    await setPolicy(
      bucket,
      policy(
        bucket,
        { Action: "s3:GetObject", Condition: { StringEquals: { "s3:ExistingObjectTag/class": "public" } } },
        {
          Action: ["s3:PutObject", "s3:PutObjectTagging"],
          Condition: {
            StringEquals: { "s3:RequestObjectTag/class": "public" },
            "ForAllValues:StringEquals": { "s3:RequestObjectTagKeys": ["class"] },
          },
        },
      ),
    );
    assert.equal((await s3.send(`GET /${bucket}/key`, { as: other })).status, 200);
    assert.equal((await s3.send(`GET /${bucket}/secret`, { as: other })).code, "AccessDenied");
    const put = (tagging: string) =>
      s3.send(`PUT /${bucket}/new`, { as: other, body: "x", headers: { "x-amz-tagging": tagging } });
    assert.equal((await put("class=public")).status, 200);
    assert.equal((await put("class=private")).code, "AccessDenied");
    assert.equal((await put("class=public&owner=me")).code, "AccessDenied");
    const retag = (value: string) =>
      s3.send(`PUT /${bucket}/key?tagging`, {
        as: other,
        body: `<Tagging><TagSet><Tag><Key>class</Key><Value>${value}</Value></Tag></TagSet></Tagging>`,
      });
    assert.equal((await retag("private")).code, "AccessDenied");
    assert.equal((await retag("public")).status, 200);
    assert.match((await s3.send(`GET /${bucket}/key?tagging`)).text, /<Value>public<\/Value>/);
  });

  it("conditions see the address, the agent, the signature and the clock", async () => {
    const cases: [object, boolean][] = [
      [{ IpAddress: { "aws:SourceIp": "127.0.0.1" } }, true],
      [{ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, false],
      [{ StringLike: { "aws:UserAgent": "tester/*" } }, true],
      [{ StringEquals: { "aws:Referer": "http://example.com/" } }, false],
      [{ StringEquals: { "s3:signatureversion": "AWS4-HMAC-SHA256", "s3:authType": "REST-HEADER" } }, true],
      [{ NumericLessThan: { "s3:signatureAge": 600_000 } }, true],
      [{ DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }, true],
      [{ DateLessThan: { "aws:EpochTime": "1577836800" } }, false],
      [{ Bool: { "aws:SecureTransport": "false" } }, true],
      [
        { StringEquals: { "aws:username": "other", "aws:userid": other.id, "aws:PrincipalType": "User" } },
        true,
      ],
      [{ ArnEquals: { "aws:PrincipalArn": "arn:aws:iam:::user/other" } }, true],
      [{ NumericLessThan: { "s3:TlsVersion": 1.2 } }, false],
      [{ Null: { "s3:TlsVersion": "true", "s3:ObjectCreationOperation": "true" } }, true],
      [{ StringEquals: { "aws:SourceVpce": "vpce-1" } }, false],
      [{ StringNotEquals: { "aws:SourceVpce": "vpce-1" } }, true],
    ];
    const bucket = await bucketWith();
    const headers = { "user-agent": "tester/1", "x-forwarded-for": "10.1.2.3" };
    for (const [Condition, expected] of cases) {
      await setPolicy(bucket, policy(bucket, { Action: "s3:GetObject", Condition }));
      const { status } = await s3.send(`GET /${bucket}/key`, { as: other, headers });
      assert.equal(status, expected ? 200 : 403, JSON.stringify(Condition));
    }
  });

  it("AWS's own example enforces conditional writes and lets uploads in parts be", async () => {
    const allowed = { Action: "s3:PutObject" };
    const bucket = await bucketWith(
      { ...allowed, Condition: { Null: { "s3:if-none-match": "false" } } },
      { ...allowed, Condition: { Bool: { "s3:ObjectCreationOperation": "false" } } },
    );
    const put = async (headers: Record<string, string>): Promise<number> =>
      (await s3.send(`PUT /${bucket}/new`, { as: other, body: "x", headers })).status;
    const ifNone = { "if-none-match": "*" };
    assert.deepEqual([await put({}), await put(ifNone), await put(ifNone)], [403, 200, 412]);
    const { text } = await s3.send(`POST /${bucket}/parts?uploads`, { as: other });
    const id = /<UploadId>(.*?)</.exec(text)?.[1] ?? "";
    const part = await s3.send(`PUT /${bucket}/parts?partNumber=1&uploadId=${id}`, { as: other, body: "x" });
    assert.equal(part.status, 200);
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers["etag"]}</ETag></Part></CompleteMultipartUpload>`;
    const complete = async (headers: Record<string, string>): Promise<number> =>
      (await s3.send(`POST /${bucket}/parts?uploadId=${id}`, { as: other, body, headers })).status;
    assert.deepEqual([await complete({}), await complete(ifNone)], [403, 200]);
  });

  it("AWS's own example lets nobody delete without a condition, by DeleteObjects neither", async () => {
    const bucket = await bucketWith(
      { Action: "s3:DeleteObject", Condition: { Null: { "s3:if-match": "false" } } },
      { Action: "s3:GetObject" },
    );
    const { headers } = await s3.send(`PUT /${bucket}/second`, { body: "x" });
    const etag = headers["etag"] ?? "";
    const remove = async (more: Record<string, string>): Promise<number> =>
      (await s3.send(`DELETE /${bucket}/key`, { as: other, headers: more })).status;
    assert.deepEqual([await remove({}), await remove({ "if-match": etag })], [403, 204]);
    const many = async (condition: string, more: Record<string, string> = {}): Promise<string> => {
      const body = `<Delete><Object><Key>second</Key>${condition}</Object></Delete>`;
      const digest = createHash("md5").update(body).digest("base64");
      return (
        await s3.send(`POST /${bucket}?delete`, {
          as: other,
          body,
          headers: { "content-md5": digest, ...more },
        })
      ).text;
    };
    assert.match(await many(""), /<Code>AccessDenied</);
    assert.match(await many("", { "if-match": etag }), /<Code>AccessDenied</);
    assert.match(await many("<ETag>other</ETag>"), /<Code>PreconditionFailed</);
    assert.match(await many(`<ETag>${etag}</ETag>`), /<Deleted><Key>second</);
  });

  it("DeleteObjects is judged key by key", async () => {
    const bucket = await bucketWith({
      Action: "s3:DeleteObject",
      Resource: `arn:aws:s3:::policy-${buckets + 1}/tmp/*`,
    });
    await s3.send(`PUT /${bucket}/tmp/a`, { body: "x" });
    const body = "<Delete><Object><Key>tmp/a</Key></Object><Object><Key>key</Key></Object></Delete>";
    const md5 = createHash("md5").update(body).digest("base64");
    const { text } = await s3.send(`POST /${bucket}?delete`, {
      as: other,
      body,
      headers: { "content-md5": md5 },
    });
    assert.match(text, /<Deleted><Key>tmp\/a<\/Key>/);
    assert.match(text, /<Error><Key>key<\/Key><Code>AccessDenied<\/Code>/);
    assert.equal((await s3.send(`GET /${bucket}/key`)).status, 200);
  });
});
