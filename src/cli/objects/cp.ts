/** What `cp` and `mv` do: files and objects from one place to another, each a transfer. */

import { mkdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { contentTypeOf } from "../../client/content-type.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { CommandError, UsageError } from "../command.ts";
import type { CustomerKeys } from "../customer-key.ts";
import { nameFilter } from "../key-pattern.ts";
import { folderPrefix, formatS3Url, type Place, parsePlace, type S3Url } from "../s3-url.ts";
import { type CpOptions, propertiesOf } from "./cp-options.ts";
import { findObjects, selectionOf } from "./find-objects.ts";
import { pathWithoutLinks } from "../../client/sync/local-path.ts";
import { uploadFile } from "../../client/sync/upload-file.ts";
import { walkFiles } from "../../client/sync/walk-files.ts";
import { refuseTaken } from "./no-clobber.ts";
import { removeFile, removeObject } from "./remove-source.ts";
import type { Transfer } from "./transfers.ts";
import { copyWithinS3, moveWithinS3, Renaming } from "./within-s3.ts";

/** What is done with the source once it is at its target. */
export type Kind = "copy" | "move";

/**
 * The transfers of a command line, found as they are asked for.
 *
 * @param texts Sources, and the target behind them.
 * @throws {UsageError} For places that do not go together.
 */
export async function cpTransfers(
  client: S3Client,
  texts: readonly string[],
  options: CpOptions,
  kind: Kind,
): Promise<AsyncIterable<Transfer>> {
  const places = texts.map(parsePlace);
  const target = places.pop();
  if (target === undefined || places.length === 0) {
    throw new UsageError("there is no target", "name what is to be copied, and behind it where to");
  }
  if (target.type === "stream" || places.some(({ type }) => type === "stream")) {
    throw new UsageError(
      "- is no file",
      "use stowage pipe to store standard input, stowage cat to print objects",
    );
  }
  if (places.every(({ type }) => type === "local") && target.type === "local") {
    throw new UsageError("both places are of this machine", "give one of them as s3://BUCKET/KEY");
  }
  const into = await directoryOf(target, places.length > 1 || options.recursive === true);
  // Of what a copy within S3 reads; else there is one object, and one key.
  const { customerKey, copySourceCustomerKey } = options;
  const sourceKey = target.type === "s3" ? copySourceCustomerKey : customerKey;
  const sources = await Promise.all(
    places.map((place) => sourceOf(client, place, into, { ...options, customerKey: sourceKey })),
  );
  const isMany = sources.some(({ isSingle }) => !isSingle) || places.length > 1;
  if (isMany && !into.isDirectory) {
    throw new UsageError(
      `${describe(target)} is one file, and there may be several sources`,
      "end the target with a slash",
    );
  }
  return transfersOf(client, sources, into, { ...options, kind, renaming: new Renaming(client) });
}

/** Something to be read, by the name that it gets below a directory. */
interface Item {
  readonly name: string;
  readonly size: number;
  readonly from:
    | { readonly path: string; readonly error?: Error | undefined }
    | { readonly url: S3Url; readonly etag: string | undefined };
}

interface Source {
  readonly items: AsyncIterable<Item>;
  readonly isSingle: boolean;
}

/** Where things go: into a directory under their names, or to one name. */
interface Target {
  readonly place: Place;
  readonly isDirectory: boolean;
}

async function directoryOf(place: Place, isMany: boolean): Promise<Target> {
  if (place.type === "s3") {
    const { key, versionId } = place.url;
    if (versionId !== undefined) {
      throw new UsageError(
        "a version is no target",
        "leave out ?versionId= of the target: what is written is a new version",
      );
    }
    return { place, isDirectory: key === "" || key.endsWith("/") || isMany };
  }
  const path = place.type === "local" ? place.path : "";
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() !== true && found !== null && isMany) {
    throw new UsageError(`"${path}" is a file, not a directory`, "name a directory as the target");
  }
  return { place, isDirectory: isMany || found?.isDirectory() === true || /[/\\]$/.test(path) };
}

async function sourceOf(client: S3Client, place: Place, target: Target, options: CpOptions): Promise<Source> {
  if (place.type === "local") return localSource(place.path, options);
  if (place.type === "stream") throw new UsageError("- is no file", "use stowage pipe");
  const { url } = place;
  const { bucket } = url;
  const selection = selectionOf(url, options);
  if (selection.isSingle) return { isSingle: true, items: singleObject(client, url, options) };
  if (url.versionId !== undefined) {
    throw new UsageError(`${formatS3Url(url)} names a version of many`, "name one object for ?versionId=");
  }
  const written = folderWithin(bucket, selection.prefix.slice(0, selection.rootLength), target);
  async function* items(): AsyncGenerator<Item> {
    for await (const { key, name, size, etag } of findObjects(client, bucket, selection)) {
      // What is in the target is no source of it: the listing would come to what has just been written.
      if (written === null || !key.startsWith(written))
        yield { name, size, from: { url: { bucket, key, versionId: undefined }, etag } };
    }
  }
  return { isSingle: false, items: items() };
}

/** The target's folder where it is one of the source's. */
function folderWithin(bucket: string, root: string, { place }: Target): string | null {
  if (place.type !== "s3" || place.url.bucket !== bucket) return null;
  const folder = folderPrefix(place.url.key);
  return folder.length > root.length && folder.startsWith(root) ? folder : null;
}

async function* singleObject(
  client: S3Client,
  url: S3Url,
  { customerKey }: CustomerKeys,
): AsyncGenerator<Item> {
  const { size, etag } = await client.headObject({ ...url, customerKey });
  yield { name: url.key.slice(url.key.lastIndexOf("/") + 1), size, from: { url, etag } };
}

async function localSource(path: string, options: CpOptions): Promise<Source> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandError(
      cause.code === "ENOENT" ? `there is no file "${path}"` : `cannot read "${path}": ${cause.message}`,
      "check the path",
      { cause },
    );
  });
  if (!found.isDirectory()) {
    return { isSingle: true, items: oneFile({ name: basename(path), size: found.size, from: { path } }) };
  }
  if (options.recursive !== true) {
    throw new UsageError(`"${path}" is a directory`, "add --recursive for all that is in it");
  }
  return { isSingle: false, items: filesIn(path, options) };
}

async function* oneFile(item: Item): AsyncGenerator<Item> {
  yield item;
}

async function* filesIn(directory: string, options: CpOptions): AsyncGenerator<Item> {
  const goes = nameFilter(options);
  const passed = (name: string): void => {
    if (goes(name)) options.onPassed?.(join(directory, name));
  };
  for await (const { name, size, error } of walkFiles(directory, passed)) {
    if (goes(name)) yield { name, size, from: { path: join(directory, name), error } };
  }
}

type AllOptions = CpOptions & { readonly kind: Kind; readonly renaming: Renaming };

async function* transfersOf(
  client: S3Client,
  sources: readonly Source[],
  target: Target,
  options: AllOptions,
): AsyncGenerator<Transfer> {
  let count = 0;
  // Of one source no two have the same name.
  const taken = sources.length > 1 ? new Set<string>() : null;
  for (const { items } of sources) {
    for await (const item of items) {
      count++;
      const transfer = transferOf(client, item, target, options);
      if (taken?.has(item.name) === true) yield { ...transfer, run: refuseSecond };
      else yield transfer;
      taken?.add(item.name);
    }
  }
  if (count === 0) throw new CommandError("nothing matches", "look what is there with stowage ls");
}

/** `mv a/x b/x s3://bucket/` would leave one of the two, nobody knows which. */
async function refuseSecond(): Promise<void> {
  throw new CommandError(
    "another source of that name goes to the same target",
    "give this one by itself, and another target",
  );
}

function transferOf(
  client: S3Client,
  item: Item,
  { place, isDirectory }: Target,
  options: AllOptions,
): Transfer {
  const { name, size, from } = item;
  const verb =
    options.kind === "move"
      ? "move"
      : place.type === "local"
        ? "download"
        : "path" in from
          ? "upload"
          : "copy";
  const text = "path" in from ? from.path : formatS3Url(from.url);
  if (place.type === "s3") {
    const { bucket, key } = place.url;
    const directory = key === "" || key.endsWith("/") || !isDirectory ? key : `${key}/`;
    const to: S3Url = { bucket, key: isDirectory ? directory + name : key, versionId: undefined };
    return {
      verb,
      from: text,
      to: formatS3Url(to),
      size,
      run: async (signal, onLoaded) => {
        if (options.clobber === false) await refuseTaken(client, to, signal);
        if ("path" in from && from.error !== undefined) throw from.error;
        if ("path" in from) await upload(client, from.path, to, { signal, onLoaded, options });
        else if (options.kind === "copy") await copyWithinS3(client, from.url, to, { signal, options });
        else {
          const { renaming } = options;
          await moveWithinS3(client, from.url, to, { signal, options, etag: from.etag, renaming });
        }
      },
    };
  }
  const path = place.type === "local" ? place.path : "";
  if ("path" in from)
    throw new UsageError("both places are of this machine", "give one of them as s3://BUCKET/KEY");
  return {
    verb,
    from: text,
    to: isDirectory ? join(path, name) : path,
    size,
    run: async (signal, onLoaded) => {
      const to = isDirectory ? await pathWithoutLinks(path, name) : path;
      await download(client, from.url, to, { signal, onLoaded, options });
    },
  };
}

interface LoadingRun {
  readonly signal: AbortSignal;
  readonly onLoaded: (bytes: number) => void;
  readonly options: AllOptions;
}

async function upload(
  client: S3Client,
  path: string,
  { bucket, key }: S3Url,
  { signal, onLoaded, options }: LoadingRun,
): Promise<void> {
  const before = await uploadFile(
    client,
    path,
    {
      bucket,
      key,
      contentType: contentTypeOf(path),
      ...propertiesOf(options),
      acl: options.acl,
      customerKey: options.customerKey,
      ifNoneMatch: options.clobber === false ? "*" : undefined,
    },
    { signal, resume: options.resume, onProgress: ({ loadedBytes }) => onLoaded(loadedBytes) },
  );
  if (options.kind === "move") await removeFile(path, before);
}

async function download(
  client: S3Client,
  from: S3Url,
  path: string,
  { signal, onLoaded, options }: LoadingRun,
): Promise<void> {
  if (options.clobber === false && (await stat(path).catch(() => null)) !== null) {
    throw new CommandError(`"${path}" is there already`, "leave out --no-clobber to replace it");
  }
  await mkdir(dirname(path), { recursive: true });
  const { customerKey } = options;
  const { etag } = await client.downloadFile({ ...from, customerKey }, path, {
    signal,
    resume: options.resume,
    keepModified: true,
    onProgress: ({ loadedBytes }) => onLoaded(loadedBytes),
  });
  if (options.kind === "move") await removeObject(client, from, { etag, customerKey, signal });
}

function describe(place: Place): string {
  return place.type === "s3" ? formatS3Url(place.url) : place.type === "local" ? `"${place.path}"` : "-";
}
