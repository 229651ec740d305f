/** The server's own administration under `/_stowage/`, which no other S3 has. */

import type { S3Client } from "stowage/client";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly admin: boolean;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly createdAt: string;
}

/** Told once, when it is made. */
export interface NewKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface QuotaView {
  readonly quota: { readonly maxBytes?: number; readonly maxObjects?: number } | null;
  readonly usage: { readonly bytes: number; readonly objects: number } | null;
}

export async function listUsers(client: S3Client): Promise<readonly User[]> {
  return (await ask<{ users: readonly User[] }>(client, "GET", "users")).users;
}

export function addUser(
  client: S3Client,
  user: { name: string; email?: string; admin?: boolean },
): Promise<{ user: User; key: NewKey }> {
  return ask(client, "POST", "users", user);
}

/** Refused with `DeleteConflict`, which names them, for one who owns buckets. */
export function removeUser(client: S3Client, name: string): Promise<void> {
  return ask(client, "DELETE", `users/${name}`);
}

export async function listKeys(client: S3Client, user: string): Promise<readonly AccessKey[]> {
  return (await ask<{ keys: readonly AccessKey[] }>(client, "GET", `users/${user}/keys`)).keys;
}

export async function addKey(client: S3Client, user: string): Promise<NewKey> {
  return (await ask<{ key: NewKey }>(client, "POST", `users/${user}/keys`, {})).key;
}

export function removeKey(client: S3Client, accessKeyId: string): Promise<void> {
  return ask(client, "DELETE", `keys/${accessKeyId}`);
}

export function readQuota(client: S3Client, bucket: string): Promise<QuotaView> {
  return ask(client, "GET", `buckets/${bucket}/quota`);
}

export function setQuota(client: S3Client, bucket: string, quota: object): Promise<void> {
  return ask(client, "PUT", `buckets/${bucket}/quota`, quota);
}

export function removeQuota(client: S3Client, bucket: string): Promise<void> {
  return ask(client, "DELETE", `buckets/${bucket}/quota`);
}

async function ask<T>(
  client: S3Client,
  method: "GET" | "PUT" | "POST" | "DELETE",
  path: string,
  value?: object,
): Promise<T> {
  const { body } = await client.request({
    method,
    bucket: "_stowage",
    key: path,
    ...(value === undefined ? {} : { body: JSON.stringify(value) }),
  });
  const text = await body.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}
