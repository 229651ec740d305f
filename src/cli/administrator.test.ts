import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { createMemoryEngine } from "../engine/engine.ts";
import { addKey, addUser, findAccessKey, findUserByName, removeKey } from "../engine/users.ts";
import { ensureAdministrator } from "./administrator.ts";

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "stowage-administrator-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const given = { STOWAGE_ACCESS_KEY: "GIVENKEY", STOWAGE_SECRET_KEY: "given secret" };

test("ensureAdministrator() makes keys at the first start and finds them at the second", async () => {
  const engine = createMemoryEngine();
  const first = await ensureAdministrator(engine, dataDir, {});
  const keysFile = join(dataDir, "admin.env");
  assert.equal(first?.keysFile, keysFile);
  assert.equal((await stat(keysFile)).mode & 0o777, 0o600);
  const [, accessKeyId = "", secret] =
    /^AWS_ACCESS_KEY_ID=(\w{20})\nAWS_SECRET_ACCESS_KEY=([a-z2-7]{40})$/m.exec(
      await readFile(keysFile, "utf8"),
    ) ?? [];
  const owner = await findAccessKey(engine, accessKeyId);
  assert.equal(owner?.secretAccessKey, secret);
  assert.equal(owner?.user.admin, true);
  assert.deepEqual(await ensureAdministrator(engine, dataDir, {}), first);
});

test("ensureAdministrator() takes the keys that a first start wrote before it crashed", async () => {
  const written = await ensureAdministrator(createMemoryEngine(), dataDir, {});
  const engine = createMemoryEngine();
  assert.deepEqual(await ensureAdministrator(engine, dataDir, {}), written);
  assert.equal((await findAccessKey(engine, written?.accessKeyId ?? ""))?.user.admin, true);
});

test("ensureAdministrator() does not name a file whose key was removed", async () => {
  const engine = createMemoryEngine();
  const first = await ensureAdministrator(engine, dataDir, {});
  await addKey(engine, (await findUserByName(engine, "admin"))?.id ?? "");
  await removeKey(engine, first?.accessKeyId ?? "");
  assert.equal(await ensureAdministrator(engine, dataDir, {}), null);
});

test("ensureAdministrator() takes the keys of the environment, and a changed secret replaces the old one", async () => {
  const engine = createMemoryEngine();
  assert.deepEqual(await ensureAdministrator(engine, dataDir, given), {
    accessKeyId: "GIVENKEY",
    keysFile: null,
  });
  await ensureAdministrator(engine, dataDir, { ...given, STOWAGE_SECRET_KEY: "another secret" });
  assert.equal((await findAccessKey(engine, "GIVENKEY"))?.secretAccessKey, "another secret");
  await assert.rejects(stat(join(dataDir, "admin.env")), { code: "ENOENT" });
});

test("ensureAdministrator() refuses half a pair, and the key of a user who is no administrator", async () => {
  const engine = createMemoryEngine();
  await assert.rejects(ensureAdministrator(engine, dataDir, { STOWAGE_ACCESS_KEY: "A" }), {
    message: "STOWAGE_SECRET_KEY is not set",
  });
  await addUser(engine, { name: "anna", accessKey: "GIVENKEY", secretKey: "given secret" });
  await assert.rejects(ensureAdministrator(engine, dataDir, given), {
    message: /belongs to the user "anna"/,
  });
});

test("ensureAdministrator() refuses keys that cannot be any, and leaves those that were there", async () => {
  const engine = createMemoryEngine();
  await ensureAdministrator(engine, dataDir, given);
  for (const [STOWAGE_ACCESS_KEY, STOWAGE_SECRET_KEY, why] of [
    ["GIVENKEY", "short", /cannot be used: Invalid secret key: it has 5 characters, at least 8 are needed/],
    ["a b", "long enough", /cannot be used: Invalid access key "a b": 3 to 128 letters/],
  ] as const) {
    await assert.rejects(ensureAdministrator(engine, dataDir, { STOWAGE_ACCESS_KEY, STOWAGE_SECRET_KEY }), {
      name: "CommandError",
      message: why,
    });
  }
  assert.equal((await findAccessKey(engine, "GIVENKEY"))?.secretAccessKey, "given secret");
});
