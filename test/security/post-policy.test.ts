/** Attacks on the policy of a POST form: every condition is enforced, and what no condition covers is refused. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Fields, postForm, signedFields } from "../support/post-form.ts";
import { owner, startTestServer, type TestServer } from "../support/server.ts";

describe("attacks on POST policies", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /posted");
    await s3.send("PUT /elsewhere");
  });
  after(() => s3.close());

  async function refused(fields: Fields, code: string, bucket = "posted"): Promise<void> {
    const sent = await postForm(s3, bucket, fields);
    assert.deepEqual(
      [sent.code, sent.status >= 400 && sent.status < 500],
      [code, true],
      `${sent.status} ${sent.text}`,
    );
    for (const name of ["posted", "elsewhere"]) {
      assert.doesNotMatch((await s3.send(`GET /${name}`)).text, /<Key>/, "something was stored");
    }
  }

  const changed = (fields: Fields, name: string, value: string): Fields =>
    fields.map(([known, old]) => [known, known.toLowerCase() === name ? value : old]);
  const without = (fields: Fields, ...names: string[]): Fields =>
    fields.filter(([known]) => !names.includes(known.toLowerCase()));

  it("a value that is not the condition's, for each kind of condition", async () => {
    const exact = signedFields("posted", {
      key: "exact",
      fields: {
        acl: "private",
        "Content-Type": "image/png",
        "x-amz-meta-a": "1",
        success_action_status: "200",
      },
    });
    for (const [name, value] of [
      ["key", "other"],
      ["acl", "public-read"],
      ["content-type", "text/html"],
      ["x-amz-meta-a", "2"],
      ["success_action_status", "201"],
    ] as const) {
      await refused(changed(exact, name, value), "AccessDenied");
      await refused(without(exact, name), name === "key" ? "InvalidArgument" : "AccessDenied");
    }
    const prefix = signedFields("posted", {
      key: "up/${filename}",
      conditions: [["starts-with", "$Content-Type", "image/"]],
    });
    await refused([...prefix, ["Content-Type", "text/html"]], "AccessDenied");
    await refused(
      [...changed(prefix, "key", "down/${filename}"), ["Content-Type", "image/png"]],
      "AccessDenied",
    );
  });

  it("a policy for one bucket, in another", async () => {
    await refused(signedFields("posted", { key: "k" }), "AccessDenied", "elsewhere");
    await refused([...signedFields("elsewhere", { key: "k" }), ["bucket", "elsewhere"]], "AccessDenied");
  });

  it("a field that no condition covers", async () => {
    for (const [name, value] of [
      ["acl", "public-read"],
      ["x-amz-meta-a", "1"],
      ["x-amz-acl", "public-read"],
      ["x-amz-grant-read", 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'],
      ["Cache-Control", "no-store"],
      ["x-amz-storage-class", "STANDARD_IA"],
      ["x-amz-website-redirect-location", "http://evil.example/"],
      ["success_action_redirect", "http://evil.example/"],
      ["tagging", "<Tagging><TagSet/></Tagging>"],
    ] as const) {
      await refused([...signedFields("posted", { key: "k" }), [name, value]], "AccessDenied");
    }
  });

  it("no policy, an empty one, one of another form, one that expired or does not say when", async () => {
    const fields = signedFields("posted", { key: "k" });
    await refused(without(fields, "policy"), "InvalidArgument");
    await refused([["key", "k"]], "AccessDenied");
    for (const text of [
      "",
      "{}",
      "[]",
      "null",
      '{"conditions":[]}',
      '{"expiration":"2999-01-01T00:00:00Z"}',
    ]) {
      const sent = await postForm(
        s3,
        "posted",
        changed(fields, "policy", Buffer.from(text).toString("base64")),
      );
      assert.ok(sent.status >= 400 && sent.status < 500, `${text}: ${sent.status}`);
    }
    await refused(signedFields("posted", { key: "k", date: new Date(Date.now() - 120_000) }), "AccessDenied");
  });

  it("a policy is not read before its signature is verified", async () => {
    const fields = signedFields("posted", { key: "k" });
    for (const policy of ["!!!", Buffer.from("{not json").toString("base64"), "e30=".repeat(500)]) {
      await refused(changed(fields, "policy", policy), "SignatureDoesNotMatch");
    }
    const forged = signedFields("posted", {
      key: "k",
      credentials: { ...owner, secretAccessKey: "guessed" },
    });
    await refused(forged, "SignatureDoesNotMatch");
  });

  it("fields twice, in any case of their letters", async () => {
    const fields = signedFields("posted", { key: "k" });
    for (const [name, value] of fields) {
      await refused([...fields, [name, value]], "InvalidArgument");
      await refused([...fields, [name.toUpperCase(), `${value}x`]], "InvalidArgument");
    }
  });

  it("fields behind the file count for nothing", async () => {
    const boundary = "b";
    const part = (name: string, value: string): string =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const file = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n';
    const signed = signedFields("posted", { key: "behind" }).map(([name, value]) => part(name, value));
    const sent = await s3.send("POST /posted", {
      as: null,
      body: `${signed.join("")}${file}${part("acl", "public-read")}--b--\r\n`,
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    });
    assert.equal(sent.status, 204, sent.text);
    assert.equal((await s3.send("GET /posted/behind", { as: null })).status, 403);
    await s3.send("DELETE /posted/behind");
  });
});
