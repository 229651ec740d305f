/** Where secrets leak, each named after the advisory of a server from which they did. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { pino } from "pino";
import { presignV4 } from "../../src/s3/sigv4.ts";
import { other, owner, startTestServer, type TestServer } from "../support/server.ts";

describe("secrets stay secret", () => {
  let s3: TestServer;
  let log = "";
  before(async () => {
    s3 = await startTestServer({
      log: pino({ level: "trace" }, { write: (line: string) => void (log += line) }),
    });
    await s3.send("PUT /secrets");
    await s3.send("PUT /secrets/key", { body: "x" });
  });
  after(() => s3.close());

  it("CVE-2023-28432: nothing that anonymous can ask for names a key, a user or the environment", async () => {
    for (const line of [
      "GET /_stowage/health",
      "GET /_stowage/metrics",
      "GET /_stowage/users",
      "GET /_stowage/config",
      "POST /_stowage/bootstrap/v1/verify",
      "POST /minio/bootstrap/v1/verify",
      "GET /minio/health/live",
      "GET /",
      "GET /secrets/key",
    ]) {
      const { text } = await s3.send(line, { as: null });
      for (const secret of [
        owner.secretAccessKey,
        owner.accessKeyId,
        other.secretAccessKey,
        other.email,
        owner.email,
      ]) {
        assert.ok(!text.includes(secret), `${line} tells ${secret}`);
      }
      assert.ok(!text.includes(process.env["PATH"] ?? "no PATH"), line);
    }
  });

  it("there is no profiling and no debugging to be asked for", async () => {
    for (const path of [
      "/debug/pprof/",
      "/debug/pprof/heap",
      "/_stowage/debug",
      "/_stowage/pprof",
      "/json/list",
      "/server-status",
    ]) {
      const { status } = await s3.send(`GET ${path}`, { as: null });
      assert.ok([400, 403, 404, 405].includes(status), `${path}: ${status}`);
    }
  });

  it("CVE-2018-16889: no secret and no signature stands in the log, in an error or in a metric", async () => {
    const host = `127.0.0.1:${s3.server.port}`;
    const request = { method: "GET", path: "/secrets/none", query: "", headers: { host } };
    const query = presignV4(request, {
      credentials: owner,
      region: "us-east-1",
      date: new Date(),
      expiresSeconds: 60,
    });
    const signature = /X-Amz-Signature=([0-9a-f]+)/.exec(query)?.[1] ?? "none";
    const answers = [
      await s3.send(`GET /secrets/none?${query}`, { as: null }),
      await s3.send("GET /secrets/key", { as: { ...owner, secretAccessKey: "wrong-secret" } }),
      await s3.send("PUT /secrets/key", {
        headers: {
          "x-amz-server-side-encryption-customer-algorithm": "AES256",
          "x-amz-server-side-encryption-customer-key": Buffer.alloc(31, 7).toString("base64"),
          "x-amz-server-side-encryption-customer-key-md5": "wrong",
        },
      }),
      await s3.send("GET /_stowage/metrics", { as: null }),
    ];
    const told = answers.map(({ text, headers }) => text + JSON.stringify(headers)).join("\n") + log;
    assert.match(log, /SignatureDoesNotMatch/);
    for (const secret of [
      owner.secretAccessKey,
      "wrong-secret",
      signature,
      Buffer.alloc(31, 7).toString("base64"),
    ]) {
      assert.ok(!told.includes(secret), `told: ${secret}`);
    }
  });
});
