/** Multipart uploads: create, part, part copy, complete, abort, and the lists of parts and of uploads. */

import {
  abortUpload,
  completeUpload,
  createUpload,
  listParts,
  listUploads,
  putPart,
  requireUpload,
} from "../../engine/multipart.ts";
import { bytesOf } from "../../engine/copy-object.ts";
import type { Upload } from "../../engine/types.ts";
import { parseChecksumAlgorithm, parseChecksumType, readChecksumHeaders } from "../../s3/checksums.ts";
import { copyPartResultXml } from "../../s3/documents/copy-result.ts";
import { parseEncodingType } from "../../s3/documents/encoding-type.ts";
import {
  completeMultipartUploadResultXml,
  initiateMultipartUploadResultXml,
  listMultipartUploadsXml,
  listPartsXml,
  parseCompleteMultipartUpload,
} from "../../s3/documents/multipart.ts";
import { S3Error } from "../../s3/errors.ts";
import { parseCopySourceRange } from "../../s3/range.ts";
import { authorizeUpload, initiatorOf } from "../authorize.ts";
import { readDocument } from "../body.ts";
import { locationOf } from "../location.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { encryptionHeaders, readEncryption, readKey } from "../encryption.ts";
import { expirationHeader } from "../expiration-header.ts";
import { integerParam } from "../params.ts";
import { readLock } from "../object-lock.ts";
import { originOf } from "../origin.ts";
import { madeVersionHeaders } from "../version-headers.ts";
import { readWriteConditions } from "../write-conditions.ts";
import { xmlResponse } from "../xml-response.ts";
import { slowAnswer } from "../slow-answer.ts";
import { openCopySource, sourceTooLarge } from "./copy-object.ts";
import { readObjectAccess } from "../object-access.ts";
import { readDescription, readStorageClass, readTags, refuseUnsupported } from "./object-input.ts";
import { bodyInput, bodyOf, checksumHeaders, maxPutBytes } from "./put-object.ts";

/** 10,000 parts with their ETags and checksums. */
const completeLimitBytes = 4 * 1024 * 1024;
const pageLimit = 1000;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export async function createMultipartUpload(context: BucketContext): Promise<S3Response> {
  const { site, request, identity, bucket, key } = context;
  const { headers } = request;
  refuseUnsupported(headers);
  const algorithm = parseChecksumAlgorithm(headers["x-amz-checksum-algorithm"]);
  const type = parseChecksumType(headers["x-amz-checksum-type"], algorithm);
  const { uploadId, encryption } = await createUpload(site.engine, {
    bucket,
    key,
    initiator: identity.owner,
    ...(await readObjectAccess(context, headers, bucket)),
    storageClass: readStorageClass(headers),
    ...readDescription(headers),
    ...readTags(headers),
    ...readLock(context, headers, bucket, key),
    ...(algorithm === undefined ? {} : { checksumAlgorithm: algorithm }),
    ...(type === undefined ? {} : { checksumType: type }),
    ...readEncryption(context, bucket),
  });
  const answer = encryptionHeaders(context, encryption);
  if (algorithm !== undefined) answer["x-amz-checksum-algorithm"] = algorithm;
  if (type !== undefined) answer["x-amz-checksum-type"] = type;
  return xmlResponse(initiateMultipartUploadResultXml({ bucket: bucket.name, key, uploadId }), answer);
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export async function uploadPart(context: BucketContext): Promise<S3Response> {
  const { site, request, bucket, body, signal } = context;
  const partNumber = readPartNumber(request.params);
  const upload = await openUpload(context);
  const part = await putPart(
    site.engine,
    {
      bucket,
      upload,
      partNumber,
      ...bodyInput(body, request.headers),
      ...readKey(context),
      body: await bodyOf(body, site.engine.limits.inlineBytes),
      size: body.size,
    },
    { signal: signal() },
  );
  return {
    status: 200,
    headers: {
      etag: `"${part.etag}"`,
      ...checksumHeaders(body),
      ...encryptionHeaders(context, upload.encryption),
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export function uploadPartCopy(context: BucketContext): Promise<S3Response> {
  const answer: Record<string, string> = {};
  return slowAnswer(context, copyPart(context, answer), answer);
}

async function copyPart(context: BucketContext, answer: Record<string, string>): Promise<string> {
  const { site, request, bucket, signal } = context;
  const partNumber = readPartNumber(request.params);
  const upload = await openUpload(context);
  const partKey = readKey(context);
  Object.assign(answer, encryptionHeaders(context, upload.encryption));
  const { object, info } = await openCopySource(context, answer);
  try {
    const range = parseCopySourceRange(request.headers["x-amz-copy-source-range"], info.size);
    const { start, end } = range ?? { start: 0, end: info.size - 1 };
    if (end - start + 1 > maxPutBytes) throw sourceTooLarge();
    const part = await putPart(
      site.engine,
      { bucket, upload, partNumber, body: bytesOf(object, start, end), size: end - start + 1, ...partKey },
      { signal: signal() },
    );
    const { etag, lastModifiedMs, checksum } = part;
    return copyPartResultXml({
      etag,
      lastModifiedMs,
      checksum: checksum === undefined ? undefined : { ...checksum, type: "FULL_OBJECT" },
    });
  } finally {
    object.close();
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeMultipartUpload(context: BucketContext): Promise<S3Response> {
  const { site, request, bucket, key, body } = context;
  const uploadId = readUploadId(request.params);
  // The checksum headers of this request are the object's, not its document's.
  const document = await readDocument(body.leaveChecksum(), request.headers, completeLimitBytes);
  const parts = parseCompleteMultipartUpload(document);
  const expected = readChecksumHeaders(request.headers);
  const type = request.headers["x-amz-checksum-type"]?.toUpperCase();
  const size = readObjectSize(request.headers["x-amz-mp-object-size"]);
  const info = await completeUpload(site.engine, {
    bucket,
    key,
    uploadId,
    parts,
    checkUpload: (upload) => authorizeUpload(context, bucket, upload),
    origin: originOf(context),
    ...(await readWriteConditions(context, bucket, key)),
    ...(expected === undefined ? {} : { checksum: expected }),
    checksumType: type,
    size,
    ...readKey(context),
  });
  return xmlResponse(
    completeMultipartUploadResultXml({
      location: locationOf(context),
      bucket: bucket.name,
      key,
      etag: info.etag,
      ...(info.checksum === undefined ? {} : { checksum: info.checksum }),
    }),
    {
      ...madeVersionHeaders(info),
      ...expirationHeader(bucket, info),
      ...encryptionHeaders(context, info.encryption),
    },
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export async function abortMultipartUpload(context: BucketContext): Promise<S3Response> {
  const { site, bucket, key } = context;
  const { uploadId } = await openUpload(context);
  await abortUpload(site.engine, bucket, key, uploadId);
  return { status: 204, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export async function listPartsOperation(context: BucketContext): Promise<S3Response> {
  const { site, request, bucket, key } = context;
  const { params } = request;
  const upload = await openUpload(context);
  const maxParts =
    integerParam(params, "max-parts", { min: 0, max: 2 ** 31 - 1, cap: pageLimit }) ?? pageLimit;
  const partNumberMarker = integerParam(params, "part-number-marker", { min: 0, max: 2 ** 31 - 1 }) ?? 0;
  const { parts, isTruncated } = await listParts(site.engine, upload, {
    after: partNumberMarker,
    limit: maxParts,
  });
  return xmlResponse(
    listPartsXml({
      bucket: bucket.name,
      key,
      uploadId: upload.uploadId,
      owner: upload.owner,
      initiator: initiatorOf(upload),
      storageClass: upload.storageClass,
      partNumberMarker,
      nextPartNumberMarker: parts.at(-1)?.partNumber ?? 0,
      maxParts,
      isTruncated,
      parts,
      encodingType: parseEncodingType(params.get("encoding-type")),
      ...(upload.checksumAlgorithm === undefined ? {} : { checksumAlgorithm: upload.checksumAlgorithm }),
      ...(upload.checksumType === undefined ? {} : { checksumType: upload.checksumType }),
    }),
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export async function listMultipartUploads({ site, request, bucket }: BucketContext): Promise<S3Response> {
  const { params } = request;
  const prefix = params.get("prefix") ?? "";
  const delimiter = params.get("delimiter") ?? "";
  const keyMarker = params.get("key-marker") ?? "";
  // "If key-marker is not specified, the upload-id-marker parameter is ignored."
  const uploadIdMarker = keyMarker === "" ? "" : (params.get("upload-id-marker") ?? "");
  const maxUploads =
    integerParam(params, "max-uploads", { min: 0, max: 2 ** 31 - 1, cap: pageLimit }) ?? pageLimit;
  const page = await listUploads(site.engine, bucket, {
    prefix,
    delimiter,
    keyMarker,
    uploadIdMarker,
    limit: maxUploads,
  });
  return xmlResponse(
    listMultipartUploadsXml({
      bucket: bucket.name,
      prefix,
      delimiter,
      keyMarker,
      uploadIdMarker,
      maxUploads,
      isTruncated: page.isTruncated,
      nextKeyMarker: page.nextKeyMarker ?? "",
      nextUploadIdMarker: page.nextUploadIdMarker ?? "",
      uploads: page.uploads.map((upload) => ({ ...upload, initiator: initiatorOf(upload) })),
      commonPrefixes: page.commonPrefixes,
      encodingType: parseEncodingType(params.get("encoding-type")),
    }),
  );
}

/** The upload that a request names, for who may do with it what the request is about. */
async function openUpload(context: BucketContext): Promise<Upload> {
  const { site, request, bucket, key } = context;
  const upload = await requireUpload(site.engine, bucket, key, readUploadId(request.params));
  authorizeUpload(context, bucket, upload);
  return upload;
}

function readObjectSize(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new S3Error("InvalidRequest", {
    message: `Value for x-amz-mp-object-size header is invalid: ${JSON.stringify(value)}`,
  });
}

function readPartNumber(params: ReadonlyMap<string, string>): number {
  const value = integerParam(params, "partNumber", { min: 1, max: 10_000 });
  if (value !== undefined) return value;
  throw new S3Error("InvalidArgument", {
    message: "Part number must be an integer between 1 and 10000, inclusive",
    details: { ArgumentName: "partNumber", ArgumentValue: params.get("partNumber") ?? "" },
  });
}

function readUploadId(params: ReadonlyMap<string, string>): string {
  return params.get("uploadId") ?? "";
}
