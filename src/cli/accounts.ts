/**
 * Users and keys, of a data directory or of a running server: the same requests of the administration, carried out
 * in the process or sent over HTTP.
 */

import type { User } from "../engine/types.ts";
import type { AdminRequest } from "../server/admin.ts";
import { CommandError, type Io, UsageError } from "./command.ts";
import { endpointIn, type KeyPairOptions } from "./flags.ts";

/** A user as the administration shows it. */
export type UserView = Pick<User, "id" | "name" | "admin"> & { readonly email?: string };

/** A new pair of keys: the one time that the secret is shown. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A key as the administration shows it. */
export interface KeyView {
  readonly accessKeyId: string;
  readonly user: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Carries out one request of the administration. The body is JSON's own kind of value. */
export interface AdminTransport {
  /** @param path With its query. @throws {CommandError} With the server's reason. */
  send(method: AdminRequest["method"], path: string, body?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** Options of every command on users and keys. */
export interface AccountOptions {
  readonly data?: string;
  readonly endpoint?: URL;
  readonly region: string;
  readonly json?: boolean;
}

/** Users and keys, wherever they are. */
export class Accounts {
  readonly #transport: AdminTransport;

  constructor(transport: AdminTransport) {
    this.#transport = transport;
  }

  async addUser(user: Readonly<Record<string, unknown>>): Promise<{ user: UserView; key: KeyPair }> {
    return (await this.#transport.send("POST", "users", user)) as { user: UserView; key: KeyPair };
  }

  async listUsers(): Promise<UserView[]> {
    return ((await this.#transport.send("GET", "users")) as { users: UserView[] }).users;
  }

  /** @param options.force One who owns buckets, too. */
  async removeUser(name: string, { force = false }: { readonly force?: boolean } = {}): Promise<UserView> {
    const path = `users/${encodeURIComponent(name)}${force ? "?force=true" : ""}`;
    return ((await this.#transport.send("DELETE", path)) as { user: UserView }).user;
  }

  async addKey(userName: string, key: KeyPairOptions): Promise<KeyPair> {
    const path = `users/${encodeURIComponent(userName)}/keys`;
    return ((await this.#transport.send("POST", path, key)) as { key: KeyPair }).key;
  }

  async listKeys(userName: string): Promise<KeyView[]> {
    const path = `users/${encodeURIComponent(userName)}/keys`;
    return ((await this.#transport.send("GET", path)) as { keys: KeyView[] }).keys;
  }

  async removeKey(accessKeyId: string): Promise<void> {
    await this.#transport.send("DELETE", `keys/${encodeURIComponent(accessKeyId)}`);
  }
}

/**
 * Opens what the options name, calls, and closes it.
 *
 * @throws {CommandError} When it cannot be reached, or refuses.
 */
export async function withAccounts<T>(
  io: Io,
  options: AccountOptions,
  use: (accounts: Accounts) => Promise<T>,
): Promise<T> {
  const transport = await openTransport(io, options);
  try {
    return await use(new Accounts(transport));
  } finally {
    await transport.close();
  }
}

/** Opens the administration that the options name, or without them the environment. */
export async function openTransport(
  io: Io,
  { data, endpoint: given, region }: AccountOptions,
): Promise<AdminTransport> {
  if (data !== undefined && given !== undefined) {
    throw new UsageError(
      "--data and --endpoint were both given",
      "give one of them: a directory is of a stopped server",
    );
  }
  const endpoint = data === undefined ? (given ?? endpointIn(io.env)) : undefined;
  if (endpoint === undefined) {
    const { openLocalTransport } = await import("./local-transport.ts");
    return openLocalTransport(data ?? ".stowage");
  }
  const accessKeyId = io.env["AWS_ACCESS_KEY_ID"] || io.env["STOWAGE_ACCESS_KEY"];
  const secretAccessKey = io.env["AWS_SECRET_ACCESS_KEY"] || io.env["STOWAGE_SECRET_KEY"];
  if (!accessKeyId || !secretAccessKey) {
    throw new CommandError(
      "there are no keys in the environment to sign with",
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to an administrator's",
    );
  }
  const { createRemoteTransport } = await import("./remote-transport.ts");
  return createRemoteTransport(endpoint, {
    credentials: { accessKeyId, secretAccessKey },
    region,
    now: () => new Date(),
  });
}
