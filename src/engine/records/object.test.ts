import assert from "node:assert/strict";
import { describe, it } from "node:test";

import * as fc from "fast-check";

import type { Grant } from "../../s3/acl.ts";
import { checksumAlgorithms } from "../../s3/checksums.ts";
import type { ObjectInfo } from "../types.ts";
import { decodeObject, encodeObject } from "./object.ts";
import type { Content } from "./object.ts";

const owner = { id: "a".repeat(64), displayName: "owner" };
const privately: Grant[] = [
  { grantee: { type: "user", id: owner.id, displayName: owner.displayName }, permission: "FULL_CONTROL" },
];
const id = Buffer.from("0190a7c5b1f40000aabbccddeeff0011", "hex");
const plain: ObjectInfo = {
  key: "photo.jpg",
  size: 4096,
  etag: "d41d8cd98f00b204e9800998ecf8427e",
  lastModifiedMs: 0x0190a7c5b1f4,
  owner,
  grants: privately,
  headers: { "content-type": "image/jpeg" },
  metadata: {},
  storageClass: "STANDARD",
  checksum: undefined,
  partCount: undefined,
};

/** Objects without prototype are as good as others, and what is undefined is absent. */
const plainly = (value: object): unknown => JSON.parse(JSON.stringify(value));

describe("encodeObject()", () => {
  it("takes 38 bytes for a plain object", () => {
    const record = encodeObject({ info: plain, content: { kind: "inline", id } }, owner);
    assert.equal(record.length, 38);
    // Format, flags, kind, id, size, content type, MD5: what is written is to be read for years.
    assert.equal(record.toString("hex"), `010201${id.toString("hex")}80200bd41d8cd98f00b204e9800998ecf8427e`);
  });

  it("takes 56 bytes for a plain object of a versioned bucket", () => {
    const order = Buffer.from("f".repeat(32), "hex");
    const info = { ...plain, versionId: order.toString("hex") };
    const record = encodeObject({ info, content: { kind: "inline", id }, order }, owner);
    assert.equal(
      record.toString("hex"),
      `01820801${id.toString("hex")}80200bd41d8cd98f00b204e9800998ecf8427e${"f".repeat(32)}`,
    );
  });

  it("takes 44 bytes for a plain object in a file, which has a time of its own", () => {
    const info = { ...plain, lastModifiedMs: plain.lastModifiedMs + 1 };
    assert.equal(encodeObject({ info, content: { kind: "blob", id } }, owner).length, 44);
  });

  it("is read back by decodeObject(), whatever the object is", () => {
    const text = fc.string({ unit: "binary", maxLength: 20 });
    const person = fc.record({ id: fc.oneof(fc.constant(owner.id), text), displayName: text });
    const grantee = fc.oneof(
      fc.record({ type: fc.constant("user" as const), id: text }),
      fc.record({ type: fc.constant("user" as const), id: text, displayName: text }),
      fc.record({ type: fc.constant("email" as const), email: text }),
      fc.record({
        type: fc.constant("group" as const),
        group: fc.constantFrom("AllUsers" as const, "AuthenticatedUsers" as const, "LogDelivery" as const),
      }),
    );
    const permission = fc.constantFrom(
      ...(["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"] as const),
    );
    const grantList = fc.oneof(
      fc.constant(privately),
      fc.array(fc.record({ grantee, permission }), { maxLength: 4 }),
    );
    const names = fc
      .dictionary(fc.constantFrom("content-type", "expires", "__proto__", "x"), text)
      .map((values) => ({ ...values }));
    const content = fc.oneof(
      fc.constant<Content>({ kind: "none" }),
      fc.constantFrom("inline" as const, "blob" as const, "manifest" as const).map((kind) => ({ kind, id })),
    );
    const md5 = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((one) => Buffer.from(one).toString("hex"));
    const etagged = fc.oneof(
      md5.map((etag) => ({ etag, partCount: undefined })),
      fc.tuple(md5, fc.integer({ min: 1, max: 10_000 })).map(([etag, partCount]) => ({
        etag: `${etag}-${partCount}`,
        partCount,
      })),
      text.map((etag) => ({ etag, partCount: undefined })),
      md5.map((etag) => ({ etag, partCount: 3 })),
    );
    const checksum = fc.option(
      fc.record({
        algorithm: fc.constantFrom(...checksumAlgorithms),
        type: fc.constantFrom("FULL_OBJECT" as const, "COMPOSITE" as const),
        value: fc.oneof(text, fc.constant("NhCmhg=="), fc.constant("NhCmhg==-3")),
      }),
      { nil: undefined },
    );
    const order = Buffer.from("f".repeat(32), "hex");
    const version = fc.constantFrom<Pick<ObjectInfo, "versionId" | "deleteMarker"> & { order?: Buffer }>(
      {},
      { order, versionId: order.toString("hex") },
      { order, versionId: "null" },
      { order, versionId: order.toString("hex"), deleteMarker: true },
      { order, versionId: "null", deleteMarker: true },
    );
    fc.assert(
      fc.property(
        fc.record({
          size: fc.maxSafeNat(),
          lastModifiedMs: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
          owner: person,
          grants: grantList,
          headers: names,
          metadata: names,
          storageClass: fc.constantFrom("STANDARD", "GLACIER"),
        }),
        etagged,
        checksum,
        fc.option(names, { nil: undefined }),
        content,
        version,
        (attributes, etag, sum, tags, where, { order, ...versioned }) => {
          const info = { ...plain, ...attributes, ...etag, checksum: sum, tags, ...versioned };
          const read = decodeObject(encodeObject({ info, content: where, order }, owner), info.key, owner);
          assert.deepEqual(read.content, where);
          assert.deepEqual(read.order, order);
          assert.deepEqual(plainly(read.info), plainly(info));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("decodeObject()", () => {
  it("refuses a format or a flag of a later version, and a record that was cut", () => {
    const record = encodeObject({ info: plain, content: { kind: "inline", id } }, owner);
    assert.throws(() => decodeObject(Buffer.concat([Buffer.of(2), record.subarray(1)]), "k", owner), {
      message: "Cannot read a record (object): format 2, this version knows 1",
    });
    const flagged = Buffer.concat([Buffer.of(1, 0x80, 0x80, 0x80, 0x80, 0x04), record.subarray(2)]);
    assert.throws(() => decodeObject(flagged, "k", owner), /unknown flags 1073741824/);
    assert.throws(() => decodeObject(record.subarray(0, -1), "k", owner), RangeError);
  });
});
