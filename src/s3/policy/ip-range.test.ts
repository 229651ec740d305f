import assert from "node:assert/strict";
import { test } from "node:test";
import { ipRangeContains, parseIp, parseIpRange } from "./ip-range.ts";

function contains(range: string, address: string): boolean {
  const parsed = parseIpRange(range);
  const other = parseIp(address);
  assert.ok(parsed !== null && other !== null, `${range} and ${address}`);
  return ipRangeContains(parsed, other);
}

test("ipRangeContains() compares the first bits", () => {
  assert.ok(contains("203.0.113.0/24", "203.0.113.255"));
  assert.ok(!contains("203.0.113.0/24", "203.0.114.0"));
  assert.ok(contains("10.0.0.0/9", "10.127.255.255"));
  assert.ok(!contains("10.0.0.0/9", "10.128.0.0"));
  assert.ok(contains("0.0.0.0/0", "255.255.255.255"));
  assert.ok(contains("192.0.2.1", "192.0.2.1"));
  assert.ok(!contains("192.0.2.1", "192.0.2.2"));
  assert.ok(contains("2001:db8::/33", "2001:db8:7fff::1"));
  assert.ok(!contains("2001:db8::/33", "2001:db8:8000::1"));
  assert.ok(contains("::1/128", "0:0:0:0:0:0:0:1"));
  assert.ok(!contains("0.0.0.0/0", "::1"), "IPv6 is not IPv4");
  assert.ok(contains("127.0.0.0/8", "::ffff:127.0.0.1"), "a client over IPv4, as a socket names it");
  assert.ok(contains("fe80::/10", "fe80::1%eth0"));
});

test("parseIpRange() refuses what is no address and no range", () => {
  for (const text of [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4/33",
    "1.2.3.4/",
    "1.2.3.4/-1",
    "1.2.3.4/8/8",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "12345::",
    "::g",
    "::1.2.3",
    "::1/129",
    "*",
  ]) {
    assert.equal(parseIpRange(text), null, text);
  }
});
