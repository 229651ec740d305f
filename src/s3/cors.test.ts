import assert from "node:assert/strict";
import { test } from "node:test";
import { corsHeaders, type CorsRule, findCorsRule, parseHeaderNames } from "./cors.ts";

const get = (origin: string, headers: string[] = []) => ({ origin, method: "GET", headers });

test("findCorsRule() takes the first rule whose origin, method and headers all fit", () => {
  const rules: CorsRule[] = [
    { id: "put", allowedOrigins: ["https://a.example"], allowedMethods: ["PUT"] },
    { id: "plain", allowedOrigins: ["https://a.example"], allowedMethods: ["GET"] },
    { id: "headers", allowedOrigins: ["*"], allowedMethods: ["GET"], allowedHeaders: ["X-Amz-*"] },
  ];
  assert.equal(findCorsRule(rules, get("https://a.example"))?.id, "plain");
  assert.equal(findCorsRule(rules, get("https://b.example"))?.id, "headers");
  assert.equal(findCorsRule(rules, get("https://a.example", ["x-amz-date"]))?.id, "headers");
  assert.equal(findCorsRule(rules, get("https://a.example", ["x-amz-date", "cookie"])), null);
  assert.equal(findCorsRule(rules, { origin: "https://a.example", method: "DELETE", headers: [] }), null);
});

test("findCorsRule() lets a wildcard stand for nothing too, but not let the two ends overlap", () => {
  const rule: CorsRule = { allowedOrigins: ["start*end", "ab*ba"], allowedMethods: ["GET"] };
  const fits = (origin: string): boolean => findCorsRule([rule], get(origin)) !== null;
  assert.deepEqual(["startend", "start1end", "0start1end", "start1end0"].map(fits), [
    true,
    true,
    false,
    false,
  ]);
  assert.deepEqual(["abba", "aba"].map(fits), [true, false]);
});

test("findCorsRule() compares origins with case and header names without", () => {
  const rule: CorsRule = { allowedOrigins: ["http://a"], allowedMethods: ["GET"], allowedHeaders: ["Range"] };
  assert.equal(findCorsRule([rule], get("http://A")), null);
  assert.equal(findCorsRule([rule], get("http://a", ["range"])), rule);
});

test("corsHeaders() names the origin and allows credentials only where the rule does not say *", () => {
  const rule: CorsRule = {
    allowedOrigins: ["https://*.example.com"],
    allowedMethods: ["GET", "PUT"],
    exposeHeaders: ["ETag", "x-amz-request-id"],
    maxAgeSeconds: 3000,
  };
  assert.deepEqual(corsHeaders(rule, get("https://www.example.com", ["range"])), {
    "access-control-allow-origin": "https://www.example.com",
    "access-control-allow-methods": "GET, PUT",
    "access-control-allow-headers": "range",
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "ETag, x-amz-request-id",
    "access-control-max-age": "3000",
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  });
  assert.deepEqual(
    corsHeaders({ allowedOrigins: ["*"], allowedMethods: ["GET"] }, get("https://b.example")),
    {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET",
      vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    },
  );
});

test("parseHeaderNames() reads a browser's list", () => {
  assert.deepEqual(parseHeaderNames("X-Amz-Date,content-type , "), ["x-amz-date", "content-type"]);
  assert.deepEqual(parseHeaderNames(undefined), []);
});
