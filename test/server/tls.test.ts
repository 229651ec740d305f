import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { test } from "node:test";
import { S3Client } from "../../src/client/s3-client.ts";
import { owner, startTestServer } from "../support/server.ts";

/** A certificate of its own authority, for 127.0.0.1 and localhost. */
const pem = (name: string): Promise<string> => readFile(`test/support/tls/${name}.pem`, "utf8");

test("useCertificate() shows another certificate to who comes from then on", async () => {
  const [cert, key] = await Promise.all([pem("cert"), pem("key")]);
  const [renewed, renewedKey] = await Promise.all([pem("renewed-cert"), pem("renewed-key")]);
  const s3 = await startTestServer({ tls: { cert, key } });
  const status = (ca: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const url = `${s3.server.url}/_stowage/health`;
      const outgoing = request(url, { ca, agent: false }, (incoming) => {
        incoming.resume();
        resolve(incoming.statusCode);
      });
      outgoing.once("error", reject).end();
    });
  try {
    assert.equal(await status(cert), 200);
    s3.server.useCertificate({ cert: renewed, key: renewedKey });
    assert.equal(await status(renewed), 200);
    await assert.rejects(status(cert), /self-signed certificate/);
    assert.throws(() => s3.server.useCertificate({ cert: renewed, key }), /key values mismatch/);
    assert.equal(await status(renewed), 200);
  } finally {
    await s3.close();
  }
  const plain = await startTestServer();
  assert.throws(() => plain.server.useCertificate({ cert, key }), TypeError);
  await plain.close();
});

test("over TLS a client that knows the authority stores and reads, and one that does not is told why", async () => {
  const [cert, key] = await Promise.all([pem("cert"), pem("key")]);
  const s3 = await startTestServer({ tls: { cert, key } });
  const options = {
    endpoint: s3.server.url,
    region: "us-east-1",
    credentials: owner,
    addressing: "path",
  } as const;
  const trusting = new S3Client({ ...options, ca: cert });
  const strict = new S3Client({ ...options, retries: { maxAttempts: 1 } });
  try {
    assert.match(s3.server.url, /^https:/);
    await trusting.createBucket({ bucket: "tls" });
    // A stream with a checksum goes as unsigned chunks with a trailer: only TLS vouches for them.
    await trusting.putObject({
      bucket: "tls",
      key: "key",
      body: (async function* () {
        yield Buffer.from("over TLS");
      })(),
      contentLength: 8,
      checksumAlgorithm: "CRC32",
    });
    const { body } = await trusting.getObject({ bucket: "tls", key: "key" });
    assert.equal(await body.text(), "over TLS");
    const deny = (below: number): object => ({
      Version: "2012-10-17",
      Statement: {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::tls/*",
        Condition: { NumericLessThan: { "s3:TlsVersion": below } },
      },
    });
    await trusting.putBucketPolicy({ bucket: "tls", policy: deny(1.2) });
    assert.equal((await trusting.headObject({ bucket: "tls", key: "key" })).contentLength, 8);
    await trusting.putBucketPolicy({ bucket: "tls", policy: deny(1.4) });
    await assert.rejects(trusting.headObject({ bucket: "tls", key: "key" }), { status: 403 });
    await assert.rejects(strict.headBucket({ bucket: "tls" }), /not trusted|self-signed|certificate/);
  } finally {
    await Promise.all([trusting.close(), strict.close()]);
    await s3.close();
  }
});
