/** Tags of buckets and objects, shown and changed. */

import { S3ResponseError } from "../../client/errors.ts";
import type { S3Client } from "../../client/s3-client.ts";
import type { Tags } from "../../s3/tags.ts";
import type { Io } from "../command.ts";
import { printable, printJsonLine, printLine } from "../output.ts";
import type { S3Url } from "../s3-url.ts";
import { changeEach, nameOf, type Subject } from "./change-each.ts";
import type { FindOptions } from "./find-objects.ts";

interface TagOptions extends FindOptions {
  readonly json?: boolean;
}

export async function showTags(
  io: Io,
  client: S3Client,
  url: S3Url,
  { json = false }: TagOptions,
): Promise<void> {
  const tags = await readTags(client, url);
  if (json) {
    await printJsonLine(io, { url: nameOf(url), tags: { ...tags } });
    return;
  }
  for (const [name, value] of Object.entries(tags)) await printLine(io, printable(`${name}=${value}`));
}

/** Adds tags, or gives them other values; the others stay. */
export async function setTags(
  io: Io,
  client: S3Client,
  url: S3Url,
  set: Tags,
  options: TagOptions,
): Promise<void> {
  await changeTags(io, client, url, options, (tags) => ({ ...tags, ...set }));
}

/** Removes tags by name, or all of them. */
export async function removeTags(
  io: Io,
  client: S3Client,
  url: S3Url,
  names: readonly string[],
  options: TagOptions,
): Promise<void> {
  await changeTags(io, client, url, options, (tags) =>
    names.length === 0
      ? {}
      : Object.fromEntries(Object.entries(tags).filter(([name]) => !names.includes(name))),
  );
}

async function changeTags(
  io: Io,
  client: S3Client,
  url: S3Url,
  options: TagOptions,
  change: (tags: Tags) => Tags,
): Promise<void> {
  await changeEach(io, client, url, options, async (subject, signal) => {
    const tags = change(await readTags(client, subject, signal));
    await writeTags(client, subject, tags, signal);
    const list = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
    return { said: list.length === 0 ? "no tags" : list.join(" "), fact: { tags } };
  });
}

async function readTags(
  client: S3Client,
  { bucket, key, versionId }: Subject,
  signal?: AbortSignal,
): Promise<Tags> {
  if (key !== "") return client.getObjectTagging({ bucket, key, versionId }, { signal });
  try {
    return await client.getBucketTagging({ bucket }, { signal });
  } catch (error) {
    if (error instanceof S3ResponseError && error.code === "NoSuchTagSet") return {};
    throw error;
  }
}

async function writeTags(
  client: S3Client,
  { bucket, key, versionId }: Subject,
  tags: Tags,
  signal?: AbortSignal,
): Promise<void> {
  const isEmpty = Object.keys(tags).length === 0;
  if (key === "") {
    if (isEmpty) await client.deleteBucketTagging({ bucket }, { signal });
    else await client.putBucketTagging({ bucket, tags }, { signal });
  } else if (isEmpty) {
    await client.deleteObjectTagging({ bucket, key, versionId }, { signal });
  } else {
    await client.putObjectTagging({ bucket, key, versionId, tags }, { signal });
  }
}
