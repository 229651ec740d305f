import type { S3Client } from "../../client/s3-client.ts";
import type { ListedObject } from "../../s3/documents/list-objects.ts";
import { CommandError, type Io } from "../command.ts";
import { keyPattern, nameFilter, type NameFilter } from "../key-pattern.ts";
import { formatBytes, formatTime, printable, printJsonLine, printLine } from "../output.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";

export interface LsOptions extends NameFilter {
  readonly recursive?: boolean;
  readonly raw?: boolean;
  readonly bytes?: boolean;
  readonly json?: boolean;
}

export async function lsBuckets(io: Io, client: S3Client, { json = false }: LsOptions): Promise<void> {
  let continuationToken: string | undefined;
  do {
    const page = await client.listBuckets({ continuationToken });
    for (const { name, createdAtMs } of page.buckets) {
      if (json) await printJsonLine(io, { bucket: name, created: new Date(createdAtMs).toISOString() });
      else await printLine(io, `${formatTime(createdAtMs)}  s3://${name}`);
    }
    ({ continuationToken } = page);
  } while (continuationToken !== undefined);
}

/**
 * A folder's level, or with `--recursive` or a pattern all that is meant.
 *
 * @throws {CommandError} Where that is nothing, but for a bucket: it may be empty.
 */
export async function lsObjects(io: Io, client: S3Client, url: S3Url, options: LsOptions): Promise<void> {
  const { bucket, key } = url;
  const pattern = options.raw === true ? null : keyPattern(key);
  const prefix = pattern?.prefix ?? key;
  const isFlat = options.recursive === true || pattern !== null;
  const rootLength = isFlat ? 0 : prefix.lastIndexOf("/") + 1;
  const goes = nameFilter(options);
  const isMeant = (one: string): boolean =>
    (pattern === null || pattern.matches(one)) && goes(one.slice(prefix.lastIndexOf("/") + 1));
  let isEmpty = true;
  const list = client.list({ bucket, prefix, ...(isFlat ? {} : { delimiter: "/" }) });
  for await (const page of list.pages()) {
    for (const folder of page.commonPrefixes) {
      if (!goes(folder.slice(rootLength, -1))) continue;
      isEmpty = false;
      if (options.json === true) await printJsonLine(io, { folder });
      else
        await printLine(
          io,
          `${" ".repeat(21)}${"DIR".padStart(widthOf(options))}  ${printable(folder.slice(rootLength))}`,
        );
    }
    for (const object of page.objects) {
      if (!isMeant(object.key)) continue;
      isEmpty = false;
      await printObject(io, object, rootLength, options);
    }
  }
  if (isEmpty && key !== "") {
    throw new CommandError(
      `there is nothing at ${printable(formatS3Url(url))}`,
      `look what there is with stowage ls s3://${bucket}`,
    );
  }
}

async function printObject(
  io: Io,
  object: ListedObject,
  rootLength: number,
  options: LsOptions,
): Promise<void> {
  const { key, size, lastModifiedMs, etag, storageClass } = object;
  if (options.json === true) {
    await printJsonLine(io, {
      key,
      size,
      modified: new Date(lastModifiedMs).toISOString(),
      etag,
      storageClass,
    });
    return;
  }
  const amount = options.bytes === true ? String(size) : formatBytes(size);
  await printLine(
    io,
    `${formatTime(lastModifiedMs)}  ${amount.padStart(widthOf(options))}  ${printable(key.slice(rootLength))}`,
  );
}

function widthOf({ bytes = false }: LsOptions): number {
  return bytes ? 14 : 10;
}
