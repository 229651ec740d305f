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
  /** Metadata, or content headers such as `Content-Type`, values by name. */
  readonly set?: Readonly<Record<string, string>> | undefined;
  /** Names of metadata or content headers that are to go. */
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
  object: { readonly bucket: string; readonly key: string },
  { set = {}, remove = [] }: MetadataChange,
  { signal }: RequestOptions = {},
): Promise<ChangedMetadata> {
  const { bucket, key } = object;
  const info = await client.headObject(object, { signal });
  const wanted = lowerCased(set);
  const removed = new Set(remove.map((name) => name.toLowerCase()));
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...info.metadata, ...wanted })) {
    if (!removed.has(name) && !titles.has(name)) metadata[name] = value;
  }
  const headers: Partial<Record<ContentHeader, string | undefined>> = {};
  for (const name of contentHeaders) {
    const title = dashed(name);
    headers[name] = removed.has(title) ? undefined : (wanted[title] ?? info[name]);
  }
  const properties = { ...headers, metadata };
  const { versionId } = await client.copy(
    {
      bucket,
      key,
      copySource: object,
      copySourceIfMatch: info.etag,
      metadataDirective: "REPLACE",
      ...properties,
      storageClass: info.storageClass,
      websiteRedirectLocation: info.websiteRedirectLocation,
      ...encryptionOf(info),
      // In the request itself, so that nobody finds it closed, or open, in between.
      headers: await grantHeadersOf(client, object, signal),
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

const titles: ReadonlySet<string> = new Set(contentHeaders.map(dashed));

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
