/** GetObjectAttributes. */

import {
  type AttributeParts,
  type ObjectAttribute,
  objectAttributes,
  objectAttributesXml,
} from "../../s3/documents/object-attributes.ts";
import { httpDate } from "../../s3/write-dates.ts";
import { S3Error } from "../../s3/errors.ts";
import type { OpenContext, S3Response } from "../context.ts";
import { unlockObject } from "../encryption.ts";
import { integerParam } from "../params.ts";
import type { S3Request } from "../request.ts";
import { versionHeaders } from "../version-headers.ts";
import { xmlResponse } from "../xml-response.ts";

const pageLimit = 1000;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export async function getObjectAttributes(context: OpenContext): Promise<S3Response> {
  const { request, info, object } = context;
  try {
    unlockObject(context);
    const asked = readAttributes(request.headers);
    const document = objectAttributesXml({
      etag: asked.has("ETag") ? info.etag : undefined,
      checksum: asked.has("Checksum") ? info.checksum : undefined,
      objectParts: asked.has("ObjectParts") ? pageOfParts(request.headers, object) : undefined,
      storageClass: asked.has("StorageClass") ? info.storageClass : undefined,
      objectSize: asked.has("ObjectSize") ? info.size : undefined,
    });
    return xmlResponse(document, {
      "last-modified": httpDate(info.lastModifiedMs),
      ...versionHeaders(info),
    });
  } finally {
    object.close();
  }
}

function readAttributes(headers: S3Request["headers"]): ReadonlySet<ObjectAttribute> {
  const value = headers["x-amz-object-attributes"] ?? "";
  const names = value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) {
    throw new S3Error("InvalidRequest", {
      message:
        "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
    });
  }
  const stranger = names.find((name) => !(objectAttributes as readonly string[]).includes(name));
  if (stranger !== undefined) {
    throw new S3Error("InvalidArgument", {
      message: `Invalid attribute name specified: ${JSON.stringify(stranger)}.`,
      details: { ArgumentName: "x-amz-object-attributes", ArgumentValue: value },
    });
  }
  return new Set(names as ObjectAttribute[]);
}

function pageOfParts(
  headers: S3Request["headers"],
  { parts }: OpenContext["object"],
): AttributeParts | undefined {
  if (parts === undefined) return undefined;
  const number = (name: string): number | undefined =>
    integerParam(new Map([[name, headers[name] ?? ""]]), name, { min: 0, max: 2 ** 31 - 1 });
  const maxParts = Math.min(number("x-amz-max-parts") ?? pageLimit, pageLimit);
  const partNumberMarker = number("x-amz-part-number-marker") ?? 0;
  const rest = parts.filter(({ partNumber }) => partNumber > partNumberMarker);
  const page = rest.slice(0, maxParts);
  const isTruncated = rest.length > page.length;
  return {
    totalPartsCount: parts.length,
    partNumberMarker,
    nextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
    maxParts,
    isTruncated,
    parts: page,
  };
}
