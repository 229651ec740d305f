/**
 * Forms whose fields are wrong, and signatures with a piece that is something else: the answer is one of S3's own errors or
 * success, never a fault of the server, and what was stored can be read.
 *
 *     STOWAGE_FUZZ_RUNS=1000 npm test -- fuzz      more of it
 */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as fc from "fast-check";
import { check } from "../../src/engine/check.ts";
import { isKnownErrorCode } from "../../src/s3/errors.ts";
import { presignV2 } from "../../src/s3/sigv2.ts";
import { presignV4, signV4 } from "../../src/s3/sigv4.ts";
import { postForm, signedFields } from "../support/post-form.ts";
import { owner, type Sent, startTestServer, type TestServer } from "../support/server.ts";
import { fieldNames, queryValues } from "./bad-values.ts";

const numRuns = 10 * Number(process.env["STOWAGE_FUZZ_RUNS"] ?? 10);
const values = fc.constantFrom(...queryValues);

describe("bad forms and signatures", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /forms", { headers: { "x-amz-acl": "public-read-write" } });
    await s3.send("PUT /forms/key", { body: "x" });
  });
  after(async () => {
    assert.deepEqual(await check(s3.engine), []);
    await s3.close();
  });

  function judge({ status, code, text }: Sent, about: unknown): void {
    assert.ok(status !== 500 && status < 502, `${status} ${text} ${JSON.stringify(about)}`);
    if (status >= 400) assert.ok(isKnownErrorCode(code), `${status} ${text} ${JSON.stringify(about)}`);
  }

  const fields = fc.array(fc.tuple(fc.constantFrom(...fieldNames), values), { maxLength: 4 });
  const fileName = fc.constantFrom("", "a/b.txt", "..", "\\\\host\\a", "\u{1f600}", "a".repeat(2000));

  it("a form of any fields is not a fault, whoever posts it", async () => {
    const property = fc.asyncProperty(fields, fileName, fc.boolean(), async (given, name, isSigned) => {
      const own = isSigned ? signedFields("forms", { key: "posted" }) : [["key", "posted"] as const];
      const sent = await postForm(s3, "forms", [...given, ...own], { fileName: name });
      judge(sent, given);
      const read = await s3.send("GET /forms/posted");
      assert.ok([200, 403, 404].includes(read.status) || read.code === "InvalidRequest", read.text);
      await s3.send("DELETE /forms/posted");
    });
    await fc.assert(property, { numRuns });
  });

  const cut = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(40), put: values });
  const changed = (
    text: string,
    { at, length, put }: { at: number; length: number; put: string },
  ): string => {
    const from = Math.floor(at * text.length);
    // What a header can carry.
    return text.slice(0, from) + put.replaceAll(/[^ -~]/g, "") + text.slice(from + length);
  };

  it("an Authorization header with a piece that is something else is refused", async () => {
    const path = "/forms/key";
    const host = `127.0.0.1:${s3.server.port}`;
    const property = fc.asyncProperty(cut, async (piece) => {
      const signed = signV4(
        { method: "GET", path, query: "", headers: { host } },
        { credentials: owner, region: "us-east-1", payloadHash: "UNSIGNED-PAYLOAD", date: new Date() },
      );
      const authorization = changed(signed["authorization"] ?? "", piece);
      // Where spaces and commas stand means nothing, nor does a parameter that is not known.
      const meant = (text = ""): string =>
        ["AWS4-HMAC-SHA256", "Credential=", "SignedHeaders=", "Signature="]
          .map((name) => text.split(/[ ,]+/).find((word) => word.startsWith(name)))
          .join();
      fc.pre(meant(authorization) !== meant(signed["authorization"]));
      const sent = await s3.send(`GET ${path}`, { as: null, headers: { ...signed, authorization } });
      judge(sent, authorization);
      assert.notEqual(sent.status, 200, authorization);
    });
    await fc.assert(property, { numRuns });
  });

  for (const version of [2, 4] as const) {
    it(`a presigned URL of version ${version} with a parameter that is something else is refused`, async () => {
      const path = "/forms/key";
      const request = { method: "GET", path, query: "", headers: { host: `127.0.0.1:${s3.server.port}` } };
      const property = fc.asyncProperty(fc.nat(9), values, async (which, value) => {
        const date = new Date();
        const query =
          version === 2
            ? presignV2(request, { credentials: owner, expires: Math.floor(date.getTime() / 1000) + 60 })
            : presignV4(request, { credentials: owner, region: "us-east-1", date, expiresSeconds: 60 });
        const pairs = query.split("&");
        const at = which % pairs.length;
        const [name = ""] = (pairs[at] ?? "").split("=");
        pairs[at] = `${name}=${encodeURIComponent(value)}`;
        const sent = await s3.send(`GET ${path}?${pairs.join("&")}`, { as: null });
        judge(sent, pairs);
        assert.notEqual(sent.status, 200, pairs.join("&"));
      });
      await fc.assert(property, { numRuns });
    });
  }
});
