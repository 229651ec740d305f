/**
 * Who is signed in: an S3 client with their keys. The keys stay in this tab, until it is closed or they sign out; they
 * are sent nowhere, only what is signed with them.
 */

import { S3Client } from "stowage/client";
import { codeOf } from "./format.ts";

/** Where the API is, as the console's server says. */
export interface Config {
  readonly endpoint: string;
  readonly region: string;
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Session {
  readonly client: S3Client;
  readonly accessKeyId: string;
  readonly endpoint: string;
  /** The user's name, or their canonical id. */
  readonly user: string;
  /** May manage users and keys. */
  readonly isAdmin: boolean;
}

const storageKey = "stowage.keys";

export async function readConfig(): Promise<Config> {
  const response = await fetch("config.json");
  if (!response.ok)
    throw new Error(`The console's server answered with ${response.status}. Reload the page.`);
  return (await response.json()) as Config;
}

/** The keys that this tab knows. */
export function rememberedKeys(): Keys | null {
  const text = sessionStorage.getItem(storageKey);
  return text === null ? null : (JSON.parse(text) as Keys);
}

/** @throws S3ResponseError where the keys are no good. */
export async function signIn({ endpoint, region }: Config, keys: Keys): Promise<Session> {
  const client = new S3Client({ endpoint, region, credentials: keys, addressing: "path", env: {} });
  const { owner } = await client.listBuckets({ maxBuckets: 1 });
  const isAdmin = await client
    .request({ bucket: "_stowage", key: "users" })
    .then(({ body }) => body.json())
    .then(() => true)
    .catch((error: unknown) => {
      if (codeOf(error) !== "AccessDenied") throw error;
      return false;
    });
  sessionStorage.setItem(storageKey, JSON.stringify(keys));
  return { client, accessKeyId: keys.accessKeyId, endpoint, user: owner.displayName || owner.id, isAdmin };
}

export function signOut(): void {
  sessionStorage.removeItem(storageKey);
}
