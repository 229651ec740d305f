/** GetBucketVersioning, PutBucketVersioning, ListObjectVersions. */

import { updateBucket } from "../../engine/buckets.ts";
import { listVersions } from "../../engine/list-versions.ts";
import { parseEncodingType } from "../../s3/documents/encoding-type.ts";
import { listVersionsXml } from "../../s3/documents/list-versions.ts";
import { parseVersioningChange, versioningXml } from "../../s3/documents/versioning.ts";
import { S3Error } from "../../s3/errors.ts";
import { withOwners } from "../authorize.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";
import { readMaxKeys } from "./list-objects.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html */
export function getBucketVersioning({ bucket }: BucketContext): Promise<S3Response> {
  return Promise.resolve(xmlResponse(versioningXml({ status: bucket.versioning })));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html */
export async function putBucketVersioning(context: BucketContext): Promise<S3Response> {
  const { status, mfaDelete } = parseVersioningChange(await readSettings(context));
  if (mfaDelete === "Enabled") {
    // What AWS answers to an account that has no MFA device.
    throw new S3Error("AccessDenied", {
      message: "MFA delete cannot be enabled: there is no MFA device that could authenticate a deletion.",
    });
  }
  await updateBucket(context.site.engine, context.bucket.name, ({ objectLock }) => {
    if (objectLock !== undefined && status === "Suspended") {
      throw new S3Error("InvalidBucketState", {
        message:
          "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
      });
    }
    return { versioning: status };
  });
  return { status: 200, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export async function listObjectVersions({ site, request, bucket }: BucketContext): Promise<S3Response> {
  const { params } = request;
  const prefix = params.get("prefix") ?? "";
  const delimiter = params.get("delimiter") ?? "";
  const keyMarker = params.get("key-marker") ?? "";
  const versionIdMarker = params.get("version-id-marker") ?? "";
  const encodingType = parseEncodingType(params.get("encoding-type"));
  const maxKeys = readMaxKeys(params);
  if (versionIdMarker !== "" && keyMarker === "") {
    throw new S3Error("InvalidArgument", {
      message: "A version-id marker cannot be specified without a key marker.",
      details: { ArgumentName: "version-id-marker", ArgumentValue: versionIdMarker },
    });
  }
  const page = await listVersions(site.engine, bucket, {
    prefix,
    delimiter,
    keyMarker,
    versionIdMarker,
    limit: maxKeys,
  });
  return xmlResponse(
    listVersionsXml({
      name: bucket.name,
      prefix,
      delimiter,
      keyMarker,
      versionIdMarker,
      maxKeys,
      encodingType,
      isTruncated: page.isTruncated,
      ...(page.isTruncated && page.nextKeyMarker !== null
        ? {
            nextKeyMarker: page.nextKeyMarker,
            nextVersionIdMarker: page.nextVersionIdMarker ?? undefined,
          }
        : {}),
      versions: withOwners(bucket, page.versions),
      commonPrefixes: page.commonPrefixes,
    }),
  );
}
