import assert from "node:assert/strict";
import { hkdfSync } from "node:crypto";
import { test } from "node:test";
import { hkdf } from "./hkdf.ts";

test("hkdf() is RFC 5869, as far as one block goes", () => {
  const key = Buffer.alloc(22, 0x0b);
  const salt = Buffer.from("000102030405060708090a0b0c", "hex");
  const expected = Buffer.from(hkdfSync("sha256", key, salt, "stowage", 32));
  assert.deepEqual(hkdf(key, salt, "stowage"), expected);
  assert.deepEqual(hkdf(key, salt, "stowage", 16), expected.subarray(0, 16));
  // A.3: no salt, no info.
  assert.equal(
    hkdf(key, Buffer.alloc(0), "").toString("hex"),
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
  );
});
