import type { Bucket, ObjectInfo } from "../engine/types.ts";
import { httpDate } from "../s3/write-dates.ts";
import { uriEncode } from "../s3/encoding.ts";
import { expirationOf } from "../s3/lifecycle.ts";

/**
 * `x-amz-expiration`: when a current version will expire, and by which rule.
 *
 * The date is the calendar's also where a day is shortened for tests, as Ceph's is.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
export function expirationHeader(bucket: Bucket, info: ObjectInfo): Record<string, string> {
  if (bucket.lifecycle === undefined) return {};
  const found = expirationOf(bucket.lifecycle, info);
  if (found === null) return {};
  const { expiresAtMs, rule } = found;
  return {
    "x-amz-expiration": `expiry-date="${httpDate(expiresAtMs)}", rule-id="${uriEncode(rule.id ?? "")}"`,
  };
}
