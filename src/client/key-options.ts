/** What the methods of a Key take. */

import type { CannedAcl } from "../s3/acl.ts";
import type { NamesOf } from "../s3/known-names.ts";
import type { ClientChecksumAlgorithm } from "../s3/checksums.ts";
import type {
  CustomerKeyInput,
  EncryptionInput,
  GetObjectInput,
  ReadConditions,
  WriteConditions,
} from "./inputs.ts";
import type { FileDownloadOptions } from "./node-files.ts";
import type { BotoCallback, ProgressListener } from "./progress.ts";
import type { UploadOptions } from "./upload.ts";

/** Progress, as boto has it and as we do. */
export interface ProgressOptions {
  readonly onProgress?: ProgressListener | undefined;
  /** boto's: called with the bytes so far and the bytes in all. */
  readonly cb?: BotoCallback | undefined;
  /** About how often `cb` is called. Default: 10; -1: for every piece. */
  readonly numCb?: number | undefined;
}

export interface PutOptions
  extends
    ProgressOptions,
    WriteConditions,
    EncryptionInput,
    Pick<UploadOptions, "signal" | "partSizeBytes" | "concurrency" | "resume"> {
  /** boto's: have the server encrypt, with a key of its own. As `encryption: { algorithm: "AES256" }`. */
  readonly encryptKey?: boolean | undefined;
  /** False: fail with PreconditionFailed if the key exists (`If-None-Match: *`). Default: true. */
  readonly replace?: boolean | undefined;
  /** A canned ACL. */
  readonly policy?: CannedAcl | undefined;
  /** Metadata beside the key's own. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly contentType?: string | undefined;
  readonly storageClass?: string | undefined;
  /** The length of a stream in bytes, where it is known. */
  readonly size?: number | undefined;
  /** MD5 of the body in base64: the server verifies it. Only for a body that goes by one PUT. */
  readonly md5?: string | undefined;
  readonly checksumAlgorithm?: ClientChecksumAlgorithm | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export const putOptionNames: NamesOf<PutOptions> = {
  onProgress: 1,
  cb: 1,
  numCb: 1,
  ifMatch: 1,
  ifNoneMatch: 1,
  encryption: 1,
  customerKey: 1,
  signal: 1,
  partSizeBytes: 1,
  concurrency: 1,
  resume: 1,
  encryptKey: 1,
  replace: 1,
  policy: 1,
  metadata: 1,
  contentType: 1,
  storageClass: 1,
  size: 1,
  md5: 1,
  checksumAlgorithm: 1,
  headers: 1,
};

export interface GetOptions extends ProgressOptions, ReadConditions, CustomerKeyInput {
  readonly versionId?: string | undefined;
  /** `bytes=0-99`. */
  readonly range?: string | undefined;
  /** Headers that the answer is to have instead of the object's own, by their names in the query. */
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const getOptionNames: NamesOf<GetOptions> = {
  onProgress: 1,
  cb: 1,
  numCb: 1,
  ifMatch: 1,
  ifNoneMatch: 1,
  ifModifiedSince: 1,
  ifUnmodifiedSince: 1,
  customerKey: 1,
  versionId: 1,
  range: 1,
  responseHeaders: 1,
  headers: 1,
  signal: 1,
};

export interface GetFileOptions
  extends GetOptions, Pick<FileDownloadOptions, "partSizeBytes" | "concurrency" | "resume"> {}

export const getFileOptionNames: NamesOf<GetFileOptions> = {
  ...getOptionNames,
  partSizeBytes: 1,
  concurrency: 1,
  resume: 1,
};

export interface CopyKeyOptions extends EncryptionInput {
  /** boto's: have the server encrypt the copy, with a key of its own. */
  readonly encryptKey?: boolean | undefined;
  /** The customer's key that the source is encrypted with. */
  readonly sourceCustomerKey?: Uint8Array | string | undefined;
  /** Replaces the metadata, and keeps the content headers. Default: the copy has the source's. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly contentType?: string | undefined;
  readonly storageClass?: string | undefined;
  /** Whether the copy gets the source's grants. Default: false: it has those of `policy`, or is private. */
  readonly preserveAcl?: boolean | undefined;
  /** A canned ACL for the copy. */
  readonly policy?: CannedAcl | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const copyOptionNames: NamesOf<CopyKeyOptions> = {
  encryption: 1,
  customerKey: 1,
  encryptKey: 1,
  sourceCustomerKey: 1,
  metadata: 1,
  contentType: 1,
  storageClass: 1,
  preserveAcl: 1,
  policy: 1,
  signal: 1,
};

/** The options of a GET as the operation takes them. */
export function getInput(options: GetOptions): Omit<GetObjectInput, "bucket" | "key"> {
  const { range, ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, headers } = options;
  const { versionId, customerKey } = options;
  return {
    range,
    ifMatch,
    ifNoneMatch,
    ifModifiedSince,
    ifUnmodifiedSince,
    headers,
    customerKey,
    ...(versionId === undefined ? {} : { versionId }),
    ...responseInput(options.responseHeaders ?? {}),
  };
}

/** `content-type` and `response-content-type` as the input's `responseContentType`. */
function responseInput(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const plain = name.toLowerCase().replace(/^response-/, "");
      return [
        `response-${plain}`.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ];
    }),
  );
}

/** One listener for all that want progress; undefined where nobody does. */
export function listenerOf({ onProgress, cb, numCb }: ProgressOptions): ProgressListener | undefined {
  if (cb === undefined) return onProgress;
  const boto = botoProgress(cb, numCb);
  return (progress) => {
    onProgress?.(progress);
    boto(progress);
  };
}

/**
 * boto's `cb` and `numCb` as a listener: called at the beginning, at the end, and in between so that there are about
 * `numCb` calls; for each piece where it is negative; at the end only where it is 0.
 */
function botoProgress(cb: BotoCallback, numCb = 10): ProgressListener {
  let steps = -1;
  return ({ loadedBytes, totalBytes }) => {
    const total = totalBytes ?? 0;
    const ended = totalBytes !== undefined && loadedBytes >= totalBytes;
    if (steps === -1 && numCb > 1) cb(0, total);
    const step = numCb > 2 && total > 0 ? Math.floor((loadedBytes / total) * (numCb - 1)) : 0;
    if (ended || numCb < 0 || (numCb > 2 && (totalBytes === undefined || step > steps)))
      cb(loadedBytes, total);
    steps = Math.max(steps, step, 0);
  };
}

/** How what is written is encrypted; undefined: as its bucket says. */
export function encryptionOf({
  encryption,
  encryptKey,
}: Pick<PutOptions, "encryption" | "encryptKey">): PutOptions["encryption"] {
  return encryption ?? (encryptKey === true ? { algorithm: "AES256" } : undefined);
}
