/** What stands beside an object's bytes, changed: S3 can only copy the object onto itself. */

import { grantHeadersOf } from "./grant-headers.ts";
import type { CopyObjectInput, ObjectProperties } from "./inputs.ts";
import type { S3Client } from "./s3-client.ts";
import type { RequestOptions } from "./send.ts";

/** Headers that stand beside the metadata. */
export type ContentHeader =
  | "cacheControl"
  | "contentDisposition"
  | "contentEncoding"
  | "contentLanguage"
  | "contentType"
  | "expires";

/** What is to be different. What is not named stays. */
export interface MetadataChange {
  readonly headers?: Partial<Pick<ObjectProperties, ContentHeader>> | undefined;
  /** Metadata to be set, values by name. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Names of metadata, or of content headers, that are to go. */
  readonly remove?: readonly string[] | undefined;
}

/** What stands beside the bytes now. */
export interface ChangedMetadata extends Pick<ObjectProperties, ContentHeader> {
  readonly metadata: Readonly<Record<string, string>>;
  readonly versionId: string | undefined;
}

/**
 * Changes metadata and content headers of an object. Its bytes, tags, grants, storage class and website redirect stay; in a
 * bucket that keeps versions it is a new one.
 *
 * @throws S3ResponseError PreconditionFailed where somebody replaces the object meanwhile.
 */
export async function changeMetadata(
  client: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  change: MetadataChange,
  { signal }: RequestOptions = {},
): Promise<ChangedMetadata> {
  const info = await client.headObject({ bucket, key }, { signal });
  const removed = new Set((change.remove ?? []).map((name) => name.toLowerCase()));
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...info.metadata, ...lowerCased(change.metadata ?? {}) })) {
    if (!removed.has(name)) metadata[name] = value;
  }
  const headers: Partial<Record<ContentHeader, Date | string | undefined>> = {};
  for (const name of contentHeaders) {
    if (!removed.has(dashed(name))) headers[name] = change.headers?.[name] ?? info[name];
  }
  const properties = { ...headers, metadata } as ObjectProperties & {
    readonly metadata: Record<string, string>;
  };
  const { versionId } = await client.copy(
    {
      bucket,
      key,
      copySource: { bucket, key },
      copySourceIfMatch: info.etag,
      metadataDirective: "REPLACE",
      ...properties,
      storageClass: info.storageClass,
      websiteRedirectLocation: info.websiteRedirectLocation,
      ...encryptionOf(info),
      // In the request itself, so that nobody finds it closed, or open, in between.
      headers: await grantHeadersOf(client, { bucket, key }, signal),
    },
    { sizeBytes: info.size, signal },
  );
  return { ...properties, versionId };
}

const contentHeaders: readonly ContentHeader[] = [
  "cacheControl",
  "contentDisposition",
  "contentEncoding",
  "contentLanguage",
  "contentType",
  "expires",
];

function encryptionOf({
  encryption,
  headers,
}: {
  readonly encryption: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}): Pick<CopyObjectInput, "encryption"> {
  if (encryption === "AES256") return { encryption: { algorithm: "AES256" } };
  if (encryption !== "aws:kms") return {};
  const kmsKeyId = headers["x-amz-server-side-encryption-aws-kms-key-id"];
  return { encryption: { algorithm: "aws:kms", kmsKeyId } };
}

function lowerCased(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}

/** `contentType` as `content-type`. */
function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
