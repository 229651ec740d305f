import assert from "node:assert/strict";
import { test } from "node:test";
import { connectS3 } from "./connection.ts";
import { S3Client } from "./s3-client.ts";
import type { S3ClientOptions } from "./settings.ts";

/** As JavaScript would write it, without types that say no. */
const wrong = (options: object): S3ClientOptions => ({ env: {}, ...options });

test("an option that there is not is named with the one that was meant", () => {
  for (const [options, message] of [
    [{ endPoint: "http://127.0.0.1:9" }, 'S3Client has no option "endPoint". Did you mean endpoint?'],
    [{ credential: {} }, 'S3Client has no option "credential". Did you mean credentials?'],
    [{ anonymous: true }, 'S3Client has no option "anonymous". Did you mean anon?'],
    [{ maxConections: 1 }, 'S3Client has no option "maxConections". Did you mean maxConnections?'],
    [{ timeouts: { connect: 1 } }, 'S3Client has no option "timeouts.connect". Did you mean connectMs?'],
    [{ retries: { attempts: 1 } }, 'S3Client has no option "retries.attempts". Did you mean maxAttempts?'],
    [{ proxies: { HTTPS: "x" } }, 'S3Client has no option "proxies.HTTPS". Did you mean https?'],
  ] as const) {
    assert.throws(() => new S3Client(wrong(options)), { name: "TypeError", message });
  }
});

test("an option that is like none is answered with all that there are", () => {
  assert.throws(() => new S3Client(wrong({ forcePathStyle: true })), {
    name: "TypeError",
    message: /^S3Client has no option "forcePathStyle". Its options are endpoint, region, .*, env\.$/,
  });
});

test("connectS3() refuses them in both of its forms", () => {
  assert.throws(() => connectS3(wrong({ host: "s3.example.com" })), /no option "host"/);
  assert.throws(() => connectS3("AKID", "secret", wrong({ endPoint: "x" })), /mean endpoint\?/);
});
