import assert from "node:assert/strict";
import { it } from "node:test";

import { eachEngine } from "./engines.ts";
import {
  addKey,
  addUser,
  findAccessKey,
  findUserByEmail,
  findUserById,
  findUserByName,
  listKeys,
  listUsers,
  removeKey,
  removeUser,
} from "../../src/engine/users.ts";

eachEngine("users", (open) => {
  it("addUser() makes a user with a pair of keys that finds it", async () => {
    const { engine, time } = open();
    const { user, key } = await addUser(engine, { name: "alice", email: "Alice@example.com", admin: true });
    assert.match(user.id, /^[0-9a-f]{64}$/);
    assert.match(key.accessKeyId, /^[A-Z2-7]{20}$/);
    assert.match(key.secretAccessKey, /^[a-z2-7]{40}$/);
    assert.equal(key.createdAtMs, time.nowMs);
    assert.deepEqual(await findAccessKey(engine, key.accessKeyId), {
      secretAccessKey: key.secretAccessKey,
      user,
    });
    assert.deepEqual(await findUserById(engine, user.id), user);
    assert.deepEqual(await findUserByName(engine, "alice"), user);
    assert.deepEqual(await findUserByEmail(engine, "alice@EXAMPLE.com"), user);
    assert.equal(await findAccessKey(engine, "none"), null);
    assert.equal(await findUserByEmail(engine, "bob@example.com"), null);
  });

  it("addUser() refuses a name that is none of its options", async () => {
    const { engine } = open();
    const wrong = { name: "zoe", isAdmin: true };
    await assert.rejects(
      addUser(engine, wrong),
      /^TypeError: addUser\(\) has no option "isAdmin"\. Did you mean admin\?$/,
    );
    assert.equal(await findUserByName(engine, "zoe"), null);
  });

  it("addUser() refuses a name, id, address or access key that is taken, and adds nothing", async () => {
    const { engine } = open();
    const pair = { accessKey: "AKIDEXAMPLE", secretKey: "secret-of-bob" };
    const bob = { name: "bob", id: "b".repeat(64), email: "bob@example.com", ...pair };
    await addUser(engine, bob);
    const users = await listUsers(engine);
    const free = {
      name: "carol",
      id: "c".repeat(64),
      email: "carol@example.com",
      accessKey: "AKIDCAROL",
      secretKey: "secret-of-carol",
    };
    for (const taken of ["name", "id", "email", "accessKey"] as const) {
      await assert.rejects(addUser(engine, { ...free, [taken]: bob[taken] }), {
        code: "EntityAlreadyExists",
      });
    }
    assert.deepEqual(await listUsers(engine), users);
    assert.equal(await findAccessKey(engine, free.accessKey), null);
  });

  it("addUser() refuses values that are none, with the value and the rule", async () => {
    const { engine } = open();
    await assert.rejects(addUser(engine, { name: "a b" }), /Invalid user name "a b"/);
    await assert.rejects(addUser(engine, { name: "d", id: "12" }), /64 hexadecimal digits/);
    await assert.rejects(addUser(engine, { name: "d", email: "d" }), /Invalid e-mail address "d"/);
    await assert.rejects(addUser(engine, { name: "d", accessKey: "AKID" }), /both or not at all/);
    await assert.rejects(addUser(engine, { name: "d", accessKey: "A/B", secretKey: "12345678" }), TypeError);
    await assert.rejects(addUser(engine, { name: "d", accessKey: "AKID", secretKey: "1234567" }), (error) => {
      // A secret is in no message.
      assert.equal((error as Error).message.includes("1234567"), false);
      return true;
    });
  });

  it("listUsers() goes by name", async () => {
    const { engine } = open();
    await addUser(engine, { name: "zoe" });
    await addUser(engine, { name: "adam" });
    const names = (await listUsers(engine)).map(({ name }) => name);
    assert.deepEqual(names, names.toSorted());
    assert.ok(names.includes("zoe") && names.includes("adam"));
  });

  it("addKey() and removeKey() change what finds a user", async () => {
    const { engine } = open();
    const { user, key: first } = await addUser(engine, { name: "erin" });
    const second = await addKey(engine, user.id, { accessKey: "AKIDERIN2", secretKey: "secret-of-erin" });
    const third = await addKey(engine, user.id);
    const ids = (await listKeys(engine, user.id)).map(({ accessKeyId }) => accessKeyId);
    assert.deepEqual(ids, [first, second, third].map(({ accessKeyId }) => accessKeyId).toSorted());
    assert.equal(await removeKey(engine, "AKIDERIN2"), true);
    assert.equal(await removeKey(engine, "AKIDERIN2"), false);
    assert.equal(await findAccessKey(engine, "AKIDERIN2"), null);
    assert.equal((await listKeys(engine, user.id)).length, 2);
    await assert.rejects(
      addKey(engine, user.id, { accessKey: first.accessKeyId, secretKey: "another-secret" }),
      {
        code: "EntityAlreadyExists",
      },
    );
    await assert.rejects(addKey(engine, "0".repeat(64)), { code: "NoSuchEntity" });
  });

  it("removeUser() takes the user's keys along, also one that is added at the same moment", async () => {
    const { engine } = open();
    for (let round = 0; round < 5; round++) {
      const { user, key } = await addUser(engine, { name: "frank", email: "frank@example.com" });
      const [removed, added] = await Promise.allSettled([
        removeUser(engine, "frank"),
        addKey(engine, user.id),
      ]);
      assert.equal(removed.status === "fulfilled" && removed.value, true);
      assert.equal(await findAccessKey(engine, key.accessKeyId), null);
      if (added.status === "fulfilled") {
        assert.equal(await findAccessKey(engine, added.value.accessKeyId), null);
      }
      assert.equal(await findUserByEmail(engine, "frank@example.com"), null);
      assert.deepEqual(await listKeys(engine, user.id), []);
    }
    assert.equal(await removeUser(engine, "frank"), false);
  });
});
