/**
 * Administration: users and access keys, as JSON under `/_stowage/`.
 *
 *     GET    users               {"users": [{"id", "name", "email"?, "admin"}]}
 *     POST   users               {"name", "id"?, "email"?, "admin"?, "accessKey"?, "secretKey"?} → {"user", "key"}
 *     GET    users/NAME          {"user"}
 *     DELETE users/NAME          ?force=true: one who owns buckets, too → {"user"}
 *     GET    users/NAME/keys     {"keys": [{"accessKeyId", "user", "createdAt"}]}
 *     POST   users/NAME/keys     {"accessKey"?, "secretKey"?} → {"key": {"accessKeyId", "secretAccessKey"}}
 *     DELETE keys/ACCESSKEY
 *     GET    buckets/NAME/quota  {"bucket", "quota": {"maxBytes"?, "maxObjects"?} | null, "usage": {"bytes", "objects"} | null}
 *     PUT    buckets/NAME/quota  {"maxBytes"?, "maxObjects"?} → the same
 *     DELETE buckets/NAME/quota
 *     GET    buckets/NAME/owner  {"bucket", "owner": {"id", "name"}}
 *     PUT    buckets/NAME/owner  {"user"}, its name → the same
 *
 * A secret key is in the answer to the request that makes it, and in no other. Who may ask is decided before: this file
 * sees no headers and no sockets, and the command line calls it on the data directory of a stopped server.
 */

import type { Bucket, Engine, User } from "../engine/types.ts";
import {
  addKey,
  addUser,
  type AddUserInput,
  findAccessKey,
  findUserByName,
  listKeys,
  listUsers,
  removeKey,
  removeUser,
} from "../engine/users.ts";
import { getBucket } from "../engine/buckets.ts";
import { changeOwner } from "../engine/change-owner.ts";
import { readUsage, setQuota } from "../engine/quotas.ts";
import type { Quota } from "../engine/usage.ts";
import { S3Error } from "../s3/errors.ts";

/** One request of the administration. */
export interface AdminRequest {
  readonly method: string;
  /** What follows `/_stowage/`, percent-encoded. */
  readonly path: string;
  readonly params: ReadonlyMap<string, string>;
  /** JSON, or nothing. */
  readonly body: Uint8Array;
}

/** Its answer. Without a value there is no body. */
export interface AdminAnswer {
  readonly status: number;
  readonly value?: unknown;
}

/**
 * Carries out a request.
 *
 * @throws {S3Error} `InvalidArgument` for a body that does not say what it should, `NoSuchEntity`,
 *   `EntityAlreadyExists`, `MethodNotAllowed`, `LastAdministrator` where none would be left, and `DeleteConflict` for an
 *   owner of buckets.
 * @example
 * await administer(engine, { method: "GET", path: "users", params: new Map(), body: new Uint8Array() });
 */
export async function administer(engine: Engine, request: AdminRequest): Promise<AdminAnswer> {
  const { method, path, params, body } = request;
  const [collection, name, subcollection, ...more] = path.split("/").map(decodeSegment);
  const shape = [
    collection,
    name === undefined ? "" : "/NAME",
    subcollection === undefined ? "" : `/${subcollection}`,
  ].join("");
  const isThere = more.length === 0 && name !== "" && Object.hasOwn(handlers, shape);
  const handler = isThere ? handlers[shape] : undefined;
  if (handler === undefined) throw noSuchEntity(`There is nothing at "/_stowage/${path}".`);
  const act = handler[method];
  if (act === undefined) {
    throw new S3Error("MethodNotAllowed", {
      message: `"/_stowage/${path}" takes ${Object.keys(handler).join(" and ")}.`,
    });
  }
  try {
    return await act(engine, name ?? "", body, params);
  } catch (error) {
    // The engine's word for a value that cannot be one.
    if (error instanceof TypeError) throw invalid(error.message, error);
    throw error;
  }
}

type Handler = (
  engine: Engine,
  name: string,
  body: Uint8Array,
  params: AdminRequest["params"],
) => Promise<AdminAnswer>;

const handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  users: {
    GET: async (engine) => ({ status: 200, value: { users: await listUsers(engine) } }),
    POST: async (engine, _name, body) => {
      const fields = {
        name: "string",
        id: "string",
        email: "string",
        admin: "boolean",
        ...keyFields,
      } as const;
      const input = readFields(body, fields);
      if (input["name"] === undefined) throw invalid(`"name" is missing.`);
      const { user, key } = await addUser(engine, input as unknown as AddUserInput);
      return { status: 201, value: { user, key: pairOf(key) } };
    },
  },
  "users/NAME": {
    GET: async (engine, name) => ({ status: 200, value: { user: await requireUser(engine, name) } }),
    DELETE: async (engine, name, _body, params) => {
      const force = readFlag(params, "force");
      const user = await requireUser(engine, name);
      if (user.admin) await requireOtherKey(engine, (key) => key.userId !== user.id);
      await removeUser(engine, name, { force });
      return { status: 200, value: { user } };
    },
  },
  "users/NAME/keys": {
    GET: async (engine, name) => {
      const user = await requireUser(engine, name);
      const keys = (await listKeys(engine, user.id)).map(({ accessKeyId, createdAtMs }) => ({
        accessKeyId,
        user: user.name,
        createdAt: new Date(createdAtMs).toISOString(),
      }));
      return { status: 200, value: { keys } };
    },
    POST: async (engine, name, body) => {
      const input = readFields(body, keyFields) as { accessKey?: string; secretKey?: string };
      const user = await requireUser(engine, name);
      return { status: 201, value: { key: pairOf(await addKey(engine, user.id, input)) } };
    },
  },
  "buckets/NAME/quota": {
    GET: async (engine, name) => ({ status: 200, value: await quotaView(engine, name) }),
    PUT: async (engine, name, body) => {
      await setQuota(engine, (await bucketCalled(engine, name)).name, readQuota(body));
      return { status: 200, value: await quotaView(engine, name) };
    },
    DELETE: async (engine, name) => {
      await setQuota(engine, (await bucketCalled(engine, name)).name, null);
      return { status: 204 };
    },
  },
  "buckets/NAME/owner": {
    GET: async (engine, name) => ({ status: 200, value: ownerView(await bucketCalled(engine, name)) }),
    PUT: async (engine, name, body) => {
      const { user } = readFields(body, { user: "string" }) as { user?: string };
      if (user === undefined) throw invalid(`"user" is missing.`);
      const { owner } = await bucketCalled(engine, name);
      const bucket = await changeOwner(engine, name, await requireUser(engine, user));
      engine.log("info", `The bucket "${name}" of "${owner.displayName}" was given to "${user}"`);
      return { status: 200, value: ownerView(bucket) };
    },
  },
  "keys/NAME": {
    DELETE: async (engine, accessKeyId) => {
      const owner = await findAccessKey(engine, accessKeyId);
      if (owner === null) throw noSuchEntity(`There is no access key "${accessKeyId}".`);
      if (owner.user.admin) await requireOtherKey(engine, (key) => key.accessKeyId !== accessKeyId);
      await removeKey(engine, accessKeyId);
      return { status: 204 };
    },
  },
};

const keyFields = { accessKey: "string", secretKey: "string" } as const;

function pairOf(key: { accessKeyId: string; secretAccessKey: string }): {
  accessKeyId: string;
  secretAccessKey: string;
} {
  return { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey };
}

async function requireUser(engine: Engine, name: string): Promise<User> {
  const user = await findUserByName(engine, name);
  if (user === null) throw noSuchEntity(`There is no user "${name}".`);
  return user;
}

/** Refuses what would lock everybody out: some administrator keeps a key that is not the one to go. */
async function requireOtherKey(
  engine: Engine,
  stays: (key: { accessKeyId: string; userId: string }) => boolean,
): Promise<void> {
  for (const user of await listUsers(engine)) {
    if (user.admin && (await listKeys(engine, user.id)).some(stays)) return;
  }
  throw new S3Error("LastAdministrator", {
    status: 409,
    message: "This is the last key of the last administrator.",
  });
}

/** @throws {S3Error} `NoSuchBucket`, with the name for whoever typed it. */
async function bucketCalled(engine: Engine, name: string): Promise<Bucket> {
  const bucket = await getBucket(engine, name);
  if (bucket !== null) return bucket;
  throw new S3Error("NoSuchBucket", { message: `There is no bucket "${name}".` });
}

async function quotaView(engine: Engine, name: string): Promise<unknown> {
  const bucket = await bucketCalled(engine, name);
  return { bucket: name, quota: bucket.quota ?? null, usage: await readUsage(engine, bucket) };
}

function ownerView({ name, owner }: Bucket): unknown {
  return { bucket: name, owner: { id: owner.id, name: owner.displayName } };
}

function readQuota(body: Uint8Array): Quota {
  const quota = readFields(body, { maxBytes: "number", maxObjects: "number" }) as Quota;
  for (const [name, value] of Object.entries(quota)) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw invalid(`"${name}" is ${value}, which is no whole number from 0 up.`);
  }
  if (Object.keys(quota).length === 0) throw invalid(`Give "maxBytes", "maxObjects" or both.`);
  return quota;
}

function readFlag(params: AdminRequest["params"], name: string): boolean {
  const value = params.get(name) ?? "false";
  if (value !== "true" && value !== "false")
    throw invalid(`"${name}" is "${value}"; it is "true" or "false".`);
  return value === "true";
}

function readFields(
  body: Uint8Array,
  fields: Readonly<Record<string, "string" | "boolean" | "number">>,
): Readonly<Record<string, string | boolean | number>> {
  let value: unknown;
  try {
    value = body.length === 0 ? {} : JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw invalid("The body is no JSON.", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid("The body is no JSON object.");
  for (const [name, given] of Object.entries(value)) {
    const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (type === undefined)
      throw invalid(`"${name}" is not known here; known are ${Object.keys(fields).join(", ")}.`);
    if (typeof given !== type) throw invalid(`"${name}" is no ${type}.`);
  }
  return value as Record<string, string | boolean | number>;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new S3Error("InvalidURI", { message: `"${segment}" is not percent-encoded UTF-8.`, cause });
  }
}

function invalid(message: string, cause?: unknown): S3Error {
  return new S3Error("InvalidArgument", { message, ...(cause === undefined ? {} : { cause }) });
}

function noSuchEntity(message: string): S3Error {
  return new S3Error("NoSuchEntity", { status: 404, message });
}
