/** Links that last as long as one likes, and that are taken back one by one: each is signed by a user of its own. */

import { randomBytes } from "node:crypto";
import { S3ResponseError } from "../../client/errors.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { contentDisposition } from "../../http/disposition.ts";
import type { Accounts, KeyPair } from "../accounts.ts";
import { CommandError, type Io } from "../command.ts";
import { formatBytes, formatTime, printable, printJsonLine, printLine } from "../output.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { shellQuoted } from "../shell-words.ts";
import type { ShareOptions } from "./presign.ts";

/** The server's side of it. */
export interface Links {
  readonly accounts: Accounts;
  readonly endpoint: string;
  /** A client of the link's user, whose URLs may last as long as the link. */
  readonly connect: (keys: KeyPair) => S3Client;
}

/**
 * Makes a user that may read the object and nothing else, signs with its keys, and forgets them. A link that cannot be made
 * leaves no user.
 *
 * @throws {CommandError} Where the bucket does not let the user read.
 */
export async function shareRevocably(
  io: Io,
  client: S3Client,
  url: S3Url,
  { accounts, endpoint, connect }: Links,
  { expires, name: given, inline = false, json = false }: ShareOptions,
): Promise<void> {
  const { bucket, key, versionId } = url;
  const { size } = await client.headObject({ bucket, key, versionId });
  const fileName = given ?? key.slice(key.lastIndexOf("/") + 1);
  const userName = nameOfUser(fileName);
  const { user, key: keys } = await accounts.addUser({ name: userName });
  let link: string;
  try {
    await letRead(client, accounts, url, user.id);
    using reader = connect(keys);
    await checkMayRead(reader, url);
    link = reader.presign({
      bucket,
      key,
      versionId,
      expiresSeconds: expires,
      responseContentDisposition: contentDisposition(inline ? "inline" : "attachment", fileName),
    });
  } catch (error) {
    await accounts.removeUser(userName);
    throw error;
  }
  const untilMs = Date.now() + expires * 1000;
  if (json) {
    await printJsonLine(io, { url: link, expires: new Date(untilMs).toISOString(), size, user: userName });
    return;
  }
  await printLine(io, link);
  const revoke = `stowage user rm ${userName} --endpoint ${shellQuoted(endpoint)}`;
  io.stderr.write(`${formatBytes(size)}, good until ${formatTime(untilMs)}, or until: ${revoke}\n`);
}

/** Tells in a list of users what the link is of. */
function nameOfUser(fileName: string): string {
  const hint = fileName.replaceAll(/[^\w.-]/g, "_").slice(0, 40);
  return `link-${hint}-${randomBytes(4).toString("hex")}`;
}

/** Users of links that were taken back are in the list still, which has room for a hundred: they go. */
async function letRead(
  client: S3Client,
  accounts: Accounts,
  { bucket, key, versionId }: S3Url,
  id: string,
): Promise<void> {
  const { owner, grants } = await client.getObjectAcl({ bucket, key, versionId });
  const users = new Set((await accounts.listUsers()).map((user) => user.id));
  const kept = grants.filter(({ grantee }) => grantee.type !== "user" || users.has(grantee.id));
  const added = { grantee: { type: "user", id }, permission: "READ" } as const;
  await client.putObjectAcl({ bucket, key, versionId, policy: { owner, grants: [...kept, added] } });
}

async function checkMayRead(reader: S3Client, url: S3Url): Promise<void> {
  const { bucket, key, versionId } = url;
  try {
    await reader.headObject({ bucket, key, versionId });
  } catch (cause) {
    if (!(cause instanceof S3ResponseError) || cause.status !== 403) throw cause;
    throw new CommandError(
      `the bucket's policy does not let the user of a link read ${printable(formatS3Url(url))}`,
      "look at the policy, or share it without --revocable",
      { cause },
    );
  }
}
