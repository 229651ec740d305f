import assert from "node:assert/strict";
import { it } from "node:test";

import { createBucket, requireBucket } from "../../src/engine/buckets.ts";
import { changeOwner } from "../../src/engine/change-owner.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import type { Index } from "../../src/engine/index/index.ts";
import { listVersions } from "../../src/engine/list-versions.ts";
import { createUpload, listUploads } from "../../src/engine/multipart.ts";
import { openObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import type { Engine, ObjectInfo, User } from "../../src/engine/types.ts";
import { addUser, findUserById, removeUser } from "../../src/engine/users.ts";
import type { Grant, Owner } from "../../src/s3/acl.ts";
import { eachEngine, owner } from "./engines.ts";

const to = (user: Owner, permission: Grant["permission"] = "FULL_CONTROL"): Grant => ({
  grantee: { type: "user", ...user },
  permission,
});

const ownerOf = ({ id, name }: User): Owner => ({ id, displayName: name });

let round = 0;

/** Who has the buckets of other tests, so that what comes after a test finds the bucket. */
async function giveBack(engine: Engine, bucketName: string): Promise<void> {
  const user = await findUserById(engine, owner.id);
  const { user: all } = user === null ? await addUser(engine, { name: "all", id: owner.id }) : { user };
  await changeOwner(engine, bucketName, all);
}

async function newUser(engine: Engine, name: string): Promise<User> {
  return (await addUser(engine, { name: `${name}-${++round}` })).user;
}

async function newUsers(engine: Engine): Promise<{ ben: User; a: Owner; b: Owner; c: Owner }> {
  const a = ownerOf(await newUser(engine, "anna"));
  const ben = await newUser(engine, "ben");
  const c = ownerOf(await newUser(engine, "carl"));
  return { ben, a, b: ownerOf(ben), c };
}

async function infoOf(engine: Engine, bucketName: string, key: string): Promise<ObjectInfo> {
  const object = await openObject(engine, await requireBucket(engine, bucketName), key);
  assert.ok(object);
  object.close();
  return object.info;
}

eachEngine("changeOwner()", (open) => {
  it("puts the new owner in the place of the old: of bucket, objects, versions, uploads and in lists", async () => {
    const { engine } = open();
    const { ben, a, b, c } = await newUsers(engine);
    const name = `given-${++round}`;
    const everybody: Grant = { grantee: { type: "group", group: "AllUsers" }, permission: "READ" };
    const bucket = await createBucket(engine, {
      name,
      owner: a,
      grants: [everybody, to(c, "WRITE"), to(a)],
      region: "us-east-1",
      objectLock: {},
    });
    const body = Buffer.from("x");
    const put = (key: string, owner: Owner, grants: Grant[]): Promise<unknown> =>
      putObject(engine, { bucket, key, body, owner, grants });
    await put("plain", a, [to(a)]);
    await put("plain", a, [to(a)]);
    await put("deleted", a, [to(a)]);
    await deleteObject(engine, bucket, "deleted");
    await put("read", a, [everybody, to(b, "READ"), to(a)]);
    await put("of another", c, [to(a), to(c)]);
    await put("to both", c, [to(a, "READ"), to(b, "READ"), to(c)]);
    await put("of the new", b, [to(b)]);
    await createUpload(engine, { bucket, key: "own", owner: a, grants: [to(a)] });
    await createUpload(engine, {
      bucket,
      key: "other",
      owner: c,
      grants: [to(c), to(a, "READ")],
      initiator: a,
    });

    const given = await changeOwner(engine, name, ben);
    assert.deepEqual(given.owner, b);
    assert.equal(given.formerOwner, undefined);
    assert.deepEqual(given.grants, [everybody, to(c, "WRITE"), to(b)]);
    const seen = async (key: string): Promise<unknown[]> => {
      const { owner, grants } = await infoOf(engine, name, key);
      return [owner, grants];
    };
    assert.deepEqual(await seen("plain"), [b, [to(b)]]);
    assert.deepEqual(await seen("read"), [b, [everybody, to(b, "READ"), to(b)]]);
    assert.deepEqual(await seen("of another"), [c, [to(b), to(c)]]);
    assert.deepEqual(await seen("to both"), [c, [to(b, "READ"), to(c)]]);
    assert.deepEqual(await seen("of the new"), [b, [to(b)]]);
    const { versions } = await listVersions(engine, given, { limit: 100 });
    assert.deepEqual(
      versions.map(({ key, owner, deleteMarker }) => [key, owner.id === b.id, deleteMarker ?? false]),
      [
        ["deleted", true, true],
        ["deleted", true, false],
        ["of another", false, false],
        ["of the new", true, false],
        ["plain", true, false],
        ["plain", true, false],
        ["read", true, false],
        ["to both", false, false],
      ],
    );
    const { uploads } = await listUploads(engine, given, { limit: 100 });
    assert.deepEqual(
      uploads.map(({ key, owner, initiator, grants }) => [key, owner, initiator, grants]),
      [
        ["other", c, b, [to(c), to(b, "READ")]],
        ["own", b, undefined, [to(b)]],
      ],
    );
    await giveBack(engine, name);
  });

  it("goes on where it was interrupted, by the same call, and the bucket is given already", async () => {
    const { engine } = open();
    const { ben, a, b, c } = await newUsers(engine);
    const name = `interrupted-${++round}`;
    const bucket = await createBucket(engine, { name, owner: a, grants: [to(a)], region: "us-east-1" });
    const body = Buffer.from("x");
    await putObject(engine, { bucket, key: "own", body, owner: a, grants: [to(a)] });
    await putObject(engine, { bucket, key: "other", body, owner: c, grants: [to(c), to(a)] });
    const failing = failingAtSnapshots(engine);
    await assert.rejects(changeOwner(failing, name, ben), /the disk is gone/);
    assert.deepEqual((await requireBucket(engine, name)).owner, b);
    assert.deepEqual((await infoOf(engine, name, "own")).owner, b);
    assert.deepEqual((await infoOf(engine, name, "other")).grants, [to(c), to(a)]);
    await changeOwner(engine, name, ben);
    assert.deepEqual((await infoOf(engine, name, "other")).grants, [to(c), to(b)]);
    assert.equal((await requireBucket(engine, name)).formerOwner, undefined);
    await giveBack(engine, name);
  });

  it("of several at once one is the last, and nothing names who had it before", async () => {
    const { engine } = open();
    const users = await Promise.all(["anna", "ben", "carl", "dora"].map((name) => newUser(engine, name)));
    const [anna, ...others] = users as [User, ...User[]];
    const writer = ownerOf(await newUser(engine, "writer"));
    const name = `contended-${++round}`;
    const a = ownerOf(anna);
    const bucket = await createBucket(engine, { name, owner: a, grants: [to(a)], region: "us-east-1" });
    for (let at = 0; at < 20; at++) {
      const grants = [to(writer), to(a)];
      await putObject(engine, { bucket, key: `${at}`, body: Buffer.from("x"), owner: writer, grants });
    }
    await Promise.all(others.map((user) => changeOwner(engine, name, user)));
    const { owner: last, grants, formerOwner } = await requireBucket(engine, name);
    assert.ok(others.some(({ id }) => id === last.id));
    assert.deepEqual([grants, formerOwner], [[to(last)], undefined]);
    for (let at = 0; at < 20; at++) {
      assert.deepEqual((await infoOf(engine, name, `${at}`)).grants, [to(writer), to(last)]);
    }
    await giveBack(engine, name);
  });

  it("a user who is removed at the same moment has the bucket and stays, or has not", async () => {
    const { engine } = open();
    const a = ownerOf(await newUser(engine, "anna"));
    const name = `raced-${++round}`;
    await createBucket(engine, { name, owner: a, grants: [to(a)], region: "us-east-1" });
    for (let at = 0; at < 10; at++) {
      const user = await newUser(engine, "raced");
      const [given, removed] = await Promise.allSettled([
        changeOwner(engine, name, user),
        removeUser(engine, user.name),
      ]);
      const isOwner = (await requireBucket(engine, name)).owner.id === user.id;
      assert.equal(given.status === "fulfilled", isOwner);
      assert.notEqual(given.status, removed.status);
    }
    await giveBack(engine, name);
  });
});

/** The same engine, whose walks fail. */
function failingAtSnapshots(engine: Engine): Engine {
  const index: Index = Object.create(engine.index, {
    snapshot: {
      value: () => {
        throw new Error("the disk is gone");
      },
    },
    get: { value: engine.index.get.bind(engine.index) },
    commit: { value: engine.index.commit.bind(engine.index) },
  }) as Index;
  return { ...engine, index };
}
