import assert from "node:assert/strict";
import { test } from "node:test";
import { findRoutingRule, redirectOf, type RoutingRule } from "./website.ts";

const rules: RoutingRule[] = [
  {
    condition: { httpErrorCodeReturnedEquals: 404, keyPrefixEquals: "a/" },
    redirect: { replaceKeyWith: "1" },
  },
  { condition: { keyPrefixEquals: "a/" }, redirect: { replaceKeyWith: "2" } },
  { condition: { httpErrorCodeReturnedEquals: 404 }, redirect: { replaceKeyWith: "3" } },
];

test("findRoutingRule() takes rules without an error before, and those for the error after", () => {
  const found = (key: string, status?: number) =>
    findRoutingRule(rules, key, status)?.redirect.replaceKeyWith;
  assert.equal(found("a/x"), "2");
  assert.equal(found("b"), undefined);
  assert.equal(found("a/x", 404), "1");
  assert.equal(found("b", 404), "3");
  assert.equal(found("b", 403), undefined);
  assert.equal(
    findRoutingRule([{ redirect: { hostName: "h" } }], "anything", undefined)?.redirect.hostName,
    "h",
  );
});

test("redirectOf() replaces prefix, key, host and scheme, and encodes what it writes into a header", () => {
  const at = (rule: RoutingRule, key: string) => redirectOf(rule, { key, host: "site:80", protocol: "http" });
  const condition = { keyPrefixEquals: "docs/" };
  assert.deepEqual(at({ condition, redirect: { replaceKeyPrefixWith: "documents/" } }, "docs/a b"), {
    status: 301,
    location: "http://site:80/documents/a%20b",
  });
  assert.deepEqual(
    at({ condition, redirect: { replaceKeyPrefixWith: "" } }, "docs/a").location,
    "http://site:80/a",
  );
  const elsewhere = { hostName: "example.com", protocol: "https", httpRedirectCode: 307 } as const;
  assert.deepEqual(at({ redirect: elsewhere }, "ü\r\nSet-Cookie: x"), {
    status: 307,
    location: "https://example.com/%C3%BC%0D%0ASet-Cookie%3A%20x",
  });
  assert.equal(at({ redirect: { replaceKeyWith: "error.html" } }, "x").location, "http://site:80/error.html");
});
