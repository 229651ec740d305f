import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  aclAllows,
  type CannedAcl,
  cannedAcls,
  cannedGrants,
  type Grant,
  grantsAllow,
  type Group,
  groupUris,
  hasAclHeaders,
  parseAclHeaders,
  parseCannedAcl,
  parseGrantHeaders,
  type Permission,
  permissions,
  writeGrantHeaders,
} from "./acl.ts";

const ann = { id: "a".repeat(64), displayName: "ann" };
const bob = { id: "b".repeat(64), displayName: "bob" };

/** Grants in short: `ann FULL_CONTROL`, `AllUsers READ`. */
function inShort(grants: readonly Grant[]): string[] {
  return grants.map(({ grantee, permission }) => {
    const who =
      grantee.type === "user"
        ? (grantee.displayName ?? grantee.id)
        : grantee.type === "group"
          ? grantee.group
          : grantee.email;
    return `${who} ${permission}`;
  });
}

test("cannedGrants() gives the grants of AWS's table for an object in another's bucket", () => {
  const table: Record<CannedAcl, string[]> = {
    private: [],
    "public-read": ["AllUsers READ"],
    "public-read-write": ["AllUsers READ", "AllUsers WRITE"],
    "authenticated-read": ["AuthenticatedUsers READ"],
    "aws-exec-read": [],
    "bucket-owner-read": ["bob READ"],
    "bucket-owner-full-control": ["bob FULL_CONTROL"],
    "log-delivery-write": ["LogDelivery WRITE", "LogDelivery READ_ACP"],
  };
  for (const acl of cannedAcls) {
    const grants = cannedGrants(acl, { owner: ann, bucketOwner: bob });
    assert.deepEqual(inShort(grants), [...table[acl], "ann FULL_CONTROL"], acl);
  }
});

test("cannedGrants() ignores bucket-owner-… for a bucket, and for an object in one's own bucket", () => {
  for (const acl of ["bucket-owner-read", "bucket-owner-full-control"] as const) {
    assert.deepEqual(inShort(cannedGrants(acl, { owner: ann })), ["ann FULL_CONTROL"]);
    assert.deepEqual(inShort(cannedGrants(acl, { owner: ann, bucketOwner: ann })), ["ann FULL_CONTROL"]);
  }
});

test("parseCannedAcl() refuses what is no canned ACL", () => {
  assert.equal(parseCannedAcl("public-read"), "public-read");
  for (const value of ["", "Public-Read", "public", "toString"]) {
    assert.throws(() => parseCannedAcl(value), {
      code: "InvalidArgument",
      details: { ArgumentName: "x-amz-acl", ArgumentValue: value },
    });
  }
});

test("parseGrantHeaders() reads ids, e-mail addresses and groups, quoted or not", () => {
  const grants = parseGrantHeaders({
    "x-amz-grant-read": `id="${ann.id}", emailAddress="x@example.com" ,uri="${groupUris.AllUsers}"`,
    "x-amz-grant-full-control": `id=${bob.id}`,
    "x-amz-grant-read-acp": `uri=${groupUris.LogDelivery}`,
  });
  assert.deepEqual(grants, [
    { grantee: { type: "user", id: ann.id }, permission: "READ" },
    { grantee: { type: "email", email: "x@example.com" }, permission: "READ" },
    { grantee: { type: "group", group: "AllUsers" }, permission: "READ" },
    { grantee: { type: "group", group: "LogDelivery" }, permission: "READ_ACP" },
    { grantee: { type: "user", id: bob.id }, permission: "FULL_CONTROL" },
  ]);
});

test("parseGrantHeaders() is null without such a header", () => {
  assert.equal(parseGrantHeaders({ "x-amz-acl": "private" }), null);
});

test("parseGrantHeaders() refuses what it cannot read", () => {
  const values = [
    "ann",
    'id="ann',
    'id="a" id="b"',
    'name="ann"',
    'id=""',
    'uri="http://example.com/All"',
    "id=",
    ",",
  ];
  for (const value of values) {
    assert.throws(
      () => parseGrantHeaders({ "x-amz-grant-write": value }),
      { code: "InvalidArgument" },
      value,
    );
  }
});

test("parseGrantHeaders() takes at most 100 grants", () => {
  const headers = { "x-amz-grant-read": Array.from({ length: 101 }, (_, i) => `id=${i}`).join() };
  assert.throws(() => parseGrantHeaders(headers), { code: "InvalidRequest", message: /101 grants/ });
});

test("writeGrantHeaders() writes what parseGrantHeaders() reads", () => {
  const grantee = fc.oneof(
    fc.stringMatching(/^[0-9a-f]{1,64}$/).map((id) => ({ type: "user" as const, id })),
    fc.emailAddress().map((email) => ({ type: "email" as const, email })),
    fc.constantFrom<Group>("AllUsers", "LogDelivery").map((group) => ({ type: "group" as const, group })),
  );
  const grant = fc
    .tuple(grantee, fc.constantFrom<Permission>(...permissions))
    .map(([grantee, permission]) => ({ grantee, permission }));
  fc.assert(
    fc.property(fc.array(grant, { minLength: 1, maxLength: 20 }), (grants) => {
      const byPermission = permissions.flatMap((name) =>
        grants.filter(({ permission }) => permission === name),
      );
      assert.deepEqual(parseGrantHeaders(writeGrantHeaders(grants)), byPermission);
    }),
  );
});

test("parseAclHeaders() takes a canned ACL or grants, never both, and adds nothing to grants", () => {
  const of = { owner: ann };
  assert.equal(parseAclHeaders({}, of), null);
  assert.deepEqual(inShort(parseAclHeaders({ "x-amz-acl": "public-read" }, of) ?? []), [
    "AllUsers READ",
    "ann FULL_CONTROL",
  ]);
  assert.deepEqual(inShort(parseAclHeaders({ "x-amz-grant-read": "id=bob" }, of) ?? []), ["bob READ"]);
  assert.throws(() => parseAclHeaders({ "x-amz-acl": "private", "x-amz-grant-read": "id=bob" }, of), {
    code: "InvalidRequest",
  });
  assert.equal(hasAclHeaders({ "x-amz-grant-write-acp": "id=bob" }), true);
  assert.equal(hasAclHeaders({ "x-amz-date": "" }), false);
});

test("grantsAllow() lets users by id, everybody by AllUsers, and the known by AuthenticatedUsers", () => {
  const grants: Grant[] = [
    { grantee: { type: "user", id: ann.id }, permission: "WRITE" },
    { grantee: { type: "group", group: "AuthenticatedUsers" }, permission: "READ" },
    { grantee: { type: "group", group: "LogDelivery" }, permission: "READ_ACP" },
    { grantee: { type: "email", email: "bob@example.com" }, permission: "WRITE_ACP" },
  ];
  assert.equal(grantsAllow(grants, { id: ann.id }, "WRITE"), true);
  assert.equal(grantsAllow(grants, { id: bob.id }, "WRITE"), false);
  assert.equal(grantsAllow(grants, { id: bob.id }, "READ"), true);
  assert.equal(grantsAllow(grants, {}, "READ"), false);
  assert.equal(grantsAllow(grants, { id: bob.id }, "READ_ACP"), false);
  assert.equal(grantsAllow(grants, { logDelivery: true }, "READ_ACP"), true);
  assert.equal(grantsAllow(grants, { id: bob.id }, "WRITE_ACP"), false);
  assert.equal(
    grantsAllow([{ grantee: { type: "group", group: "AllUsers" }, permission: "READ" }], {}, "READ"),
    true,
  );
});

test("grantsAllow() takes FULL_CONTROL for everything and nothing for FULL_CONTROL", () => {
  const full: Grant[] = [{ grantee: { type: "user", id: ann.id }, permission: "FULL_CONTROL" }];
  const each = permissions.slice(0, -1).map((permission) => ({ grantee: full[0]!.grantee, permission }));
  for (const permission of permissions) assert.equal(grantsAllow(full, { id: ann.id }, permission), true);
  assert.equal(grantsAllow(each, { id: ann.id }, "FULL_CONTROL"), false);
});

test("aclAllows() leaves the owner of an empty list the list, and nothing else", () => {
  const policy = { owner: ann, grants: [] };
  assert.deepEqual(
    permissions.filter((permission) => aclAllows(policy, { id: ann.id }, permission)),
    ["READ_ACP", "WRITE_ACP"],
  );
  assert.equal(aclAllows(policy, { id: bob.id }, "READ_ACP"), false);
  assert.equal(aclAllows(policy, {}, "READ_ACP"), false);
});
