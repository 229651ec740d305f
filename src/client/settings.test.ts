import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { after, test } from "node:test";
import { endpointFor, readSettings } from "./settings.ts";

const directory = mkdtempSync(join(tmpdir(), "stowage-settings-"));
after(() => rmSync(directory, { recursive: true }));
const config = join(directory, "config");
writeFileSync(
  config,
  `[default]
region = eu-north-1
[profile local]
region = here
services = mine
[services mine]
s3 =
  endpoint_url = http://127.0.0.1:9000
`,
);
const env = { HOME: join(directory, "nobody"), AWS_CONFIG_FILE: config };

test("readSettings() takes endpoint and region from the environment, then from the profile", () => {
  const of = (more: Record<string, string>) => {
    const { endpoint, region } = readSettings({ env: { ...env, ...more } });
    return [endpoint?.host, region];
  };
  assert.deepEqual(of({}), [undefined, "eu-north-1"]);
  assert.deepEqual(of({ AWS_REGION: "us-west-2" }), [undefined, "us-west-2"]);
  assert.deepEqual(of({ AWS_PROFILE: "local" }), ["127.0.0.1:9000", "here"]);
  const url = { AWS_ENDPOINT_URL: "http://one:1", AWS_ENDPOINT_URL_S3: "http://two:2" };
  assert.deepEqual(of(url), ["two:2", "us-east-1"]);
  assert.deepEqual(of({ ...url, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }), [undefined, "eu-north-1"]);
});

test("readSettings() wants checksums on AWS, elsewhere only where they are required, and obeys the environment", () => {
  assert.equal(readSettings({ env }).requestChecksums, "whenSupported");
  const endpoint = "http://127.0.0.1:9000";
  assert.equal(readSettings({ env, endpoint }).requestChecksums, "whenRequired");
  const asked = { ...env, AWS_REQUEST_CHECKSUM_CALCULATION: "when_supported" };
  assert.equal(readSettings({ env: asked, endpoint }).requestChecksums, "whenSupported");
  assert.equal(readSettings({ env: asked, endpoint }).responseChecksums, "whenRequired");
});

test("endpointFor() follows a bucket to its region on AWS, and nowhere else", () => {
  assert.equal(endpointFor(readSettings({ env }), "ap-south-1").host, "s3.ap-south-1.amazonaws.com");
  const local = readSettings({ env, endpoint: "http://127.0.0.1:9000" });
  assert.equal(endpointFor(local, "ap-south-1").host, "127.0.0.1:9000");
});

test("readSettings() refuses parts and counts that cannot be", () => {
  assert.throws(() => readSettings({ env, partSizeBytes: 1000 }), /no part smaller than 5242880/);
  assert.throws(() => readSettings({ env, concurrency: 0 }), /concurrency is 0/);
});

test("what console.log() shows of a connection and a key has no secret in it", async () => {
  const { S3Connection } = await import("./connection.ts");
  const conn = new S3Connection("AKID", "the-secret", {
    endpoint: "http://127.0.0.1:9",
    env: { ...env, OTHER: "the-secret" },
  });
  const bucket = await conn.getBucket("b", { validate: false });
  const shown = inspect([conn, bucket.newKey("k"), conn.client.core.credentials], {
    depth: 20,
    showHidden: false,
  });
  assert.doesNotMatch(shown, /the-secret/);
});
