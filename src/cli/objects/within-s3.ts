/** What `cp` and `mv` do where both places are in S3: the server copies, or gives an object another key. */

import { hasTags } from "../../client/after-copy.ts";
import { contentHeadersOf } from "../../client/content-headers.ts";
import { S3ResponseError } from "../../client/errors.ts";
import type { CopyObjectInput } from "../../client/inputs.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { CommandError } from "../command.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { type CpOptions, propertiesOf } from "./cp-options.ts";
import { removeObject } from "./remove-source.ts";

export interface WithinS3Run {
  readonly signal: AbortSignal;
  readonly options: CpOptions;
  /** Of the source, where nothing else is to be copied. */
  readonly etag?: string | undefined;
}

/** @returns The ETag of what was copied, where that was held to one. */
export async function copyWithinS3(
  client: S3Client,
  from: S3Url,
  to: S3Url,
  { signal, options, etag }: WithinS3Run,
): Promise<string | undefined> {
  refuseItself(from, to);
  const { acl, storageClass, customerKey, copySourceCustomerKey } = options;
  const { changes, sourceHasTags } = await changesOf(client, from, options, signal);
  const copySourceIfMatch = changes.copySourceIfMatch ?? etag;
  await client.copy(
    {
      bucket: to.bucket,
      key: to.key,
      copySource: from,
      ...changes,
      copySourceIfMatch,
      storageClass,
      acl,
      customerKey,
      copySourceCustomerKey,
      ifNoneMatch: options.clobber === false ? "*" : undefined,
    },
    { signal, sourceHasTags },
  );
  return copySourceIfMatch;
}

/** S3 takes all that stands beside the bytes from the source, or nothing of it: what is not named is read first. */
async function changesOf(
  client: S3Client,
  from: S3Url,
  options: CpOptions,
  signal: AbortSignal,
): Promise<{ readonly changes: Partial<CopyObjectInput>; readonly sourceHasTags: boolean }> {
  const { storageClass: _, ...named } = propertiesOf(options);
  if (Object.keys(named).length === 0) return { changes: {}, sourceHasTags: false };
  const customerKey = options.copySourceCustomerKey;
  const info = await client.headObject({ ...from, customerKey }, { signal });
  const metadata = { ...info.metadata };
  for (const [name, value] of Object.entries(options.metadata ?? {})) metadata[name.toLowerCase()] = value;
  const changes = {
    ...contentHeadersOf(info),
    ...named,
    metadata,
    metadataDirective: "REPLACE" as const,
    copySourceIfMatch: info.etag,
  };
  return { changes, sourceHasTags: hasTags(info) };
}

/** Moves an object: by another key in one step where that can be, else by a copy and a deletion. */
export async function moveWithinS3(
  client: S3Client,
  from: S3Url,
  to: S3Url,
  run: WithinS3Run & { readonly renaming: Renaming },
): Promise<void> {
  refuseItself(from, to);
  if (await run.renaming.rename(from, to, run)) return;
  const etag = await copyWithinS3(client, from, to, run);
  const customerKey = run.options.copySourceCustomerKey;
  await removeObject(client, from, { etag, customerKey, signal: run.signal });
}

function refuseItself(from: S3Url, to: S3Url): void {
  if (from.bucket !== to.bucket || from.key !== to.key || from.versionId !== undefined) return;
  throw new CommandError(`${formatS3Url(from)} would be copied onto itself`, "name another target");
}

/** RenameObject, where the server has it. One for a command. */
export class Renaming {
  readonly #client: S3Client;
  readonly #answers = new Map<string, Promise<boolean>>();

  constructor(client: S3Client) {
    this.#client = client;
  }

  /** @returns False where it is to be copied: then nothing has happened. */
  async rename(from: S3Url, to: S3Url, { signal, options }: WithinS3Run): Promise<boolean> {
    const { bucket, key: sourceKey, versionId } = from;
    const { acl, customerKey, copySourceCustomerKey } = options;
    const named = [acl, customerKey, copySourceCustomerKey, ...Object.values(propertiesOf(options))];
    const changes = named.some((value) => value !== undefined);
    if (bucket !== to.bucket || versionId !== undefined || changes) return false;
    if (!(await this.#isOffered(bucket))) return false;
    try {
      const ifNoneMatch = options.clobber === false ? "*" : undefined;
      await this.#client.renameObject({ bucket, key: to.key, sourceKey, ifNoneMatch }, { signal });
      return true;
    } catch (error) {
      // In buckets that keep versions, and what is encrypted with a customer's key.
      if (error instanceof S3ResponseError && error.code === "InvalidRequest") return false;
      throw error;
    }
  }

  /** A server that does not know the parameter would store an empty object: only one that says that it is ours is asked. */
  #isOffered(bucket: string): Promise<boolean> {
    const known = this.#answers.get(bucket);
    if (known !== undefined) return known;
    const asked = this.#client.request({ method: "HEAD", bucket }).then(
      ({ headers, body }) => {
        body.cancel();
        return headers["server"] === "Stowage";
      },
      () => false,
    );
    this.#answers.set(bucket, asked);
    return asked;
  }
}
