/** All that is known of a bucket or an object. */

import { S3ResponseError } from "../../client/errors.ts";
import type { ObjectInfo } from "../../client/outputs.ts";
import type { S3Client } from "../../client/s3-client.ts";
import type { AccessControlPolicy } from "../../s3/acl.ts";
import type { Io } from "../command.ts";
import type { CustomerKeys } from "../customer-key.ts";
import { formatBytes, formatTime, printable, printJsonLine } from "../output.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { printFields } from "../table.ts";

interface StatOptions extends Pick<CustomerKeys, "customerKey"> {
  readonly json?: boolean;
}

export async function stat(
  io: Io,
  client: S3Client,
  url: S3Url,
  { json = false, customerKey }: StatOptions,
): Promise<void> {
  const facts =
    url.key === ""
      ? await bucketFacts(client, url.bucket)
      : await objectFacts(client, { ...url, customerKey });
  if (json) await printJsonLine(io, facts);
  else printFields(io, linesOf(facts));
}

type Facts = Readonly<Record<string, unknown>>;

async function objectFacts(
  client: S3Client,
  { bucket, key, versionId, customerKey }: S3Url & Pick<CustomerKeys, "customerKey">,
): Promise<Facts> {
  const info = await client.headObject({ bucket, key, versionId, customerKey, checksumMode: "ENABLED" });
  const { retention, checksum, headers } = info;
  const tagCount = Number(headers["x-amz-tagging-count"] ?? 0);
  const tags = tagCount === 0 ? {} : await known(client.getObjectTagging({ bucket, key, versionId }));
  return {
    url: formatS3Url({ bucket, key, versionId: info.versionId }),
    size: info.size,
    modified: new Date(info.lastModifiedMs).toISOString(),
    contentType: info.contentType,
    cacheControl: info.cacheControl,
    contentDisposition: info.contentDisposition,
    contentEncoding: info.contentEncoding,
    contentLanguage: info.contentLanguage,
    expires: info.expires,
    etag: info.etag,
    checksum: checksum && `${checksum.algorithm} ${checksum.value}`,
    storageClass: info.storageClass,
    encryption: encryptionOf(info),
    versionId: info.versionId,
    // These keys may see how many there are, and not which.
    tags: tags === undefined ? tagCount : { ...tags },
    retention: retention && { mode: retention.mode, until: new Date(retention.untilMs).toISOString() },
    legalHold: info.legalHold,
    redirect: info.websiteRedirectLocation,
    restore: headers["x-amz-restore"],
    replication: headers["x-amz-replication-status"],
    metadata: { ...info.metadata },
  };
}

function encryptionOf({ encryption, headers }: ObjectInfo): string | undefined {
  const key = headers["x-amz-server-side-encryption-aws-kms-key-id"];
  return key === undefined ? encryption : `${encryption} ${key}`;
}

/** Settings that these keys may not see, or that the server does not know, are left out. */
async function bucketFacts(client: S3Client, bucket: string): Promise<Facts> {
  const { region } = await client.headBucket({ bucket });
  const [versioning, lock, acl, tags, policy] = await Promise.all([
    known(client.getBucketVersioning({ bucket })),
    known(client.getObjectLockConfiguration({ bucket })),
    known(client.getBucketAcl({ bucket })),
    known(client.getBucketTagging({ bucket })),
    known(policyOf(client, bucket)),
  ]);
  return {
    url: `s3://${bucket}`,
    region,
    owner: acl && (acl.owner.displayName || acl.owner.id),
    versioning: versioning && (versioning.status ?? "Off"),
    objectLock: lock && (lock.defaultRetention ?? "Enabled"),
    acl: acl && sharingOf(acl),
    policy,
    tags: { ...tags },
  };
}

function sharingOf({ owner, grants }: AccessControlPolicy): string {
  const others = grants.filter(({ grantee }) => grantee.type !== "user" || grantee.id !== owner.id);
  if (others.length === 0) return "private";
  const isPublic = others.some(({ grantee }) => grantee.type === "group" && grantee.group === "AllUsers");
  return isPublic ? "grants to everybody" : "grants to some";
}

/** Some servers tell of the status of a policy where there is none. */
async function policyOf(client: S3Client, bucket: string): Promise<string> {
  try {
    await client.getBucketPolicy({ bucket });
  } catch (error) {
    if (!(error instanceof S3ResponseError)) throw error;
    if (error.code === "NoSuchBucketPolicy") return "none";
    // Who may not read it may yet be told whether it is public.
    if (error.status !== 403) throw error;
  }
  const { isPublic } = await client.getBucketPolicyStatus({ bucket });
  return isPublic ? "public" : "not public";
}

async function known<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof S3ResponseError && [403, 404, 405, 501].includes(error.status)) return undefined;
    throw error;
  }
}

function linesOf(facts: Facts): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    const title = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    if (typeof value !== "object" || value === null) {
      lines[title] = lineOf(name, value as string | number);
      continue;
    }
    for (const [inner, text] of Object.entries(value))
      lines[`${title} ${printable(inner)}`] = printable(String(text));
  }
  return lines;
}

function lineOf(name: string, value: string | number): string {
  if (name === "size")
    return Number(value) < 1024 ? `${value} bytes` : `${formatBytes(Number(value))} (${value} bytes)`;
  if (name === "modified") return formatTime(Date.parse(String(value)));
  return printable(String(value));
}
