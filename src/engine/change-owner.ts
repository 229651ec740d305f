/**
 * Gives a bucket to another user, who takes the place of the one that has it: as its owner and as the owner of objects,
 * versions and uploads in it, and in every list that names that one. What others own stays theirs.
 *
 * The bucket's row changes first, and with it all that names its owner by saying nothing. It says whose place was taken
 * until what names that user was found, so that who was interrupted can do it again.
 */

import { setImmediate } from "node:timers/promises";

import type { Grant, Owner } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { encodeBucket, requireBucket } from "./buckets.ts";
import type { Entry } from "./index/index.ts";
import { decodeObject, encodeObject } from "./records/object.ts";
import { afterKey, afterPrefix, bucketKey, bucketPrefix, userIdKey } from "./table-keys.ts";
import type { Bucket, Engine, User } from "./types.ts";
import { encodeUpload, uploadOf } from "./uploads.ts";

/**
 * Makes a user the owner of a bucket. To give it to who has it does what an earlier change has left undone.
 *
 * @returns The bucket as it is then.
 * @throws S3Error NoSuchBucket; NoSuchEntity when the user is removed meanwhile.
 * @example
 * await changeOwner(engine, "photos", anna);
 */
export async function changeOwner(engine: Engine, name: string, user: User): Promise<Bucket> {
  do await finishChange(engine, name);
  while (!(await takePlace(engine, name, user)));
  await finishChange(engine, name);
  return requireBucket(engine, name);
}

/** @returns False where another change came first and is not finished. */
async function takePlace(engine: Engine, name: string, user: User): Promise<boolean> {
  const owner = { id: user.id, displayName: user.name };
  return atomically(engine, `bucket ${name}`, async () => {
    const bucket = await requireBucket(engine, name);
    const { owner: former, grants, logging } = bucket;
    if (former.id === user.id) return true;
    if (bucket.formerOwner !== undefined) return false;
    const row = await engine.index.get("users", userIdKey(user.id));
    if (row === null) {
      throw new S3Error("NoSuchEntity", {
        status: 404,
        message: `There is no user "${user.name}" any more.`,
      });
    }
    const given: Bucket = {
      ...bucket,
      owner,
      formerOwner: former,
      grants: passedOn(grants, former, owner),
      logging: logging && {
        ...logging,
        targetGrants: logging.targetGrants && passedOn(logging.targetGrants, former, owner),
      },
      isBeingDeleted: undefined,
    };
    const draft = new Draft()
      .check("buckets", bucketKey(name), bucket.version)
      .put("buckets", bucketKey(name), encodeBucket(given))
      // Removing a user looks for buckets: writing the user's row makes the two exclude each other.
      .check("users", userIdKey(user.id), row.version)
      .put("users", userIdKey(user.id), row.value);
    return (await engine.index.commit(draft)) ? true : conflict;
  });
}

async function finishChange(engine: Engine, name: string): Promise<void> {
  const bucket = await requireBucket(engine, name);
  const { formerOwner } = bucket;
  if (formerOwner === undefined) return;
  const change: Change = { engine, name, id: bucket.id, former: formerOwner };
  for (const table of ["objects", "versions", "uploads"] as const) await passRowsOn(change, table);
  await atomically(engine, `bucket ${name}`, async () => {
    const now = await requireBucket(engine, name);
    if (!isUnderWay(change, now)) return undefined;
    const draft = new Draft()
      .check("buckets", bucketKey(name), now.version)
      .put("buckets", bucketKey(name), encodeBucket({ ...now, formerOwner: undefined }));
    return (await engine.index.commit(draft)) ? undefined : conflict;
  });
}

interface Change {
  readonly engine: Engine;
  readonly name: string;
  /** Of the bucket. */
  readonly id: string;
  readonly former: Owner;
}

type NamingTable = "objects" | "versions" | "uploads";

const stepRows = 200;

async function passRowsOn(change: Change, table: NamingTable): Promise<void> {
  const { index } = change.engine;
  const end = afterPrefix(bucketPrefix(change.id));
  let start = bucketPrefix(change.id);
  for (;;) {
    const bucket = await requireBucket(change.engine, change.name);
    const snapshot = await index.snapshot();
    let rows;
    try {
      rows = await snapshot.range(table, { start, end, limit: stepRows });
    } finally {
      snapshot.close();
    }
    await Promise.all(
      rows
        .filter((row) => passedOnRow(table, row, bucket, change.former) !== null)
        .map(({ key }) => passRowOn(change, table, key)),
    );
    const last = rows.at(-1);
    if (last === undefined || rows.length < stepRows) return;
    start = afterKey(last.key);
    await setImmediate();
  }
}

async function passRowOn(change: Change, table: NamingTable, key: Buffer): Promise<void> {
  const { engine, name, former } = change;
  return atomically(engine, `row ${key.toString("hex")}`, async () => {
    const bucket = await requireBucket(engine, name);
    const row = await engine.index.get(table, key);
    const value = row === null ? null : passedOnRow(table, row, bucket, former);
    if (row === null || value === null || !isUnderWay(change, bucket)) return undefined;
    const draft = new Draft()
      .check("buckets", bucketKey(name), bucket.version)
      .check(table, key, row.version)
      .put(table, key, value);
    return (await engine.index.commit(draft)) ? undefined : conflict;
  });
}

/** Somebody else may have finished it, or removed the bucket. */
function isUnderWay({ id, former }: Change, bucket: Bucket): boolean {
  return bucket.id === id && bucket.formerOwner?.id === former.id;
}

/** The row with the bucket's owner in the place of the former one; null where it does not name that one. */
function passedOnRow(table: NamingTable, row: Entry, bucket: Bucket, former: Owner): Buffer | null {
  const { owner } = bucket;
  const passOwner = (one: Owner): Owner => (one.id === former.id ? owner : one);
  if (table === "uploads") {
    const upload = uploadOf(row);
    const { initiator, grants } = upload;
    if (upload.owner.id !== former.id && initiator?.id !== former.id && !names(grants, former)) return null;
    return encodeUpload({
      ...upload,
      owner: passOwner(upload.owner),
      initiator: initiator && passOwner(initiator),
      grants: passedOn(grants, former, owner),
    });
  }
  const record = decodeObject(row.value, "", owner);
  const { info } = record;
  if (info.owner.id !== former.id && !names(info.grants, former)) return null;
  const passed = { ...info, owner: passOwner(info.owner), grants: passedOn(info.grants, former, owner) };
  return encodeObject({ ...record, info: passed }, owner);
}

function names(grants: readonly Grant[], { id }: Owner): boolean {
  return grants.some(({ grantee }) => grantee.type === "user" && grantee.id === id);
}

/** What was granted to the one is granted to the other, and stands once. */
function passedOn(grants: readonly Grant[], former: Owner, owner: Owner): Grant[] {
  const passed = grants.map((grant): Grant => {
    const { grantee, permission } = grant;
    if (grantee.type !== "user" || grantee.id !== former.id) return grant;
    return { grantee: { type: "user", ...owner }, permission };
  });
  return passed.filter((grant, at) => passed.findIndex((one) => one === grant || isSame(one, grant)) === at);
}

function isSame(a: Grant, b: Grant): boolean {
  if (a.grantee.type !== "user" || b.grantee.type !== "user") return false;
  return a.permission === b.permission && a.grantee.id === b.grantee.id;
}
