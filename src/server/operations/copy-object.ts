/** CopyObject, and what it shares with UploadPartCopy: the source, with the right to read it. */

import { copyObject } from "../../engine/copy-object.ts";
import { getBucket } from "../../engine/buckets.ts";
import { missingObject, type OpenObject, openObject } from "../../engine/open-object.ts";
import type { Bucket, ObjectInfo } from "../../engine/types.ts";
import { parseChecksumAlgorithm } from "../../s3/checksums.ts";
import { loggedOperation } from "../../s3/access-log.ts";
import { checkCopyConditions } from "../../s3/conditions.ts";
import { copyObjectResultXml } from "../../s3/documents/copy-result.ts";
import { S3Error } from "../../s3/errors.ts";
import { decodeKey } from "../../s3/keys.ts";
import { readRequestedEncryption } from "../../s3/server-side-encryption.ts";
import { authorizeSource, mayReadTags } from "../authorize.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { encryptionHeaders, readEncryption, readKey } from "../encryption.ts";
import { readLock } from "../object-lock.ts";
import { originOf } from "../origin.ts";
import { chargedHeaders } from "../requester-pays.ts";
import { madeVersionHeaders } from "../version-headers.ts";
import { readWriteConditions } from "../write-conditions.ts";
import { slowAnswer } from "../slow-answer.ts";
import { maxPutBytes } from "./put-object.ts";
import { readObjectAccess } from "../object-access.ts";
import {
  type Description,
  readDescription,
  readRedirect,
  readStorageClass,
  readTags,
  redirectHeader,
  refuseUnsupported,
} from "./object-input.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export function copyObjectOperation(context: BucketContext): Promise<S3Response> {
  const answer: Record<string, string> = {};
  return slowAnswer(context, copy(context, answer), answer);
}

async function copy(context: BucketContext, answer: Record<string, string>): Promise<string> {
  const { site, request, bucket, key, signal } = context;
  const { headers } = request;
  refuseUnsupported(headers);
  const replaces = readDirective(headers, "metadata") === "REPLACE";
  const retags = readDirective(headers, "tagging") === "REPLACE";
  const encryption = readEncryption(context, bucket);
  const source = await openCopySource(context, answer);
  try {
    const { info } = source;
    const sameObject = info.key === key && source.bucket.name === bucket.name;
    if (
      sameObject &&
      // An older version becomes the current one again.
      source.versionId === undefined &&
      !replaces &&
      headers["x-amz-storage-class"] === undefined &&
      readRequestedEncryption(headers) === undefined &&
      encryption.encryption?.algorithm !== "customer" &&
      headers["x-amz-website-redirect-location"] === undefined
    ) {
      throw new S3Error("InvalidRequest", {
        message:
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      });
    }
    if (info.size > maxPutBytes) throw sourceTooLarge();
    // The tags of an object are read by fewer than its bytes are.
    if (info.tags !== undefined && !retags && !mayReadTags(context, source.bucket, info, source.versionId)) {
      throw new S3Error("AccessDenied");
    }
    const made = await copyObject(
      site.engine,
      {
        source: source.object,
        event: "ObjectCreated:Copy",
        origin: originOf(context),
        bucket,
        key,
        // "When copying an object, the ACL metadata is not preserved and is set to private by default."
        ...(await readObjectAccess(context, headers, bucket)),
        storageClass: readStorageClass(headers),
        ...(replaces ? readDescription(headers) : keptDescription(info, headers)),
        checksumAlgorithm: parseChecksumAlgorithm(headers["x-amz-checksum-algorithm"]),
        ...readLock(context, headers, bucket, key),
        ...(retags ? readTags(headers) : { tags: info.tags }),
        ...(await readWriteConditions(context, bucket, key)),
        ...encryption,
      },
      { signal: signal() },
    );
    Object.assign(answer, madeVersionHeaders(made), encryptionHeaders(context, made.encryption));
    return copyObjectResultXml(made);
  } finally {
    source.object.close();
  }
}

/** A redirect "is unique to each object and is not copied": the copy has the one that the request names. */
function keptDescription(info: ObjectInfo, headers: Readonly<Record<string, string>>): Description {
  const { [redirectHeader]: _sources, ...kept } = info.headers;
  const redirect = readRedirect(headers);
  return {
    headers: redirect === undefined ? kept : { ...kept, [redirectHeader]: redirect },
    metadata: info.metadata,
  };
}

/** The error for a source that must be copied in parts. */
export function sourceTooLarge(): S3Error {
  return new S3Error("InvalidRequest", {
    message: `The specified copy source is larger than the maximum allowable size for a copy source: ${maxPutBytes}`,
  });
}

/** The source of a copy, open. */
export interface CopySource {
  readonly bucket: Bucket;
  readonly versionId?: string | undefined;
  readonly object: OpenObject;
  readonly info: OpenObject["info"];
}

/**
 * Opens the object that `x-amz-copy-source` names, which whoever asks must be allowed to read, and checks the
 * `x-amz-copy-source-if-…` conditions.
 *
 * @param answer Gets the headers that tell of the source.
 * @throws {S3Error} `InvalidArgument`, `NoSuchBucket`, `NoSuchKey`, `NoSuchVersion`, `AccessDenied`,
 *   `PreconditionFailed`.
 */
export async function openCopySource(
  context: BucketContext,
  answer: Record<string, string>,
): Promise<CopySource> {
  const { site, request } = context;
  const { bucketName, key, versionId } = parseCopySource(request.headers["x-amz-copy-source"] ?? "");
  const bucket = await getBucket(site.engine, bucketName);
  if (bucket === null) throw new S3Error("NoSuchBucket", { details: { BucketName: bucketName } });
  const expected = request.headers["x-amz-source-expected-bucket-owner"];
  if (expected !== undefined && expected !== bucket.owner.id) throw new S3Error("AccessDenied");
  const object = await openObject(site.engine, bucket, key, { versionId });
  try {
    const missing =
      object === null ? ofSource(await missingObject(site.engine, bucket, key, { versionId })) : undefined;
    authorizeSource(context, bucket, { key, versionId, info: object?.info ?? null, missing });
    if (object === null) throw missing;
    checkCopyConditions(request.headers, object.info);
    object.unlock(readKey(context, { of: "source", isWrite: false }).customerKey);
    if (bucket.logging !== undefined) {
      const operation = `${loggedOperation(context.operation)}_GET`;
      const { size: objectSize } = object.info;
      context.alsoLogged.push({ operation, bucket, key, status: 200, objectSize, versionId });
    }
    if (object.info.versionId !== undefined) answer["x-amz-copy-source-version-id"] = object.info.versionId;
    Object.assign(answer, chargedHeaders(context, bucket));
    return { bucket, versionId, object, info: object.info };
  } catch (error) {
    object?.close();
    throw error;
  }
}

/**
 * A delete marker that is named as a source is a wrong request, where by GET it is a method that is not allowed.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 */
function ofSource(missing: S3Error): S3Error {
  if (missing.code !== "MethodNotAllowed") return missing;
  return new S3Error("InvalidRequest", {
    message: "The source of a copy request may not specifically refer to a delete marker by version id.",
  });
}

/** What `x-amz-copy-source` names. */
interface SourceName {
  readonly bucketName: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/**
 * `bucket/key` or `/bucket/key`, the key percent-encoded, with `?versionId=` behind it. Only a question mark that is
 * not encoded begins the version id: an encoded one is the key's.
 */
export function parseCopySource(value: string, header = "x-amz-copy-source"): SourceName {
  const invalid = (message: string): S3Error =>
    new S3Error("InvalidArgument", {
      message,
      details: { ArgumentName: header, ArgumentValue: value },
    });
  const [path = "", rawVersionId] = splitOnce(value, "?versionId=");
  const versionId = rawVersionId === undefined ? undefined : decodeKey(rawVersionId);
  const [rawBucket = "", rawKey = ""] = splitOnce(path.startsWith("/") ? path.slice(1) : path, "/");
  if (rawBucket !== "" && rawKey !== "") {
    return { bucketName: decodeKey(rawBucket), key: decodeKey(rawKey), versionId };
  }
  // boto 2 encodes the slash between bucket and key too.
  const decoded = /^%2f|%2F/i.test(path) ? splitOnce(decodeKey(path).replace(/^\//, ""), "/") : [];
  const [bucketName = "", key = ""] = decoded;
  if (bucketName === "" || key === "") throw invalid("Invalid copy source object key");
  return { bucketName, key, versionId };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function readDirective(
  headers: Readonly<Record<string, string>>,
  what: "metadata" | "tagging",
): "COPY" | "REPLACE" {
  const name = `x-amz-${what}-directive`;
  const value = headers[name] ?? "COPY";
  if (value === "COPY" || value === "REPLACE") return value;
  throw new S3Error("InvalidArgument", {
    message: `Unknown ${what} directive.`,
    details: { ArgumentName: name, ArgumentValue: value },
  });
}
