import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { ChecksumAlgorithm } from "../s3/checksums.ts";
import { compositeChecksum, createChecksum, loadChecksums } from "./checksums.ts";

before(loadChecksums);

function checksum(algorithm: ChecksumAlgorithm, ...chunks: Uint8Array[]): string {
  const running = createChecksum(algorithm);
  for (const chunk of chunks) running.update(chunk);
  return running.digest();
}

const hex = (base64: string): string => Buffer.from(base64, "base64").toString("hex");

test("createChecksum() gives the published values of what clients do not compute", () => {
  // FIPS 180-4's example.
  assert.match(hex(checksum("SHA512", Buffer.from("abc"))), /^ddaf35a193617aba.*a54ca49f$/);
  // xxHash's own: of nothing, and of "abc", with the seed 0.
  assert.equal(hex(checksum("XXHASH64")), "ef46db3751d8e999");
  assert.equal(hex(checksum("XXHASH64", Buffer.from("abc"))), "44bc2cf5ad770999");
});

test("createChecksum() does not depend on how the bytes are cut", () => {
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
  for (const algorithm of ["SHA512", "XXHASH64"] as const) {
    for (const cut of [0, 1, 31, 32, 33, 500]) {
      const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
      assert.equal(checksum(algorithm, ...pieces), checksum(algorithm, bytes), `${algorithm} ${cut}`);
    }
  }
});

test("compositeChecksum() is the checksum of the parts' checksums with their number", () => {
  assert.equal(
    compositeChecksum("SHA256", ["arcu6553sHVAiX4MjW0j7I7vD4w6R+Gz9Ok0Q9lTa+0="]),
    "Ok6Cs5b96ux6+MWQkJO7UBT5sKPBeXBLwvj/hK89smg=-1",
  );
  assert.equal(
    compositeChecksum("CRC32", [checksum("CRC32", Buffer.from("a")), checksum("CRC32", Buffer.from("b"))]),
    `${checksum("CRC32", Buffer.from("e8b7be4371beeff9", "hex"))}-2`,
  );
});
