import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as zlibCrc32 } from "node:zlib";
import * as fc from "fast-check";
import {
  type ClientChecksumAlgorithm,
  checksumAlgorithmOf,
  checksumAlgorithms,
  checksumHeader,
  isComputedByClients,
  parseChecksumAlgorithm,
  parseChecksumType,
  readChecksumHeaders,
} from "./checksums.ts";
import { combineChecksums, createChecksum } from "./running-checksum.ts";
import { combineCrc, type CrcAlgorithm, crc32c, crc64nvme, crcShift } from "./crc.ts";

const ascii = (text: string): Uint8Array => Buffer.from(text);

function checksum(algorithm: ClientChecksumAlgorithm, ...chunks: Uint8Array[]): string {
  const running = createChecksum(algorithm);
  for (const chunk of chunks) running.update(chunk);
  return running.digest();
}

test("crc32c() and crc64nvme() give the check values of the CRC catalogue", () => {
  assert.equal(crc32c(ascii("123456789")).toString(16), "e3069283");
  assert.equal(crc64nvme(ascii("123456789")).toString(16), "ae8b14860a799888");
  assert.equal(crc32c(ascii("")), 0);
  assert.equal(crc64nvme(ascii("")), 0n);
});

test("crc32c() gives the values of RFC 3720", () => {
  assert.equal(crc32c(new Uint8Array(32)).toString(16), "8a9136aa");
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)).toString(16), "62a8ab43");
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)).toString(16), "46dd794e");
});

test("createChecksum() gives AWS's and Ceph's published values", () => {
  // The trailer of AWS's example of a signed chunked upload, and the values of s3-tests.
  assert.equal(checksum("CRC32C", Buffer.alloc(66_560, "a")), "sOO8/Q==");
  assert.equal(checksum("CRC64NVME", Buffer.alloc(1024, "A")), "Qeh8oXvGiSo=");
  assert.equal(checksum("SHA256", Buffer.alloc(1024, "A")), "arcu6553sHVAiX4MjW0j7I7vD4w6R+Gz9Ok0Q9lTa+0=");
  assert.equal(checksum("CRC32", ascii("123456789")), "y/Q5Jg==");
  assert.equal(checksum("SHA1", ascii("abc")), "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
  // RFC 1321, A.5.
  assert.equal(checksum("MD5", ascii("abc")), "kAFQmDzST7DWlj99KOF/cg==");
});

test("createChecksum() does not depend on how the bytes are cut or aligned", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...checksumAlgorithms.filter(isComputedByClients)),
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(7),
      fc.nat(200),
      (algorithm, bytes, offset, cut) => {
        const shifted = new Uint8Array(bytes.length + offset).subarray(offset);
        shifted.set(bytes);
        assert.equal(
          checksum(algorithm, shifted.subarray(0, cut), shifted.subarray(cut)),
          checksum(algorithm, bytes),
        );
      },
    ),
  );
});

test("combineCrc() equals the CRC of both pieces", () => {
  const crcs: Record<CrcAlgorithm, (data: Uint8Array) => bigint> = {
    CRC32: (data) => BigInt(zlibCrc32(data)),
    CRC32C: (data) => BigInt(crc32c(data)),
    CRC64NVME: (data) => crc64nvme(data),
  };
  fc.assert(
    fc.property(
      fc.constantFrom<CrcAlgorithm>("CRC32", "CRC32C", "CRC64NVME"),
      fc.uint8Array({ maxLength: 100 }),
      fc.uint8Array({ maxLength: 100 }),
      (algorithm, first, second) => {
        const crc = crcs[algorithm];
        const shift = crcShift(algorithm, second.length);
        assert.equal(
          combineCrc(algorithm, crc(first), crc(second), shift),
          crc(Buffer.concat([first, second])),
        );
      },
    ),
  );
});

test("combineChecksums() gives the checksum of the whole from those of unequal parts", () => {
  const parts = [Buffer.alloc(5000, "a"), Buffer.alloc(5000, "b"), Buffer.alloc(0), Buffer.alloc(17, "c")];
  for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
    const ofParts = parts.map((part) => ({ value: checksum(algorithm, part), size: part.length }));
    assert.equal(combineChecksums(algorithm, ofParts), checksum(algorithm, ...parts));
  }
  assert.throws(() => combineChecksums("SHA256", []), TypeError);
});

test("checksumHeader() and checksumAlgorithmOf() are each other's reverse", () => {
  for (const algorithm of checksumAlgorithms) {
    assert.equal(checksumAlgorithmOf(checksumHeader(algorithm)), algorithm);
  }
  assert.equal(checksumHeader("CRC64NVME"), "x-amz-checksum-crc64nvme");
  assert.equal(checksumAlgorithmOf("x-amz-checksum-mode"), undefined);
});

test("readChecksumHeaders() takes one checksum, of whatever form, and refuses two", () => {
  assert.equal(readChecksumHeaders({ "x-amz-checksum-mode": "ENABLED" }), undefined);
  assert.deepEqual(readChecksumHeaders({ "x-amz-checksum-sha256": "bad" }), {
    algorithm: "SHA256",
    type: "FULL_OBJECT",
    value: "bad",
  });
  assert.equal(readChecksumHeaders({ "x-amz-checksum-crc32": "y/Q5Jg==-3" })?.type, "COMPOSITE");
  assert.throws(
    () => readChecksumHeaders({ "x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-checksum-sha1": "x" }),
    { code: "InvalidRequest" },
  );
});

test("parseChecksumAlgorithm() knows the algorithms that are computed here", () => {
  assert.equal(parseChecksumAlgorithm("crc32c"), "CRC32C");
  assert.equal(parseChecksumAlgorithm(undefined), undefined);
  assert.throws(() => parseChecksumAlgorithm("XXHASH3"), { code: "InvalidRequest" });
});

test("parseChecksumType() gives each algorithm only the types that it can have", () => {
  assert.equal(parseChecksumType(undefined, "CRC32"), "COMPOSITE");
  assert.equal(parseChecksumType(undefined, "CRC64NVME"), "FULL_OBJECT");
  assert.equal(parseChecksumType("FULL_OBJECT", "CRC32C"), "FULL_OBJECT");
  assert.equal(parseChecksumType(undefined, undefined), undefined);
  for (const [type, algorithm] of [
    ["COMPOSITE", "CRC64NVME"],
    ["FULL_OBJECT", "SHA256"],
    ["HALF", "CRC32"],
    ["COMPOSITE", undefined],
  ] as const) {
    assert.throws(() => parseChecksumType(type, algorithm), { code: "InvalidRequest" });
  }
});
