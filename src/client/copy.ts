/** Copies on the server, of any size: above 5 GiB in parts, with everything beside the bytes that one request would keep. */

import { checkNames, type NamesOf } from "../s3/known-names.ts";
import type { CompletedPart } from "../s3/documents/multipart.ts";
import type { Tags } from "../s3/tags.ts";
import { finishCopy, hasTags } from "./after-copy.ts";
import { S3ResponseError } from "./errors.ts";
import { grantHeadersOf } from "./grant-headers.ts";
import type { CopyObjectInput } from "./inputs.ts";
import type { ObjectInfo } from "./outputs.ts";
import { runParallel } from "./parallel.ts";
import { contentHeadersOf } from "./content-headers.ts";
import type { ClientCore } from "./core.ts";
import { settingsRequests } from "./load-seldom.ts";
import { partSizeFor } from "./upload.ts";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPartCopy,
} from "./multipart-operations.ts";
import { copyObject, headObject } from "./operations.ts";

/** What a copy has come to. */
export interface Copied {
  /** Without quotes. */
  readonly etag: string;
  readonly versionId: string | undefined;
}

export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Size of the source in bytes, where the caller knows it: saves a request that would be refused. */
  readonly sizeBytes?: number | undefined;
  /** Whether the copy gets the source's grants, in the same request. Default: false, it gets those of the input, or is private. */
  readonly preserveAcl?: boolean | undefined;
  /**
   * Whether the source is known to have tags: then a server that loses them where metadata is replaced, as Ceph's RGW does, is
   * given them again. Default: false.
   */
  readonly sourceHasTags?: boolean | undefined;
  /** Parts under way at once. Default: the client's, 4. */
  readonly concurrency?: number | undefined;
}

const optionNames: NamesOf<CopyOptions> = {
  signal: 1,
  sizeBytes: 1,
  preserveAcl: 1,
  sourceHasTags: 1,
  concurrency: 1,
};

/** What one request copies at most. */
const maxSingleCopyBytes = 5 * 1024 ** 3;
/** No bytes pass through here, so that parts may be large. */
const copyPartBytes = 256 * 1024 ** 2;

/**
 * Copies an object, whatever its size.
 *
 * In parts, content headers and metadata are taken from the source unless `metadataDirective` is REPLACE, and tags unless
 * `taggingDirective` is; the parts are of one version of the source, or the copy fails.
 *
 * @throws As S3Client's methods do; S3DataError NotEncrypted where the server overlooks the customer's key.
 */
export async function copy(
  core: ClientCore,
  input: CopyObjectInput,
  options: CopyOptions = {},
): Promise<Copied> {
  checkNames("copy()", options, optionNames);
  const { signal, preserveAcl = false, sourceHasTags = false } = options;
  if (preserveAcl) {
    if (input.acl !== undefined)
      throw new TypeError("A copy has either an acl or, by preserveAcl, its source's.");
    const headers = { ...(await grantHeadersOf(core, input.copySource, signal)), ...input.headers };
    return copy(core, { ...input, headers }, { ...options, preserveAcl: false });
  }
  const mayLoseTags = sourceHasTags && input.taggingDirective !== "REPLACE";
  const tags = mayLoseTags ? await tagsOf(core, input, undefined, signal) : undefined;
  const copied = await copyAnySize(core, input, options);
  if (tags !== undefined || input.customerKey !== undefined)
    await finishCopy(core, input, copied, tags, signal);
  return copied;
}

async function copyAnySize(core: ClientCore, input: CopyObjectInput, options: CopyOptions): Promise<Copied> {
  const { signal, sizeBytes } = options;
  if (sizeBytes === undefined || sizeBytes <= maxSingleCopyBytes) {
    try {
      const { etag, versionId } = await copyObject(core, input, { signal });
      return { etag, versionId };
    } catch (error) {
      if (!isTooLarge(error)) throw error;
    }
  }
  return copyInParts(core, input, options);
}

/** AWS says so in words only. */
function isTooLarge(error: unknown): boolean {
  if (!(error instanceof S3ResponseError)) return false;
  if (error.code === "EntityTooLarge") return true;
  return (
    error.code === "InvalidRequest" &&
    /larger than the maximum|maximum allowable size/i.test(error.serverMessage)
  );
}

async function copyInParts(
  core: ClientCore,
  input: CopyObjectInput,
  { signal, concurrency = core.settings.concurrency }: CopyOptions,
): Promise<Copied> {
  const { bucket, key, copySource, metadataDirective, ifMatch, ifNoneMatch } = input;
  const source = await headObject(
    core,
    {
      ...copySource,
      ifMatch: input.copySourceIfMatch,
      ifNoneMatch: input.copySourceIfNoneMatch,
      ifModifiedSince: input.copySourceIfModifiedSince,
      ifUnmodifiedSince: input.copySourceIfUnmodifiedSince,
      customerKey: input.copySourceCustomerKey,
    },
    { signal },
  );
  const created = await createMultipartUpload(
    core,
    {
      ...input,
      ...(metadataDirective === "REPLACE" ? {} : { ...contentHeadersOf(source), metadata: source.metadata }),
      tagging:
        input.taggingDirective === "REPLACE" ? input.tagging : await tagsOf(core, input, source, signal),
    },
    { signal },
  );
  const upload = { bucket, key, uploadId: created.uploadId, customerKey: input.customerKey };
  const completed: CompletedPart[] = [];
  try {
    await runParallel(
      partRanges(source.size, partSizeFor(source.size, copyPartBytes)),
      { concurrency, signal },
      async ({ partNumber, copySourceRange }, partSignal) => {
        const { etag, checksum } = await uploadPartCopy(
          core,
          {
            ...upload,
            partNumber,
            copySource,
            copySourceRange,
            copySourceIfMatch: source.etag,
            copySourceCustomerKey: input.copySourceCustomerKey,
          },
          { signal: partSignal },
        );
        completed.push({ partNumber, etag, checksum });
      },
    );
    completed.sort((a, b) => a.partNumber - b.partNumber);
    const { etag, versionId } = await completeMultipartUpload(
      core,
      { ...upload, parts: completed, ifMatch, ifNoneMatch },
      { signal },
    );
    return { etag, versionId };
  } catch (error) {
    await abortMultipartUpload(core, upload).catch(() => {});
    throw error;
  }
}

/** The tags of the source, which one request would have copied. */
async function tagsOf(
  core: ClientCore,
  { copySource }: CopyObjectInput,
  info: ObjectInfo | undefined,
  signal: AbortSignal | undefined,
): Promise<Tags | undefined> {
  try {
    const { getObjectTagging } = await settingsRequests();
    const tags = await getObjectTagging(
      core,
      { ...copySource, versionId: copySource.versionId ?? info?.versionId },
      { signal },
    );
    return Object.keys(tags).length === 0 ? undefined : tags;
  } catch (error) {
    // Many servers know no tags, and who may not read them is told by their count whether there are any.
    const isTold = info !== undefined && hasTags(info);
    if (isTold || !(error instanceof S3ResponseError) || ![403, 404, 405, 501].includes(error.status))
      throw error;
    return undefined;
  }
}

function* partRanges(
  size: number,
  partSize: number,
): Generator<{ readonly partNumber: number; readonly copySourceRange: string }> {
  for (let start = 0, partNumber = 1; start < size; start += partSize, partNumber++) {
    yield { partNumber, copySourceRange: `bytes=${start}-${Math.min(start + partSize, size) - 1}` };
  }
}
