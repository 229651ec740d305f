import assert from "node:assert/strict";
import { test } from "node:test";

import { consoleCorsHeaders } from "./console-cors.ts";
import type { Site } from "./context.ts";
import type { S3Request } from "./request.ts";

function headersFor(
  console: Site["console"],
  headers: Record<string, string>,
  { secure = false } = {},
): Record<string, string> | null {
  return consoleCorsHeaders({ console } as Site, { headers, secure } as unknown as S3Request);
}

test("the console's page may read answers: by its port on the same host, or by its URL", () => {
  const place = { port: 9001, url: "https://console.example.com" };
  const host = "files.example.com:9000";
  for (const origin of [
    "http://files.example.com:9001",
    "https://files.example.com:9001",
    "https://console.example.com",
  ]) {
    assert.equal(headersFor(place, { host, origin })?.["access-control-allow-origin"], origin);
  }
});

test("no other page may", () => {
  const place = { port: 9001, url: "https://console.example.com" };
  const host = "files.example.com:9000";
  const others = [
    "http://files.example.com",
    "http://files.example.com:9000",
    "http://example.com:9001",
    "http://files.example.com.evil.example:9001",
    "http://console.example.com",
    "null",
    "",
    "ftp://files.example.com:9001",
    "chrome-extension://files.example.com:9001",
    "http://files.example.com:9001/",
    "http://someone@files.example.com:9001",
  ];
  for (const origin of others) assert.equal(headersFor(place, { host, origin }), null, origin);
  assert.equal(headersFor(undefined, { host, origin: "http://files.example.com:9001" }), null);
  assert.equal(headersFor(place, { host: "a b", origin: "http://files.example.com:9001" }), null);
});

test("a page that came without TLS may not read what comes with it", () => {
  const host = "files.example.com:9000";
  const read = (origin: string): unknown => headersFor({ port: 9001 }, { host, origin }, { secure: true });
  assert.equal(read("http://files.example.com:9001"), null);
  assert.notEqual(read("https://files.example.com:9001"), null);
});

test("a port that the scheme implies is left out of an origin", () => {
  assert.notEqual(headersFor({ port: 443 }, { host: "a.example", origin: "https://a.example" }), null);
  assert.notEqual(headersFor({ port: 80 }, { host: "a.example:9000", origin: "http://a.example" }), null);
});

test("the headers that are asked for are allowed, and only names of headers are repeated", () => {
  const asking = { host: "a.example", origin: "http://a.example:9001" };
  const names = "authorization, x-amz-date,x-amz-meta-a";
  const allowed = headersFor({ port: 9001 }, { ...asking, "access-control-request-headers": names });
  assert.equal(allowed?.["access-control-allow-headers"], names);
  const bad = headersFor({ port: 9001 }, { ...asking, "access-control-request-headers": "a: b" });
  assert.equal(bad?.["access-control-allow-headers"], undefined);
});
