/** Who may do what with buckets and objects, shown and changed. */

import type { S3Client } from "../../client/s3-client.ts";
import type { AccessControlPolicy, CannedAcl, Grant, Grantee, Group, Permission } from "../../s3/acl.ts";
import { type Io, UsageError } from "../command.ts";
import { printable, printJsonLine, printLine } from "../output.ts";
import type { S3Url } from "../s3-url.ts";
import { printTable } from "../table.ts";
import { changeEach, nameOf, type Subject } from "./change-each.ts";
import type { FindOptions } from "./find-objects.ts";

interface AclOptions extends FindOptions {
  readonly json?: boolean;
}

export async function showAcl(
  io: Io,
  client: S3Client,
  url: S3Url,
  { json = false }: AclOptions,
): Promise<void> {
  const { owner, grants } = await readAcl(client, url);
  if (json) {
    await printJsonLine(io, { url: nameOf(url), owner, grants });
    return;
  }
  const nameOfOwner = owner.displayName === "" ? owner.id : `${owner.displayName} (${owner.id})`;
  await printLine(io, `owner: ${printable(nameOfOwner)}`);
  const rows = grants.map(({ grantee, permission }) => [permission, ...wordsOf(grantee)]);
  if (rows.length > 0) printTable(io, ["PERMISSION", "WHO", "NAME OR ID"], rows);
}

function wordsOf(grantee: Grantee): [kind: string, name: string] {
  if (grantee.type === "group") return ["group", grantee.group];
  if (grantee.type === "email") return ["email", printable(grantee.email)];
  const name = grantee.displayName ?? "";
  return ["user", printable(name === "" ? grantee.id : `${name} (${grantee.id})`)];
}

export async function setAcl(
  io: Io,
  client: S3Client,
  url: S3Url,
  acl: CannedAcl,
  options: AclOptions,
): Promise<void> {
  await changeEach(io, client, url, options, async (subject, signal) => {
    await client.putAclXml({ ...subjectOf(subject), acl }, undefined, { signal });
    return { said: `is ${acl} now`, fact: { acl } };
  });
}

/** Whom a grant is for, and what it lets them do. */
export interface GrantOptions extends AclOptions {
  readonly id?: string;
  readonly email?: string;
  readonly group?: Group;
  readonly read?: boolean;
  readonly write?: boolean;
  readonly readAcp?: boolean;
  readonly writeAcp?: boolean;
  readonly fullControl?: boolean;
}

/** Adds to what is granted; the other grants stay. @throws {UsageError} Without a right or without somebody. */
export async function addGrants(io: Io, client: S3Client, url: S3Url, options: GrantOptions): Promise<void> {
  const grantee = granteeOf(options);
  const permissions = permissionsOf(options);
  if (permissions.length === 0) {
    throw new UsageError(
      "no right was named",
      "give --read, --write, --read-acp, --write-acp or --full-control",
    );
  }
  await changeAcl(io, client, url, options, "granted", (grants) => {
    const added = permissions
      .map((permission) => ({ grantee, permission }))
      .filter((grant) => !grants.some((one) => isSame(one, grant)));
    return added.length === 0 ? null : [...grants, ...added];
  });
}

/** Takes rights back, all of somebody's where none is named. */
export async function removeGrants(
  io: Io,
  client: S3Client,
  url: S3Url,
  options: GrantOptions,
): Promise<void> {
  if (options.email !== undefined) {
    throw new UsageError(
      "lists keep no e-mail addresses, so that none can be found by one",
      "give --id as stowage acl shows it",
    );
  }
  const grantee = granteeOf(options);
  const permissions = permissionsOf(options);
  await changeAcl(io, client, url, options, "taken back", (grants) => {
    const left = grants.filter(
      (grant) =>
        !isSame(grant, { grantee, permission: grant.permission }) ||
        (permissions.length > 0 && !permissions.includes(grant.permission)),
    );
    return left.length === grants.length ? null : left;
  });
}

/** @param change The new grants; null: they are as wanted. */
async function changeAcl(
  io: Io,
  client: S3Client,
  url: S3Url,
  options: GrantOptions,
  done: string,
  change: (grants: readonly Grant[]) => Grant[] | null,
): Promise<void> {
  const { id, email, group } = options;
  const fact = { [done.replace(" ", "")]: { id, email, group, permissions: permissionsOf(options) } };
  await changeEach(io, client, url, options, async (subject, signal) => {
    const { owner, grants } = await readAcl(client, subject, signal);
    const changed = change(grants);
    if (changed !== null) {
      const policy = { owner, grants: changed };
      const { bucket, key, versionId } = subject;
      if (key === "") await client.putBucketAcl({ bucket, policy }, { signal });
      else await client.putObjectAcl({ bucket, key, versionId, policy }, { signal });
    }
    return { said: done, fact };
  });
}

async function readAcl(
  client: S3Client,
  { bucket, key, versionId }: Subject,
  signal?: AbortSignal,
): Promise<AccessControlPolicy> {
  return key === ""
    ? client.getBucketAcl({ bucket }, { signal })
    : client.getObjectAcl({ bucket, key, versionId }, { signal });
}

function subjectOf({ bucket, key, versionId }: Subject): { bucket: string; key?: string } {
  return key === "" ? { bucket } : { bucket, key, ...(versionId === undefined ? {} : { versionId }) };
}

function granteeOf({ id, email, group }: GrantOptions): Grantee {
  const given = [id, email, group].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new UsageError(
      given.length === 0 ? "nobody was named" : "several were named",
      "give one of --id, --email and --group",
    );
  }
  if (id !== undefined) return { type: "user", id };
  return email === undefined ? { type: "group", group: group as Group } : { type: "email", email };
}

function permissionsOf({ read, write, readAcp, writeAcp, fullControl }: GrantOptions): Permission[] {
  const found: Permission[] = [];
  if (read === true) found.push("READ");
  if (write === true) found.push("WRITE");
  if (readAcp === true) found.push("READ_ACP");
  if (writeAcp === true) found.push("WRITE_ACP");
  if (fullControl === true) found.push("FULL_CONTROL");
  return found;
}

function isSame(a: Grant, b: Grant): boolean {
  if (a.permission !== b.permission || a.grantee.type !== b.grantee.type) return false;
  if (a.grantee.type === "user" && b.grantee.type === "user") return a.grantee.id === b.grantee.id;
  if (a.grantee.type === "group" && b.grantee.type === "group") return a.grantee.group === b.grantee.group;
  return false;
}
