/** The first administrator: given in the environment, or made at the first start and kept in the data directory. */

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine/types.ts";
import {
  addKey,
  addUser,
  checkKeyPair,
  drawKeyPair,
  findAccessKey,
  listUsers,
  removeKey,
} from "../engine/users.ts";
import { CommandError, type Io } from "./command.ts";

/** The file that holds generated keys, within the data directory: `NAME=value` lines, for shells and `--env-file`. */
export const keysFileName = "admin.env";

/** The name of the first administrator. */
const administratorName = "admin";

/** What came of {@link ensureAdministrator}. */
export interface Administrator {
  readonly accessKeyId: string;
  /** Where its secret can be read; `null` where it came from the environment. */
  readonly keysFile: string | null;
}

/**
 * Makes sure that somebody can administer the store.
 *
 * @returns Whose keys those are; `null` where there were administrators already and none of them is known here.
 * @throws {CommandError} For a pair of keys that cannot be used.
 */
export async function ensureAdministrator(
  engine: Engine,
  dataDir: string,
  env: Io["env"],
): Promise<Administrator | null> {
  const given = keysOf(env);
  if (given !== null) {
    await ensureKey(engine, given);
    return { accessKeyId: given.accessKeyId, keysFile: null };
  }
  const keysFile = join(dataDir, keysFileName);
  const kept = await readKeys(keysFile);
  if ((await listUsers(engine)).some((user) => user.admin)) {
    const isValid =
      kept !== null &&
      (await findAccessKey(engine, kept.accessKeyId))?.secretAccessKey === kept.secretAccessKey;
    return isValid ? { accessKeyId: kept.accessKeyId, keysFile } : null;
  }
  // The file is on the disk before the store knows the keys: a crash in between leaves keys that the next start takes.
  const keys = kept ?? (await writeKeys(keysFile));
  await ensureKey(engine, keys);
  return { accessKeyId: keys.accessKeyId, keysFile };
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

function keysOf(env: Io["env"]): Keys | null {
  const accessKeyId = env["STOWAGE_ACCESS_KEY"];
  const secretAccessKey = env["STOWAGE_SECRET_KEY"];
  if (!accessKeyId && !secretAccessKey) return null;
  if (!accessKeyId || !secretAccessKey) {
    const missing = accessKeyId ? "STOWAGE_SECRET_KEY" : "STOWAGE_ACCESS_KEY";
    throw new CommandError(
      `${missing} is not set`,
      "set both of STOWAGE_ACCESS_KEY and STOWAGE_SECRET_KEY, or neither",
    );
  }
  const keys = { accessKeyId, secretAccessKey };
  try {
    checkKeyPair(keys);
  } catch (cause) {
    throw new CommandError(
      `STOWAGE_ACCESS_KEY and STOWAGE_SECRET_KEY cannot be used: ${(cause as Error).message}`,
      "set them to others",
      { cause },
    );
  }
  return keys;
}

/** The keys belong to an administrator afterwards; a changed secret replaces the old one. */
async function ensureKey(engine: Engine, keys: Keys): Promise<void> {
  const known = await findAccessKey(engine, keys.accessKeyId);
  if (known !== null && !known.user.admin) {
    throw new CommandError(
      `the access key "${keys.accessKeyId}" belongs to the user "${known.user.name}", who is no administrator`,
      "set STOWAGE_ACCESS_KEY to another",
    );
  }
  if (known?.secretAccessKey === keys.secretAccessKey) return;
  if (known !== null) await removeKey(engine, keys.accessKeyId);
  const administrators = (await listUsers(engine)).filter((user) => user.admin);
  const owner = known?.user ?? administrators.find(({ name }) => name === administratorName);
  const pair = { accessKey: keys.accessKeyId, secretKey: keys.secretAccessKey };
  if (owner !== undefined) await addKey(engine, owner.id, pair);
  else await addUser(engine, { name: administratorName, admin: true, ...pair });
}

async function readKeys(path: string): Promise<Keys | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new CommandError(
      `cannot read the keys in ${path}: ${(error as Error).message}`,
      "make it readable",
      { cause: error },
    );
  }
  const valueOf = (name: string): string | undefined => new RegExp(`^${name}=(\\S+)$`, "m").exec(text)?.[1];
  const accessKeyId = valueOf("AWS_ACCESS_KEY_ID");
  const secretAccessKey = valueOf("AWS_SECRET_ACCESS_KEY");
  return accessKeyId === undefined || secretAccessKey === undefined ? null : { accessKeyId, secretAccessKey };
}

async function writeKeys(path: string): Promise<Keys> {
  const keys = drawKeyPair(randomBytes);
  const { O_CREAT, O_TRUNC, O_WRONLY } = constants;
  const file = await open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(
      `# The administrator's keys, made at the first start.\nAWS_ACCESS_KEY_ID=${keys.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${keys.secretAccessKey}\n`,
    );
    await file.sync();
  } finally {
    await file.close();
  }
  return keys;
}
