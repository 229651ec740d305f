import assert from "node:assert/strict";
import { test } from "node:test";
import * as browser from "./hash-browser.ts";
import * as node from "./hash.ts";

/** One port, two implementations: whoever imports `#hash` gets one of them. */
const implementations: Readonly<Record<string, typeof node>> = { node, browser };

for (const [name, hash] of Object.entries(implementations)) {
  test(`${name}: timingSafeEqual() compares, and does not throw on another length`, () => {
    assert.equal(hash.timingSafeEqual("abc", "abc"), true);
    assert.equal(hash.timingSafeEqual("abc", "abd"), false);
    assert.equal(hash.timingSafeEqual("abc", "ab"), false);
    assert.equal(hash.timingSafeEqual("abc", ""), false);
    assert.equal(hash.timingSafeEqual("", ""), true);
    // Not the same as bytes in UTF-8: a signature that was sent may hold anything.
    assert.equal(hash.timingSafeEqual("a", "\u0161"), false);
  });

  test(`${name}: the digests take a string for bytes`, () => {
    const bytes = Buffer.from([0xc3, 0xa9, 0xff]);
    const text = "\u00c3\u00a9\u00ff";
    assert.equal(hash.sha256Hex(text), hash.sha256Hex(bytes));
    assert.equal(hash.hmacSha256Hex(bytes, text), Buffer.from(hash.hmacSha256(bytes, bytes)).toString("hex"));
    assert.equal(hash.md5Hex(text), hash.md5Hex(bytes));
  });

  test(`${name}: the digests agree with their standards' examples`, () => {
    // RFC 1321 A.5, FIPS 180-4, RFC 2202 test 2, RFC 4231 test 2, the check value of CRC-32.
    assert.equal(hash.md5Hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
    assert.equal(hash.md5Base64("abc"), "kAFQmDzST7DWlj99KOF/cg==");
    assert.equal(hash.sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const question = "what do ya want for nothing?";
    assert.equal(hash.hmacSha1Base64("Jefe", question), "7/zfauXrL6LSdBbV8YTfnCWafHk=");
    assert.equal(
      hash.hmacSha256Hex(Buffer.from("Jefe"), question),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
    assert.equal(hash.crc32(Buffer.from("123456789")), 0xcbf43926);
    assert.equal(hash.crc32(Buffer.from("6789"), hash.crc32(Buffer.from("12345"))), 0xcbf43926);
  });

  test(`${name}: hmacSha256Hex() hashes keys longer than a block, as RFC 4231 has them`, () => {
    // Test case 6.
    const key = Buffer.alloc(131, 0xaa);
    const expected = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
    const text = "Test Using Larger Than Block-Size Key - Hash Key First";
    assert.equal(hash.hmacSha256Hex(key, text), expected);
    assert.equal(hash.hmacSha256Hex(key, text), expected);
  });
}

test("browser: digests agree with node's for any length, in any pieces", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, at) => (at * 151 + 7) % 256);
  for (let length = 0; length <= bytes.length; length++) {
    const data = bytes.subarray(0, length);
    for (const [inBrowser, inNode] of [
      [browser.createMd5, node.createMd5],
      [browser.createSha1, node.createSha1],
      [browser.createSha256, node.createSha256],
    ] as const) {
      const pieces = inBrowser();
      pieces.update(data.subarray(0, length >> 1));
      pieces.update(data.subarray(length >> 1));
      const whole = inNode();
      whole.update(data);
      assert.equal(pieces.digest("hex"), whole.digest("hex"), `${inNode.name}() of ${length} bytes`);
    }
    assert.equal(browser.crc32(data), node.crc32(data));
  }
});
