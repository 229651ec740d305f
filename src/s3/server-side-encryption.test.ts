import assert from "node:assert/strict";
import { test } from "node:test";
import {
  customerKeyHeaders,
  readCustomerKey,
  readRequestedEncryption,
  refuseRequestedEncryption,
} from "./server-side-encryption.ts";

// Keys and MD5s of ceph/s3-tests.
const key = "pO3upElrwuEXSoFwCfnZPdSsmt/xWeFa0N9KgDijwVs=";
const md5 = "DWygnHRtgiJ77HCm+1rvHw==";
const prefix = "x-amz-server-side-encryption-customer-";
const headers = { [`${prefix}algorithm`]: "AES256", [`${prefix}key`]: key, [`${prefix}key-md5`]: md5 };

test("readCustomerKey() reads the three headers, of an object and of a copy's source", () => {
  assert.equal(readCustomerKey({}), undefined);
  const read = readCustomerKey(headers);
  assert.equal(Buffer.from(read?.key ?? []).toString("base64"), key);
  assert.equal(read?.md5, md5);
  assert.equal(readCustomerKey(headers, "source"), undefined);
  const source = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace("x-amz-", "x-amz-copy-source-"), value]),
  );
  assert.equal(readCustomerKey(source), undefined);
  assert.equal(readCustomerKey(source, "source")?.md5, md5);
});

test("readCustomerKey() does without the MD5 where nothing is written, as AWS does", () => {
  const { [`${prefix}key-md5`]: _, ...without } = headers;
  assert.throws(() => readCustomerKey(without), { code: "InvalidArgument" });
  assert.equal(readCustomerKey(without, "object", false)?.md5, md5);
});

for (const [what, change, code] of [
  ["no algorithm", { algorithm: undefined }, "InvalidArgument"],
  ["another algorithm", { algorithm: "AES192" }, "InvalidEncryptionAlgorithmError"],
  ["no key", { key: undefined }, "InvalidArgument"],
  ["a key of 31 bytes", { key: Buffer.alloc(31).toString("base64") }, "InvalidArgument"],
  ["a key of 33 bytes", { key: Buffer.alloc(33).toString("base64") }, "InvalidArgument"],
  ["a key that is no base64", { key: "*".repeat(44) }, "InvalidArgument"],
  ["a key with loose bits at its end", { key: key.replace("Vs=", "Vt=") }, "InvalidArgument"],
  ["an empty key", { key: "" }, "InvalidArgument"],
  ["another MD5", { "key-md5": "AAAAAAAAAAAAAAAAAAAAAA==" }, "InvalidArgument"],
  ["an MD5 of another length", { "key-md5": "AA" }, "InvalidArgument"],
] as const) {
  test(`readCustomerKey() refuses ${what}, and tells no key`, () => {
    const changed: Record<string, string> = { ...headers };
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) delete changed[prefix + name];
      else changed[prefix + name] = value;
    }
    assert.throws(
      () => readCustomerKey(changed),
      (error: Error & { code: string; details: object }) => {
        assert.equal(error.code, code);
        assert.equal((error.message + JSON.stringify(error.details)).includes(key), false);
        return true;
      },
    );
  });
}

test("customerKeyHeaders() writes what readCustomerKey() reads, of bytes and of base64", () => {
  assert.deepEqual(customerKeyHeaders(key), headers);
  assert.deepEqual(customerKeyHeaders(Buffer.from(key, "base64")), headers);
  assert.equal(readCustomerKey(customerKeyHeaders(key, "source"), "source")?.md5, md5);
  for (const wrong of [Buffer.alloc(16), "short"]) assert.throws(() => customerKeyHeaders(wrong), RangeError);
});

test("readRequestedEncryption() knows AES256 and aws:kms", () => {
  const name = "x-amz-server-side-encryption";
  const keyId = `${name}-aws-kms-key-id`;
  assert.equal(readRequestedEncryption({}), undefined);
  assert.deepEqual(readRequestedEncryption({ [name]: "AES256" }), { algorithm: "AES256" });
  assert.deepEqual(readRequestedEncryption({ [name]: "aws:kms" }), { algorithm: "aws:kms" });
  assert.deepEqual(readRequestedEncryption({ [name]: "aws:kms", [keyId]: "k" }), {
    algorithm: "aws:kms",
    kmsKeyId: "k",
  });
  for (const value of ["AES192", "aes256", ""])
    assert.throws(() => readRequestedEncryption({ [name]: value }), { code: "InvalidArgument" });
  assert.throws(() => readRequestedEncryption({ [name]: "aws:kms:dsse" }), { code: "NotImplemented" });
  assert.throws(() => readRequestedEncryption({ [keyId]: "k" }), { code: "InvalidArgument" });
  assert.throws(() => readRequestedEncryption({ [name]: "AES256", [keyId]: "k" }), {
    code: "InvalidArgument",
  });
});

test("refuseRequestedEncryption() refuses to be asked for encryption by a read", () => {
  refuseRequestedEncryption(headers);
  assert.throws(() => refuseRequestedEncryption({ "x-amz-server-side-encryption": "AES256" }), {
    code: "InvalidArgument",
  });
});
