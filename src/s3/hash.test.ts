import assert from "node:assert/strict";
import { test } from "node:test";
import {
  crc32,
  hmacSha1,
  hmacSha256,
  hmacSha256Hex,
  md5Base64,
  md5Hex,
  sha256Hex,
  timingSafeEqual,
} from "./hash.ts";

test("timingSafeEqual() compares, and does not throw on another length", () => {
  assert.equal(timingSafeEqual("abc", "abc"), true);
  assert.equal(timingSafeEqual("abc", "abd"), false);
  assert.equal(timingSafeEqual("abc", "ab"), false);
  assert.equal(timingSafeEqual("abc", ""), false);
  assert.equal(timingSafeEqual("", ""), true);
  // Not the same as bytes in UTF-8: a signature that was sent may hold anything.
  assert.equal(timingSafeEqual("a", "\u0161"), false);
});

test("the digests take a string for bytes", () => {
  const bytes = Buffer.from([0xc3, 0xa9, 0xff]);
  const text = "\u00c3\u00a9\u00ff";
  assert.equal(sha256Hex(text), sha256Hex(bytes));
  assert.equal(hmacSha256Hex(bytes, text), hmacSha256(bytes, bytes).toString("hex"));
  assert.equal(md5Hex(text), md5Hex(bytes));
});

test("the digests agree with their standards' examples", () => {
  // RFC 1321 A.5, FIPS 180-4, RFC 2202 test 2, RFC 4231 test 2, the check value of CRC-32.
  assert.equal(md5Hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
  assert.equal(md5Base64("abc"), "kAFQmDzST7DWlj99KOF/cg==");
  assert.equal(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const question = "what do ya want for nothing?";
  assert.equal(hmacSha1("Jefe", question).toString("hex"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  assert.equal(
    hmacSha256Hex(Buffer.from("Jefe"), question),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
  assert.equal(crc32(Buffer.from("123456789")), 0xcbf43926);
  assert.equal(crc32(Buffer.from("6789"), crc32(Buffer.from("12345"))), 0xcbf43926);
});

test("hmacSha256Hex() hashes keys longer than a block, as RFC 4231 has them", () => {
  // Test case 6.
  const key = Buffer.alloc(131, 0xaa);
  const expected = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
  const text = "Test Using Larger Than Block-Size Key - Hash Key First";
  assert.equal(hmacSha256Hex(key, text), expected);
  assert.equal(hmacSha256Hex(key, text), expected);
});
