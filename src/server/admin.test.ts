import assert from "node:assert/strict";
import { test } from "node:test";
import { createBucket } from "../engine/buckets.ts";
import { createMemoryEngine } from "../engine/engine.ts";
import type { Engine } from "../engine/types.ts";
import { findAccessKey } from "../engine/users.ts";
import { type AdminAnswer, administer } from "./admin.ts";

function ask(engine: Engine, line: string, body?: unknown): Promise<AdminAnswer> {
  const [method = "", target = ""] = line.split(" ");
  const [path = "", query = ""] = target.split("?");
  const bytes =
    typeof body === "string"
      ? Buffer.from(body)
      : Buffer.from(body === undefined ? "" : JSON.stringify(body));
  return administer(engine, { method, path, params: new Map(new URLSearchParams(query)), body: bytes });
}

const id = "0123456789abcdef".repeat(4);
const admin = { name: "admin", admin: true, accessKey: "ADMINKEY", secretKey: "admin secret key" };
const anna = {
  name: "anna",
  id,
  email: "anna@example.com",
  accessKey: "ANNAKEY",
  secretKey: "anna secret key",
};

test("administer() adds a user, shows the secret once and lists without it", async () => {
  const engine = createMemoryEngine({ clock: () => Date.UTC(2026, 0, 2) });
  assert.deepEqual(await ask(engine, "POST users", anna), {
    status: 201,
    value: {
      user: { id, name: "anna", email: "anna@example.com", admin: false },
      key: { accessKeyId: "ANNAKEY", secretAccessKey: "anna secret key" },
    },
  });
  const users = await ask(engine, "GET users");
  assert.deepEqual(users.value, { users: [{ id, name: "anna", email: "anna@example.com", admin: false }] });
  const keys = await ask(engine, "GET users/anna/keys");
  assert.deepEqual(keys.value, {
    keys: [{ accessKeyId: "ANNAKEY", user: "anna", createdAt: "2026-01-02T00:00:00.000Z" }],
  });
});

test("administer() draws keys that were not given", async () => {
  const engine = createMemoryEngine();
  await ask(engine, "POST users", anna);
  const { status, value } = await ask(engine, "POST users/anna/keys");
  const { key } = value as { key: { accessKeyId: string; secretAccessKey: string } };
  assert.equal(status, 201);
  assert.match(key.accessKeyId, /^\w{20}$/);
  assert.equal((await findAccessKey(engine, key.accessKeyId))?.secretAccessKey, key.secretAccessKey);
});

test("administer() removes a key, and a user with all keys", async () => {
  const engine = createMemoryEngine();
  await ask(engine, "POST users", anna);
  await ask(engine, "POST users/anna/keys", { accessKey: "SECOND", secretKey: "second secret" });
  assert.deepEqual(await ask(engine, "DELETE keys/SECOND"), { status: 204 });
  assert.equal(await findAccessKey(engine, "SECOND"), null);
  const user = { id, name: "anna", email: "anna@example.com", admin: false };
  assert.deepEqual(await ask(engine, "DELETE users/anna"), { status: 200, value: { user } });
  assert.equal(await findAccessKey(engine, "ANNAKEY"), null);
});

test("administer() removes an owner of buckets where that is asked for, and names them where it is not", async () => {
  const engine = createMemoryEngine();
  await ask(engine, "POST users", anna);
  const owner = { id, displayName: "anna" };
  const make = (name: string) => createBucket(engine, { name, owner, grants: [], region: "us-east-1" });
  await make("photos");
  const remove = (query = "") => ask(engine, `DELETE users/anna${query}`);
  await assert.rejects(remove(), {
    code: "DeleteConflict",
    status: 409,
    message: 'The user "anna" owns a bucket: photos.',
  });
  for (let i = 10; i <= 20; i++) await make(`letters-${i}`);
  await assert.rejects(remove("?force=false"), {
    message: `The user "anna" owns 12 buckets: ${Array.from({ length: 10 }, (_, i) => `letters-${i + 10}`).join(", ")}, and 2 more.`,
  });
  await assert.rejects(remove("?force=yes"), { code: "InvalidArgument", message: /"force" is "yes"/ });
  assert.notEqual(await findAccessKey(engine, "ANNAKEY"), null);
  assert.equal((await remove("?force=true")).status, 200);
  assert.equal(await findAccessKey(engine, "ANNAKEY"), null);
});

test("administer() keeps the last key of the last administrator", async () => {
  const engine = createMemoryEngine();
  await ask(engine, "POST users", admin);
  await assert.rejects(ask(engine, "DELETE users/admin"), { code: "LastAdministrator", status: 409 });
  await assert.rejects(ask(engine, "DELETE users/admin?force=true"), { code: "LastAdministrator" });
  await assert.rejects(ask(engine, "DELETE keys/ADMINKEY"), { code: "LastAdministrator" });
  await ask(engine, "POST users/admin/keys", { accessKey: "SECOND", secretKey: "second secret" });
  assert.deepEqual(await ask(engine, "DELETE keys/ADMINKEY"), { status: 204 });
});

for (const [what, line, body, expected] of [
  [
    "an unknown field",
    "POST users",
    { ...anna, Admin: true },
    { code: "InvalidArgument", message: /"Admin" is not known/ },
  ],
  [
    "a field of another type",
    "POST users",
    { ...anna, admin: "yes" },
    { code: "InvalidArgument", message: /"admin" is no boolean/ },
  ],
  ["a user without a name", "POST users", {}, { code: "InvalidArgument", message: /"name" is missing/ }],
  [
    "a name that cannot be one",
    "POST users",
    { name: "a/b" },
    { code: "InvalidArgument", message: /Invalid user name "a\/b"/ },
  ],
  ["half a pair of keys", "POST users", { name: "bob", accessKey: "BOBKEY" }, { code: "InvalidArgument" }],
  ["a body that is no JSON", "POST users", "{", { code: "InvalidArgument", message: "The body is no JSON." }],
  ["a body that is no object", "POST users", [], { code: "InvalidArgument" }],
  [
    "a name of the prototype",
    "POST users",
    '{"name":"bob","__proto__":{"admin":true}}',
    { code: "InvalidArgument" },
  ],
  ["a user that is not there", "GET users/nobody/keys", undefined, { code: "NoSuchEntity", status: 404 }],
  ["a key that is not there", "DELETE keys/NOKEY", undefined, { code: "NoSuchEntity" }],
  ["a name that is taken", "POST users", { name: "anna" }, { code: "EntityAlreadyExists", status: 409 }],
  ["another method", "PUT users", {}, { code: "MethodNotAllowed", message: /takes GET and POST/ }],
  ["a path of the prototype", "GET constructor", undefined, { code: "NoSuchEntity" }],
  ["another path", "GET buckets", undefined, { code: "NoSuchEntity" }],
  ["a path that goes further", "GET users/anna/keys/more", undefined, { code: "NoSuchEntity" }],
  ["a path that is not UTF-8", "GET users/%ff", undefined, { code: "InvalidURI" }],
] as const) {
  test(`administer() refuses ${what}`, async () => {
    const engine = createMemoryEngine();
    await ask(engine, "POST users", anna);
    await assert.rejects(ask(engine, line, body), expected);
  });
}

test("administer() sets, shows and takes away the quota of a bucket", async () => {
  const engine = createMemoryEngine();
  const owner = { id, displayName: "anna" };
  await createBucket(engine, { name: "photos", owner, grants: [], region: "us-east-1" });
  assert.deepEqual((await ask(engine, "GET buckets/photos/quota")).value, {
    bucket: "photos",
    quota: null,
    usage: null,
  });
  const set = await ask(engine, "PUT buckets/photos/quota", { maxBytes: 1000 });
  assert.deepEqual(set.value, {
    bucket: "photos",
    quota: { maxBytes: 1000 },
    usage: { bytes: 0, objects: 0 },
  });
  for (const wrong of [{}, { maxBytes: -1 }, { maxBytes: 1.5 }, { maxBytes: "1" }, { maxSize: 1 }]) {
    await assert.rejects(ask(engine, "PUT buckets/photos/quota", wrong), { code: "InvalidArgument" });
  }
  await assert.rejects(ask(engine, "PUT buckets/missing/quota", { maxBytes: 1 }), { code: "NoSuchBucket" });
  await assert.rejects(ask(engine, "POST buckets/photos/quota"), { code: "MethodNotAllowed" });
  assert.equal((await ask(engine, "DELETE buckets/photos/quota")).status, 204);
  assert.equal(((await ask(engine, "GET buckets/photos/quota")).value as { quota: unknown }).quota, null);
});

test("administer() gives a bucket to another user, and tells whose it is", async () => {
  const engine = createMemoryEngine();
  const { user: ben } = (await ask(engine, "POST users", { name: "ben" })).value as { user: { id: string } };
  const owner = { id, displayName: "anna" };
  await createBucket(engine, { name: "photos", owner, grants: [], region: "us-east-1" });
  const ask404 = { code: "NoSuchEntity", status: 404 };
  await assert.rejects(ask(engine, "PUT buckets/photos/owner", { user: "nobody" }), ask404);
  await assert.rejects(ask(engine, "PUT buckets/photos/owner", {}), { code: "InvalidArgument" });
  await assert.rejects(ask(engine, "PUT buckets/missing/owner", { user: "ben" }), { code: "NoSuchBucket" });
  assert.deepEqual(await ask(engine, "GET buckets/photos/owner"), {
    status: 200,
    value: { bucket: "photos", owner: { id, name: "anna" } },
  });
  const given = { bucket: "photos", owner: { id: ben.id, name: "ben" } };
  assert.deepEqual(await ask(engine, "PUT buckets/photos/owner", { user: "ben" }), {
    status: 200,
    value: given,
  });
  assert.deepEqual((await ask(engine, "GET buckets/photos/owner")).value, given);
});
