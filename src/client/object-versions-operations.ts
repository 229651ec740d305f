/** The operations on versions and locks. What each does is told where people meet it, in `object-settings.ts`. */

import { type ObjectVersionList, parseListVersions } from "../s3/documents/list-versions.ts";
import {
  legalHoldXml,
  objectLockXml,
  parseLegalHold,
  parseObjectLock,
  parseRetention,
  retentionXml,
} from "../s3/documents/object-lock.ts";
import { parseVersioning, type VersioningConfiguration, versioningXml } from "../s3/documents/versioning.ts";
import type { DefaultRetention, LegalHold, ObjectLock, Retention } from "../s3/object-lock.ts";
import { ask } from "./ask.ts";
import { put } from "./bucket-settings-operations.ts";
import type { ClientCore } from "./core.ts";
import type * as inputs from "./inputs.ts";
import type { RequestOptions } from "./send.ts";

export async function getBucketVersioning(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<VersioningConfiguration> {
  return (await ask(parseVersioning, core, "GetBucketVersioning", input, options)).value;
}

export async function putBucketVersioning(
  core: ClientCore,
  input: inputs.BucketInput & VersioningConfiguration & { readonly mfa?: string | undefined },
  options?: RequestOptions,
): Promise<void> {
  await put(core, "PutBucketVersioning", input, versioningXml(input), options);
}

export async function listObjectVersions(
  core: ClientCore,
  input: inputs.ListObjectVersionsInput,
  options?: RequestOptions,
): Promise<ObjectVersionList> {
  // Keys may hold what XML cannot carry.
  const call = { query: [["encoding-type", "url"]] } as const;
  return (await ask(parseListVersions, core, "ListObjectVersions", input, options, call)).value;
}

export async function getObjectLockConfiguration(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<ObjectLock> {
  return (await ask(parseObjectLock, core, "GetObjectLockConfiguration", input, options)).value;
}

export async function putObjectLockConfiguration(
  core: ClientCore,
  input: inputs.BucketInput & { readonly defaultRetention?: DefaultRetention | undefined },
  options?: RequestOptions,
): Promise<void> {
  await put(core, "PutObjectLockConfiguration", input, objectLockXml(input), options);
}

export async function getObjectRetention(
  core: ClientCore,
  input: inputs.ObjectInput,
  options?: RequestOptions,
): Promise<Retention> {
  return (await ask(readRetention, core, "GetObjectRetention", input, options)).value;
}

function readRetention(xml: string): Retention {
  const retention = parseRetention(xml);
  if (retention === undefined) throw new RangeError("<Retention> is empty");
  return retention;
}

export async function putObjectRetention(
  core: ClientCore,
  input: inputs.ObjectInput & inputs.BypassInput & { readonly retention: Retention | null },
  options?: RequestOptions,
): Promise<void> {
  // Null takes the retention away; what was left out must not.
  if (input.retention === undefined) throw new TypeError("PutObjectRetention needs retention, or null.");
  await put(core, "PutObjectRetention", input, retentionXml(input.retention ?? undefined), options);
}

export async function getObjectLegalHold(
  core: ClientCore,
  input: inputs.ObjectInput,
  options?: RequestOptions,
): Promise<LegalHold> {
  return (await ask(parseLegalHold, core, "GetObjectLegalHold", input, options)).value;
}

export async function putObjectLegalHold(
  core: ClientCore,
  input: inputs.ObjectInput & { readonly legalHold: LegalHold },
  options?: RequestOptions,
): Promise<void> {
  await put(core, "PutObjectLegalHold", input, legalHoldXml(input.legalHold), options);
}
