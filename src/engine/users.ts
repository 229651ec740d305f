/** Users and their access keys. */

import type { Owner } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";
import { checkNames, type NamesOf } from "../s3/known-names.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { listBuckets } from "./buckets.ts";
import type { Entry, Table } from "./index/index.ts";
import { decodeJson, encodeJson } from "./records/json.ts";
import {
  accessKeyKey,
  afterKey,
  afterPrefix,
  removedUserKey,
  userAccessKeyKey,
  userEmailKey,
  userIdKey,
  userNameKey,
} from "./table-keys.ts";
import type { AccessKey, Engine, User } from "./types.ts";

/** What an access key stands for. */
export interface AccessKeyOwner {
  readonly secretAccessKey: string;
  readonly user: User;
}

type KeyRecord = Omit<AccessKey, "accessKeyId">;
type RemovedUser = Pick<User, "name">;

/** Base 32, as AWS's access keys: nothing that is read wrongly, begins an option or ends a word. */
const keyAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export interface AddUserInput {
  readonly name: string;
  /** Canonical id, 64 hexadecimal digits. Default: drawn at random. */
  readonly id?: string | undefined;
  readonly email?: string | undefined;
  readonly admin?: boolean | undefined;
  /** Both or none; none makes a pair at random. */
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
}

const inputNames: NamesOf<AddUserInput> = {
  name: 1,
  id: 1,
  email: 1,
  admin: 1,
  accessKey: 1,
  secretKey: 1,
};

/**
 * Makes a user with one pair of keys.
 *
 * @throws S3Error EntityAlreadyExists when the name, id, e-mail address or access key is taken; TypeError for values that
 *   are none.
 * @example
 * const { user, key } = await addUser(engine, { name: "alice", admin: true });
 */
export async function addUser(engine: Engine, input: AddUserInput): Promise<{ user: User; key: AccessKey }> {
  checkNames("addUser()", input, inputNames);
  const user: User = {
    id: (input.id ?? engine.random(32).toString("hex")).toLowerCase(),
    name: input.name,
    ...(input.email === undefined ? {} : { email: input.email }),
    admin: input.admin ?? false,
  };
  checkUser(user);
  const key = newKey(engine, user.id, input);
  const draft = new Draft();
  const name = Buffer.from(user.id);
  insert(draft, "users", userIdKey(user.id), encodeJson(user));
  insert(draft, "users", userNameKey(user.name), name);
  if (user.email !== undefined) insert(draft, "users", userEmailKey(user.email), name);
  insertKey(draft, key);
  draft.delete("users", removedUserKey(user.id));
  if (!(await engine.index.commit(draft))) {
    throw new S3Error("EntityAlreadyExists", {
      status: 409,
      message: `Cannot add user "${user.name}": the name, id, e-mail address or access key is taken`,
    });
  }
  return { user, key };
}

/** Every user, by name. */
export async function listUsers(engine: Engine): Promise<User[]> {
  const users: User[] = [];
  for await (const entry of rowsWithPrefix(engine, "users", userIdKey(""))) users.push(userOf(engine, entry));
  return users.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/**
 * Removes a user and the user's keys. Buckets and objects stay, and lists that name the user: the id is remembered.
 *
 * @param options.force Whether buckets may stay behind, which nobody owns then but another user with the same id.
 * @returns False when there is no such user.
 * @throws S3Error DeleteConflict where the user owns buckets.
 */
export async function removeUser(
  engine: Engine,
  name: string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<boolean> {
  return atomically(engine, `user ${name}`, async () => {
    const user = await findUserByName(engine, name);
    if (user === null) return false;
    // Whoever gives the user a bucket from here on writes this row.
    const entry = await engine.index.get("users", userIdKey(user.id));
    if (!force) await requireNoBuckets(engine, user);
    const draft = new Draft()
      .check("users", userIdKey(user.id), entry?.version ?? null)
      .delete("users", userIdKey(user.id))
      .delete("users", userNameKey(user.name))
      .put("users", removedUserKey(user.id), encodeJson({ name: user.name } satisfies RemovedUser));
    if (user.email !== undefined) draft.delete("users", userEmailKey(user.email));
    for (const key of await listKeys(engine, user.id)) {
      draft.delete("keys", accessKeyKey(key.accessKeyId));
      draft.delete("keys", userAccessKeyKey(user.id, key.accessKeyId));
    }
    return (await engine.index.commit(draft)) ? true : conflict;
  });
}

/** The most buckets that a message names. */
const maxNamed = 10;

async function requireNoBuckets(engine: Engine, { id, name }: User): Promise<void> {
  const { buckets } = await listBuckets(engine, { ownerId: id });
  if (buckets.length === 0) return;
  const named = buckets.slice(0, maxNamed).map((bucket) => bucket.name);
  const more = buckets.length > maxNamed ? `, and ${buckets.length - maxNamed} more` : "";
  const count = buckets.length === 1 ? "a bucket" : `${buckets.length} buckets`;
  throw new S3Error("DeleteConflict", {
    status: 409,
    message: `The user "${name}" owns ${count}: ${named.join(", ")}${more}.`,
  });
}

/**
 * Gives a user another pair of keys.
 *
 * @param userId Canonical id.
 * @throws S3Error NoSuchEntity when there is no such user, EntityAlreadyExists when the access key is taken.
 */
export async function addKey(
  engine: Engine,
  userId: string,
  input: { readonly accessKey?: string | undefined; readonly secretKey?: string | undefined } = {},
): Promise<AccessKey> {
  const key = newKey(engine, userId, input);
  return atomically(engine, `user ${userId}`, async () => {
    const entry = await engine.index.get("users", userIdKey(userId));
    if (entry === null) {
      throw new S3Error("NoSuchEntity", { status: 404, message: `There is no user with the id "${userId}"` });
    }
    if ((await engine.index.get("keys", accessKeyKey(key.accessKeyId))) !== null) {
      throw new S3Error("EntityAlreadyExists", {
        status: 409,
        message: `Cannot add access key "${key.accessKeyId}": it is taken`,
      });
    }
    // Removing the user removes the keys it finds: writing the user's row makes the two exclude each other.
    const draft = new Draft()
      .check("users", userIdKey(userId), entry.version)
      .put("users", userIdKey(userId), entry.value);
    insertKey(draft, key);
    return (await engine.index.commit(draft)) ? key : conflict;
  });
}

/** A user's keys, secrets included, by access key. */
export async function listKeys(engine: Engine, userId: string): Promise<AccessKey[]> {
  const keys: AccessKey[] = [];
  const prefix = userAccessKeyKey(userId, "");
  for await (const entry of rowsWithPrefix(engine, "keys", prefix)) {
    const accessKeyId = entry.key.toString("utf8", prefix.length);
    const row = await engine.index.get("keys", accessKeyKey(accessKeyId));
    if (row !== null) keys.push(keyOf(engine, accessKeyId, row));
  }
  return keys;
}

/** @returns False when there is no such access key. */
export async function removeKey(engine: Engine, accessKeyId: string): Promise<boolean> {
  const key = accessKeyKey(accessKeyId);
  return atomically(engine, `access key ${accessKeyId}`, async () => {
    const entry = await engine.index.get("keys", key);
    if (entry === null) return false;
    const { userId } = keyOf(engine, accessKeyId, entry);
    const draft = new Draft()
      .check("keys", key, entry.version)
      .delete("keys", key)
      .delete("keys", userAccessKeyKey(userId, accessKeyId));
    return (await engine.index.commit(draft)) ? true : conflict;
  });
}

/** The secret and the user behind an access key; null where there is none. */
export async function findAccessKey(engine: Engine, accessKeyId: string): Promise<AccessKeyOwner | null> {
  const key = await engine.cache.get("keys", accessKeyId, accessKeyKey, decodeKey);
  if (key === null) return null;
  const user = await findUserById(engine, key.userId);
  return user === null ? null : { secretAccessKey: key.secretAccessKey, user };
}

export async function findUserById(engine: Engine, id: string): Promise<User | null> {
  return engine.cache.get("users", id, userIdKey, decodeUser);
}

/** Who has a canonical id, or had it and was removed: whom a list may name. */
export async function findGrantee(engine: Engine, id: string): Promise<Owner | null> {
  const user = await findUserById(engine, id);
  if (user !== null) return { id, displayName: user.name };
  const row = await engine.index.get("users", removedUserKey(id));
  if (row === null) return null;
  return { id, displayName: (decodeJson(row.value, "removed user") as RemovedUser).name };
}

export async function findUserByName(engine: Engine, name: string): Promise<User | null> {
  return findUserBy(engine, userNameKey(name));
}

/** Without regard to case. */
export async function findUserByEmail(engine: Engine, email: string): Promise<User | null> {
  return findUserBy(engine, userEmailKey(email));
}

async function findUserBy(engine: Engine, key: Buffer): Promise<User | null> {
  const entry = await engine.index.get("users", key);
  return entry === null ? null : findUserById(engine, entry.value.toString("utf8"));
}

function userOf(engine: Engine, row: Entry): User {
  return engine.cache.decoded("users", row.key.toString("utf8", 1), row, decodeUser);
}

function decodeUser(row: Entry): User {
  return decodeJson(row.value, "user") as User;
}

function keyOf(engine: Engine, accessKeyId: string, row: Entry): AccessKey {
  return engine.cache.decoded("keys", accessKeyId, row, decodeKey);
}

function decodeKey(row: Entry, accessKeyId: string): AccessKey {
  return { accessKeyId, ...(decodeJson(row.value, "access key") as KeyRecord) };
}

function newKey(
  engine: Engine,
  userId: string,
  input: { readonly accessKey?: string | undefined; readonly secretKey?: string | undefined },
): AccessKey {
  if ((input.accessKey === undefined) !== (input.secretKey === undefined)) {
    throw new TypeError("An access key and its secret are given both or not at all");
  }
  const drawn = drawKeyPair((size) => engine.random(size));
  const { accessKey: accessKeyId = drawn.accessKeyId, secretKey: secretAccessKey = drawn.secretAccessKey } =
    input;
  checkKeyPair({ accessKeyId, secretAccessKey });
  return { accessKeyId, secretAccessKey, userId, createdAtMs: engine.clock() };
}

/** Draws a pair of the lengths that AWS gives its own, which some tools check. The secret has 200 bits. */
export function drawKeyPair(
  random: (size: number) => Uint8Array,
): Pick<AccessKey, "accessKeyId" | "secretAccessKey"> {
  const letters = (count: number): string =>
    Array.from(random(count), (byte) => keyAlphabet[byte & 31]).join("");
  return { accessKeyId: letters(20), secretAccessKey: letters(40).toLowerCase() };
}

/** @throws {TypeError} For an access key or a secret that cannot be one. */
export function checkKeyPair({
  accessKeyId,
  secretAccessKey,
}: Pick<AccessKey, "accessKeyId" | "secretAccessKey">): void {
  if (!/^[\w.+=,@-]{3,128}$/.test(accessKeyId)) {
    throw new TypeError(
      `Invalid access key "${accessKeyId}": 3 to 128 letters, digits and _ . + = , @ - are allowed`,
    );
  }
  if (secretAccessKey.length < 8) {
    throw new TypeError(
      `Invalid secret key: it has ${secretAccessKey.length} characters, at least 8 are needed`,
    );
  }
}

function checkUser({ id, name, email }: User): void {
  if (!/^[0-9a-f]{64}$/.test(id)) {
    throw new TypeError(`Invalid canonical id "${id}": 64 hexadecimal digits are needed`);
  }
  if (!/^[\w.+=,@-]{1,64}$/.test(name)) {
    throw new TypeError(`Invalid user name "${name}": 1 to 64 letters, digits and _ . + = , @ - are allowed`);
  }
  if (email !== undefined && !/^[^\s@]{1,256}@[^\s@]{1,256}$/.test(email)) {
    throw new TypeError(`Invalid e-mail address "${email}"`);
  }
}

function insert(draft: Draft, table: Table, key: Buffer, value: Buffer): void {
  draft.check(table, key, null).put(table, key, value);
}

function insertKey(draft: Draft, { accessKeyId, ...record }: AccessKey): void {
  insert(draft, "keys", accessKeyKey(accessKeyId), encodeJson(record satisfies KeyRecord));
  draft.put("keys", userAccessKeyKey(record.userId, accessKeyId), Buffer.alloc(0));
}

async function* rowsWithPrefix(engine: Engine, table: Table, prefix: Buffer): AsyncIterable<Entry> {
  const end = afterPrefix(prefix);
  const snapshot = await engine.index.snapshot();
  try {
    let start = prefix;
    for (;;) {
      const entries = await snapshot.range(table, { start, end, limit: 100 });
      yield* entries;
      const last = entries.at(-1);
      if (last === undefined) return;
      start = afterKey(last.key);
    }
  } finally {
    snapshot.close();
  }
}
