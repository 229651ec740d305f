/**
 * Requester Pays: nobody is billed here, but a bucket whose requesters pay is closed to nobody in particular, and to whoever
 * does not say that they pay.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html
 */

import type { Bucket } from "../engine/types.ts";
import type { Asking } from "./context.ts";

/** Whether somebody else than the bucket's owner is to pay for a request, and has not said that they will. */
export function refusesToPay(asking: Pick<Asking, "request" | "identity">, bucket: Bucket): boolean {
  if (!isCharged(asking, bucket)) return false;
  return asking.identity.anonymous || asking.request.headers["x-amz-request-payer"] !== "requester";
}

/** What tells a requester that they pay, in the answer to what was done. */
export function chargedHeaders(
  asking: Pick<Asking, "identity">,
  bucket: Bucket,
): { "x-amz-request-charged"?: string } {
  return isCharged(asking, bucket) && !asking.identity.anonymous
    ? { "x-amz-request-charged": "requester" }
    : {};
}

function isCharged({ identity }: Pick<Asking, "identity">, bucket: Bucket): boolean {
  return bucket.payer === "Requester" && identity.owner.id !== bucket.owner.id;
}
