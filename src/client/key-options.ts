/** What the methods of a Key take. */

import type { CannedAcl } from "../s3/acl.ts";
import type { ChecksumAlgorithm } from "../s3/checksums.ts";
import type { GetObjectInput, ReadConditions, WriteConditions } from "./inputs.ts";
import { type BotoCallback, type ProgressListener, botoProgress } from "./progress.ts";
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
  extends ProgressOptions, WriteConditions, Pick<UploadOptions, "signal" | "partSizeBytes" | "concurrency"> {
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
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface GetOptions extends ProgressOptions, ReadConditions {
  readonly versionId?: string | undefined;
  /** `bytes=0-99`. */
  readonly range?: string | undefined;
  /** Headers that the answer is to have instead of the object's own, by their names in the query. */
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CopyKeyOptions {
  /** Replaces the metadata, and keeps the content headers. Default: the copy has the source's. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly contentType?: string | undefined;
  readonly storageClass?: string | undefined;
  /** Whether the copy gets the source's grants; they need a second request. Default: false: the copy is private. */
  readonly preserveAcl?: boolean | undefined;
  /** A canned ACL for the copy. */
  readonly policy?: CannedAcl | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The options of a GET as the operation takes them. */
export function getInput(options: GetOptions): Omit<GetObjectInput, "bucket" | "key"> {
  const { range, ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, headers } = options;
  const { versionId } = options;
  return {
    range,
    ifMatch,
    ifNoneMatch,
    ifModifiedSince,
    ifUnmodifiedSince,
    headers,
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
