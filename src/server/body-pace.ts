/** How fast a body must come. A client that sends a byte now and then would hold its connection for ever. */

import { S3Error } from "../s3/errors.ts";

export interface BodyPace {
  /** What every body may take, in milliseconds. */
  readonly graceMs: number;
  /** What must have come on the average for each second beyond that. */
  readonly bytesPerSecond: number;
}

/** A body of 5 GiB still has weeks; one of a document has a minute or two. */
export const defaultBodyPace: BodyPace = { graceMs: 60_000, bytesPerSecond: 1024 };

/**
 * @param bytes What has come.
 * @param waitedMs How long the server has waited for it: its own work does not count.
 * @throws {S3Error} `RequestTimeout` where it comes too slowly.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function requirePace({ graceMs, bytesPerSecond }: BodyPace, bytes: number, waitedMs: number): void {
  if (waitedMs <= graceMs + (bytes / bytesPerSecond) * 1000) return;
  throw new S3Error("RequestTimeout", {
    message: `The body came too slowly: ${bytes} bytes in ${Math.round(waitedMs / 1000)} seconds.`,
  });
}
