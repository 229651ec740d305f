/** DeleteObject and DeleteObjects. */

import { deleteObject } from "../../engine/delete-object.ts";
import { deleteResultXml, type DeleteFailure, parseDelete } from "../../s3/documents/delete.ts";
import { S3Error } from "../../s3/errors.ts";
import { checkKey } from "../../s3/keys.ts";
import { contentMd5, readDocument } from "../body.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { xmlResponse } from "../xml-response.ts";

/** 1,000 keys of 1,024 bytes, each byte at most `&quot;`, with their elements. */
const deleteLimitBytes = 8 * 1024 * 1024;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export async function deleteObjectOperation({ site, bucket, key }: BucketContext): Promise<S3Response> {
  await deleteObject(site.engine, bucket, key);
  return { status: 204, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export async function deleteObjects({ site, request, bucket, body }: BucketContext): Promise<S3Response> {
  const document = await readDocument(body, request.headers, deleteLimitBytes);
  if (contentMd5(request.headers) === undefined && body.checksum === undefined) {
    throw new S3Error("InvalidRequest", {
      message: "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    });
  }
  const { quiet, objects } = parseDelete(document);
  const deleted: { key: string }[] = [];
  const errors: DeleteFailure[] = [];
  await Promise.all(
    objects.map(async ({ key, versionId }, i) => {
      try {
        checkKey(key);
        if (versionId !== undefined && versionId !== "null") throw new S3Error("NoSuchVersion");
        await deleteObject(site.engine, bucket, key);
        deleted[i] = { key, ...(versionId === undefined ? {} : { versionId }) };
      } catch (error) {
        const { code, message } = error instanceof S3Error ? error : new S3Error("InternalError");
        errors.push({ key, code, message });
      }
    }),
  );
  // In the order of the request; `filter` drops the holes that errors left.
  return xmlResponse(deleteResultXml({ deleted: quiet ? [] : deleted.filter(Boolean), errors }));
}
