/** The bucket of a storage that makes its own. */

import type { S3Client } from "../../client/s3-client.ts";
import type { CannedAcl } from "../../s3/acl.ts";
import { S3Error } from "../../s3/errors.ts";

/** Makes a bucket where it is not there. */
export async function makeBucket(
  client: S3Client,
  {
    bucketName: bucket,
    bucketAcl,
  }: { readonly bucketName: string; readonly bucketAcl?: CannedAcl | undefined },
): Promise<void> {
  try {
    await client.headBucket({ bucket });
  } catch (error) {
    if (!(error instanceof S3Error) || error.status !== 404) throw error;
    await client.createBucket({ bucket, acl: bucketAcl });
  }
}
