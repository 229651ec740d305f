/** Where commands on buckets and objects read and write: `s3://bucket/key`, or a path of this machine. */

import { UsageError } from "./command.ts";

const scheme = "s3://";

/** A bucket, a key, what keys begin with, or a pattern of keys. */
export interface S3Url {
  readonly bucket: string;
  /** Empty: the bucket itself. With wildcards as they were typed. */
  readonly key: string;
  /** `?versionId=`. */
  readonly versionId: string | undefined;
}

/** A source or a target. */
export type Place =
  | { readonly type: "s3"; readonly url: S3Url }
  | { readonly type: "local"; readonly path: string }
  /** `-`: standard input or output. */
  | { readonly type: "stream" };

/** Whether a text is meant as an address of S3. */
export function isS3Url(text: string): boolean {
  return text.toLowerCase().startsWith(scheme);
}

/**
 * @throws {UsageError} For what is no `s3://bucket` or `s3://bucket/key`.
 * @example
 * parseS3Url("s3://photos/2026/*.jpg"); // { bucket: "photos", key: "2026/*.jpg", versionId: undefined }
 */
export function parseS3Url(text: string): S3Url {
  if (!isS3Url(text)) {
    const meant = /^[a-z0-9][a-z0-9.-]{2,62}(?:\/|$)/.test(text)
      ? `s3://${text}`
      : "s3://BUCKET or s3://BUCKET/KEY";
    throw new UsageError(`"${text}" is no address of S3`, `give it as ${meant}`);
  }
  const rest = text.slice(scheme.length);
  const slash = rest.indexOf("/");
  const bucket = slash === -1 ? rest : rest.slice(0, slash);
  if (bucket === "")
    throw new UsageError(`"${text}" names no bucket`, "give it as s3://BUCKET or s3://BUCKET/KEY");
  if (!/^[A-Za-z0-9._-]+$/.test(bucket)) {
    throw new UsageError(`"${bucket}" is no name of a bucket`, "give it as s3://BUCKET or s3://BUCKET/KEY");
  }
  const path = slash === -1 ? "" : rest.slice(slash + 1);
  const [, key = "", versionId] = /^(.+)\?versionId=([^?&/]+)$/s.exec(path) ?? ["", path];
  return { bucket, key, versionId };
}

/** As {@link parseS3Url}, of one object. @throws {UsageError} For a bucket alone. */
export function parseObjectUrl(text: string): S3Url {
  const url = parseS3Url(text);
  if (url.key === "") throw new UsageError(`"${text}" names no object`, `give it as s3://${url.bucket}/KEY`);
  return url;
}

/** As {@link parseS3Url}, of one bucket. @throws {UsageError} For a key. */
export function parseBucketUrl(text: string): string {
  const { bucket, key } = parseS3Url(text);
  if (key !== "") throw new UsageError(`"${text}" is no bucket but has a key`, `give it as s3://${bucket}`);
  return bucket;
}

/** A bucket by its name or its address. @throws {UsageError} For an address of a key. */
export function parseBucketName(text: string): string {
  return isS3Url(text) ? parseBucketUrl(text) : text;
}

/** @throws {UsageError} For an address of S3 that is none. */
export function parsePlace(text: string): Place {
  if (text === "-") return { type: "stream" };
  return isS3Url(text) ? { type: "s3", url: parseS3Url(text) } : { type: "local", path: text };
}

/** What all keys in a folder begin with, by the folder's name with its last slash or without; of a bucket, nothing. */
export function folderPrefix(key: string): string {
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}

export function formatS3Url({
  bucket,
  key,
  versionId,
}: Omit<S3Url, "versionId"> & { versionId?: string | undefined }): string {
  return `${scheme}${bucket}/${key}${versionId === undefined ? "" : `?versionId=${versionId}`}`;
}
