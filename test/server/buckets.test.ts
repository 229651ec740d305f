import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { other, owner, startTestServer, type TestServer } from "../support/server.ts";

describe("buckets over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
  });
  after(() => s3.close());

  it("CreateBucket answers 200 with the location, and again for its owner", async () => {
    const first = await s3.send("PUT /mine");
    assert.equal(first.status, 200);
    assert.equal(first.headers["location"], "/mine");
    assert.equal((await s3.send("PUT /mine")).status, 200);
  });

  it("CreateBucket again sets the list anew, as in us-east-1, and nobody else's", async () => {
    const grants = async (): Promise<number> =>
      [...(await s3.send("GET /again?acl")).text.matchAll(/<Permission>/g)].length;
    const publicRead = { "x-amz-acl": "public-read" };
    await s3.send("PUT /again", { headers: publicRead });
    assert.equal(await grants(), 2);
    assert.equal((await s3.send("PUT /again", { as: other })).code, "BucketAlreadyExists");
    assert.equal(await grants(), 2);
    assert.equal((await s3.send("PUT /again")).status, 200);
    assert.equal(await grants(), 1);
    const block =
      "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>";
    await s3.send("PUT /again?publicAccessBlock", { body: block });
    assert.equal((await s3.send("PUT /again", { headers: publicRead })).code, "AccessDenied");
    assert.equal(await grants(), 1);
    const enforced =
      "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>";
    assert.equal((await s3.send("PUT /again?ownershipControls", { body: enforced })).status, 200);
    assert.equal((await s3.send("PUT /again")).status, 200);
  });

  it("CreateBucket refuses a name that another user has", async () => {
    await s3.send("PUT /taken");
    const again = await s3.send("PUT /taken", { as: other });
    assert.equal(again.status, 409);
    assert.equal(again.code, "BucketAlreadyExists");
  });

  it("CreateBucket refuses names that DNS refuses, and anonymous", async () => {
    for (const name of ["ab", "Upper", "a..b", "192.168.5.4", "-a-b", "a_b", "x".repeat(64)]) {
      const answer = await s3.send(`PUT /${name}`);
      assert.equal(`${answer.status} ${answer.code}`, "400 InvalidBucketName", name);
    }
    assert.equal((await s3.send("PUT /nobody", { as: null })).status, 403);
  });

  it("CreateBucket refuses the location of another region", async () => {
    const body =
      "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    const answer = await s3.send("PUT /elsewhere", { body });
    assert.equal(answer.code, "IllegalLocationConstraintException");
    assert.equal((await s3.send("HEAD /elsewhere")).status, 404);
  });

  it("ListBuckets lists one's own, sorted", async () => {
    for (const name of ["zoo", "ant"]) await s3.send(`PUT /${name}`, { as: other });
    const { status, text } = await s3.send("GET /", { as: other });
    assert.equal(status, 200);
    assert.deepEqual(
      [...text.matchAll(/<Name>(.*?)<\/Name>/g)].map((m) => m[1]),
      ["ant", "zoo"],
    );
    assert.equal((await s3.send("GET /", { as: null })).status, 403);
  });

  it("ListBuckets refuses a token that it did not give", async () => {
    assert.equal((await s3.send("GET /?continuation-token=%21%21")).code, "InvalidArgument");
    assert.equal((await s3.send("GET /?continuation-token=")).status, 200);
  });

  it("ListBuckets pages with max-buckets", async () => {
    await s3.send("PUT /page-1");
    await s3.send("PUT /page-2");
    const first = await s3.send("GET /?max-buckets=1&prefix=page-");
    const token = /<ContinuationToken>(.*?)<\/ContinuationToken>/.exec(first.text)?.[1];
    assert.match(first.text, /<Name>page-1<\/Name>/);
    const second = await s3.send(`GET /?continuation-token=${token}&max-buckets=1&prefix=page-`);
    assert.deepEqual(
      [...second.text.matchAll(/<Name>(.*?)<\/Name>/g)].map((m) => m[1]),
      ["page-2"],
    );
    assert.doesNotMatch(second.text, /<ContinuationToken>/);
  });

  it("GetBucketLocation of us-east-1 is empty", async () => {
    await s3.send("PUT /where");
    const { text } = await s3.send("GET /where?location");
    assert.match(text, /<LocationConstraint xmlns="[^"]+"(\/>|><\/LocationConstraint>)/);
  });

  it("DeleteBucket refuses a bucket with objects and takes an empty one", async () => {
    await s3.send("PUT /full");
    await s3.send("PUT /full/key", { body: "x" });
    const refused = await s3.send("DELETE /full");
    assert.equal(`${refused.status} ${refused.code}`, "409 BucketNotEmpty");
    assert.equal((await s3.send("DELETE /full", { as: other })).status, 403);
    await s3.send("DELETE /full/key");
    assert.equal((await s3.send("DELETE /full")).status, 204);
    assert.equal((await s3.send("DELETE /full")).code, "NoSuchBucket");
  });

  it("an unknown subresource is NotImplemented, an unknown method MethodNotAllowed", async () => {
    await s3.send("PUT /sub");
    assert.equal((await s3.send("GET /sub?torrent")).code, "NotImplemented");
    assert.match((await s3.send("GET /sub/key?torrent")).text, /of an object is not implemented/);
    assert.equal((await s3.send("PATCH /sub")).code, "MethodNotAllowed");
  });

  it("clients of STS, IAM and SNS are told in their own way that there is none", async () => {
    const body = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/a";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    for (const as of [owner, null]) {
      const { status, text } = await s3.send("POST /", { as, body, headers });
      assert.equal(status, 501);
      assert.match(
        text,
        /<ErrorResponse><Error><Code>NotImplemented<\/Code><Message>.*STS.*<\/Error>.*<\/ErrorResponse>$/,
      );
    }
  });
});

describe("buckets over HTTP, with a limit of them", () => {
  it("CreateBucket refuses one more than a user may have, at whatever moment they come", async () => {
    const s3 = await startTestServer({ maxBuckets: 3 });
    const made = await Promise.all([1, 2, 3, 4, 5, 6].map((i) => s3.send(`PUT /limited-${i}`)));
    assert.deepEqual(made.map(({ code }) => code).toSorted(), [
      "",
      "",
      "",
      ...Array(3).fill("TooManyBuckets"),
    ]);
    const there = made.findIndex(({ status }) => status === 200) + 1;
    assert.equal((await s3.send(`PUT /limited-${there}`)).status, 200);
    assert.equal((await s3.send("PUT /limited-other", { as: other })).status, 200);
    assert.equal((await s3.send(`DELETE /limited-${there}`)).status, 204);
    assert.equal((await s3.send("PUT /limited-7")).status, 200);
    await s3.close();
  });
});
