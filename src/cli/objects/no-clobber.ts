import { S3ResponseError } from "../../client/errors.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { CommandError } from "../command.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";

/**
 * Looks before it is written, since many servers overlook the condition of a copy or of an upload in parts. What is written
 * has the condition all the same: between the two looks others may write.
 *
 * @throws {CommandError} Where there is an object already.
 */
export async function refuseTaken(client: S3Client, url: S3Url, signal?: AbortSignal): Promise<void> {
  try {
    await client.headObject(url, { signal });
  } catch (error) {
    // What these keys may not see, or what wants a key of its own, the condition decides.
    if (error instanceof S3ResponseError && error.status < 500) return;
    throw error;
  }
  throw new CommandError(`${formatS3Url(url)} is there already`, "leave out --no-clobber to replace it");
}
