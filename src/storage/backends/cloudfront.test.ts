import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudFrontSigner } from "./cloudfront.ts";
import { s3 } from "./s3.ts";

// Key, URL and signature are those that django-storages tests CloudFront with (tests/test_s3.py): they sign nothing real.
const key = `-----BEGIN RSA PRIVATE KEY-----
MIICWwIBAAKBgQCXVuwcMk+JmVSKuQ1K4dZx4Z1dEcRQgTlqvhAyljIpttXlZh2/
fD3GkJCiqfwEmo+cdNK/LFzRj/CX8Wz1z1lH2USONpG6sAkotkatCbejiItDu5y6
janGJHfuWXu6B/o9gwZylU1gIsePY3lLNk+r9QhXUO4jXw6zLJftVwKPhQIDAQAB
AoGAbpkRV9HUmoQ5al+uPSkp5HOy4s8XHpYxdbaMc8ubwSxiyJCF8OhE5RXE/Xso
N90UUox1b0xmUKfWddPzgvgTD/Ub7D6Ukf+nVWDX60tWgNxICAUHptGL3tWweaAy
H+0+vZ0TzvTt9r00vW0FzO7F8X9/Rs1ntDRLtF3RCCxdq0kCQQDHFu+t811lCvy/
67rMEKGvNsNNSTrzOrNr3PqUrCnOrzKazjFVjsKv5VzI/U+rXGYKWJsMpuCFiHZ3
DILUC09TAkEAwpm2S6MN6pzn9eY6pmhOxZ+GQGGRUkKZfC1GDxaRSRb8sKTjptYw
WSemJSxiDzdj3Po2hF0lbhkpJgUq6xnCxwJAZgHHfn5CLSJrDD7Q7/vZi/foK3JJ
BRTfl3Wa4pAvv5meuRjKyEakVBGV79lyd5+ZHNX3Y40hXunjoO3FHrZIxwJAdRzu
waxahrRxQOKSr20c4wAzWnGddIUSO9I/VHs/al5EKsbBHrnOlQkwizSfuwqZtfZ7
csNf8FeCFRiNELoLJwJAZxWBE2+8J9VW9AQ0SE7j4FyM/B8FvRhF5PLAAsw/OxHO
SxiFP7Ptdac1tm5H5zOqaqSHWphI19HNNilXKmxuCA==
-----END RSA PRIVATE KEY-----`;

const url = "https://mock.cloudfront.net/file.txt";
const signature =
  "DbqVgh3FHtttQxof214tSAVE8Nqn3Q4Ii7eR3iykbOqAPbV89HC3EB~0CWxarpLNtbfosS5LxiP5EutriM7E8uR4Gm~UVY-PFUjPcwqdnmAiKJF0EVs7" +
  "koJcMR8MKDStuWfFKVUPJ8H7ORYTOrixyHBV2NOrpI6SN5UX6ctNM50_";
const signed = `${url}?Expires=3600&Signature=${signature}&Key-Pair-Id=test-key`;

test("cloudFrontSigner() gives django-storages' signature", async () => {
  assert.equal(await cloudFrontSigner("test-key", key)(url, new Date(3_600_000)), signed);
  assert.match(
    await cloudFrontSigner("test-key", key)(`${url}?v=1`, new Date(0)),
    /\?v=1&Expires=0&Signature=/,
  );
});

test("cloudFrontSigner() refuses what is no key, without printing it", () => {
  assert.throws(
    () => cloudFrontSigner("test-key", "secret text"),
    (error: Error) => error.name === "ImproperlyConfigured" && !error.message.includes("secret text"),
  );
});

test("S3Storage.url() of a custom domain is signed for CloudFront, unless querystringAuth or the signer is off", async () => {
  const options = {
    bucketName: "b",
    customDomain: "mock.cloudfront.net",
    cloudfrontKeyId: "test-key",
    cloudfrontKey: key,
  };
  const context = { env: {}, clock: () => 0 };
  assert.equal(await s3(options, context).url("file.txt"), signed);
  assert.equal(await s3({ ...options, querystringAuth: false }, context).url("file.txt"), url);
  assert.equal(await s3({ ...options, cloudfrontSigner: null }, context).url("file.txt"), url);
  const own = s3(
    { ...options, cloudfrontSigner: (plain, expires) => `${plain}#${expires.getTime()}` },
    context,
  );
  assert.equal(await own.url("file.txt", { expiresSeconds: 5 }), `${url}#5000`);
});
