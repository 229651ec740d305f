import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { buildPostPolicy } from "../../src/s3/build-post-policy.ts";
import { owner, type Sent, startTestServer, type TestServer } from "../support/server.ts";

describe("POST form uploads", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /form");
    await s3.send("PUT /open", { headers: { "x-amz-acl": "public-read-write" } });
  });
  after(() => s3.close());

  function post(
    bucket: string,
    fields: [string, string][],
    file: string | null = "the file",
    fileName = "photo.jpg",
  ): Promise<Sent> {
    const boundary = "----boundary0123";
    const parts = fields.map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    if (file !== null) {
      parts.push(
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: image/jpeg\r\n\r\n${file}\r\n`,
      );
    }
    return s3.send(`POST /${bucket}`, {
      as: null,
      body: `${parts.join("")}--${boundary}--\r\n`,
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    });
  }

  const signed = (options: Partial<Parameters<typeof buildPostPolicy>[0]> = {}): [string, string][] =>
    Object.entries(
      buildPostPolicy({
        credentials: owner,
        region: "us-east-1",
        bucket: "form",
        key: "up/${filename}",
        date: new Date(),
        expiresSeconds: 60,
        ...options,
      }),
    );

  it("a signed form stores its file under its key", async () => {
    const answer = await post("form", signed({ fields: { "Content-Type": "image/jpeg" } }));
    assert.equal(answer.status, 204, answer.text);
    const got = await s3.send("GET /form/up/photo.jpg");
    assert.deepEqual([got.text, got.headers["content-type"]], ["the file", "image/jpeg"]);
  });

  it("success_action_status 201 answers with a document, success_action_redirect with a redirect", async () => {
    const created = await post("form", signed({ key: "a b.txt", fields: { success_action_status: "201" } }));
    assert.equal(created.status, 201, created.text);
    assert.match(created.text, /<PostResponse>.*<Key>a b\.txt<\/Key>/s);
    const redirected = await post(
      "form",
      signed({ fields: { success_action_redirect: "http://example.com/done?x=1" } }),
    );
    assert.equal(redirected.status, 303, redirected.text);
    assert.match(
      redirected.headers["location"] as string,
      /^http:\/\/example\.com\/done\?x=1&bucket=form&key=up%2Fphoto\.jpg&etag=/,
    );
  });

  it("what the policy does not allow is refused and nothing is stored", async () => {
    const changed = signed({ key: "exact" }).map(([n, v]): [string, string] =>
      n === "key" ? [n, "other"] : [n, v],
    );
    assert.equal((await post("form", changed)).code, "AccessDenied");
    assert.equal(
      (await post("form", [...signed({ key: "extra" }), ["x-amz-meta-extra", "1"]])).code,
      "AccessDenied",
    );
    const past = signed({ key: "late", date: new Date(Date.now() - 120_000) });
    assert.equal((await post("form", past)).code, "AccessDenied");
    const forged = signed({ key: "forged", credentials: { ...owner, secretAccessKey: "wrong" } });
    assert.equal((await post("form", forged)).code, "SignatureDoesNotMatch");
    const large = signed({ key: "large", contentLengthRange: [1, 4] });
    assert.equal((await post("form", large)).code, "EntityTooLarge");
    const small = signed({ key: "small", contentLengthRange: [100, 200] });
    assert.equal((await post("form", small)).code, "EntityTooSmall");
    for (const key of ["exact", "other", "extra", "late", "forged", "large", "small"]) {
      assert.equal((await s3.send(`GET /form/${key}`)).status, 404, key);
    }
  });

  it("a checksum in the form is verified", async () => {
    // CRC32 of "123456789" is cbf43926.
    const form = (checksum: string): [string, string][] => [
      ["key", "sum"],
      ["x-amz-checksum-crc32", checksum],
    ];
    assert.equal((await post("open", form("AAAAAA=="), "123456789")).code, "BadDigest");
    assert.equal((await post("open", form("y/Q5Jg=="), "123456789")).status, 204);
  });

  it("anonymous may post where it may write", async () => {
    assert.equal((await post("open", [["key", "free"]])).status, 204);
    assert.equal((await s3.send("HEAD /open")).status, 200);
    assert.equal((await post("form", [["key", "free"]])).status, 403);
  });

  it("a condition in a form is one", async () => {
    const fields: [string, string][] = [
      ["key", "once"],
      ["if-none-match", "*"],
    ];
    assert.equal((await post("open", fields)).status, 204);
    assert.equal((await post("open", fields)).code, "PreconditionFailed");
  });

  it("a form without file, without key, with a field twice, or that is no form", async () => {
    assert.equal((await post("open", [["key", "k"]], null)).code, "InvalidArgument");
    assert.equal((await post("open", [])).code, "InvalidArgument");
    assert.equal(
      (
        await post("open", [
          ["key", "a"],
          ["Key", "b"],
        ])
      ).code,
      "InvalidArgument",
    );
    assert.equal(
      (await s3.send("POST /open", { as: null, body: "x", headers: { "content-type": "text/plain" } }))
        .status,
      412,
    );
    assert.equal(
      (
        await post("open", [
          ["key", "k"],
          ["x-ignore-me", "x".repeat(30_000)],
        ])
      ).code,
      "MaxPostPreDataLengthExceededError",
    );
  });

  it("a large file flows through", async () => {
    const file = "0123456789".repeat(300_000);
    const answer = await post(
      "open",
      [
        ["key", "large"],
        ["acl", "public-read"],
      ],
      file,
    );
    assert.equal(answer.status, 204, answer.text);
    assert.equal((await s3.send("GET /open/large", { as: null })).text, file);
  });

  it("a field in another script is the UTF-8 of a header; one with a line break is refused", async () => {
    const disposition = 'attachment; filename="€.txt"';
    const answer = await post("open", [
      ["key", "script"],
      ["acl", "public-read"],
      ["Content-Disposition", disposition],
      ["x-amz-meta-town", "Köln €"],
    ]);
    assert.equal(answer.status, 204, answer.text);
    const read = await s3.send("GET /open/script", { as: null });
    assert.equal(read.status, 200);
    assert.equal(
      Buffer.from(read.headers["content-disposition"] as string, "latin1").toString(),
      disposition,
    );
    const split = await post("open", [
      ["key", "split"],
      ["Cache-Control", "no-cache\r\nSet-Cookie: x"],
    ]);
    assert.deepEqual([split.status, split.code], [400, "InvalidArgument"]);
    assert.equal(
      (
        await post("open", [
          ["key", "md5"],
          ["Content-MD5", "x"],
        ])
      ).code,
      "InvalidDigest",
    );
  });

  it("tags, a redirect of the website and a checksum come with the form", async () => {
    const tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    const fields = {
      tagging: tags,
      "x-amz-website-redirect-location": "/other.html",
      // CRC-32 of "123456789" is cbf43926.
      "x-amz-checksum-crc32": "y/Q5Jg==",
    };
    const answer = await post("form", signed({ key: "with-tags", fields }), "123456789");
    assert.equal(answer.status, 204, answer.text);
    assert.equal(answer.headers["x-amz-checksum-crc32"], "y/Q5Jg==");
    const got = await s3.send("GET /form/with-tags");
    assert.equal(got.headers["x-amz-tagging-count"], "1");
    assert.equal(got.headers["x-amz-website-redirect-location"], "/other.html");
    const bad = { tagging: tags.replace("</TagSet>", "<Tag><Key>a</Key><Value>2</Value></Tag></TagSet>") };
    assert.equal((await post("form", signed({ key: "never", fields: bad }))).code, "InvalidTag");
    assert.equal((await s3.send("HEAD /form/never")).status, 404);
  });
});
