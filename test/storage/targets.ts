/** Servers of S3 that the storage's tests use. */

import { S3Client } from "../../src/client.ts";
import type { S3Options } from "../../src/storage.ts";
import { startTestServer } from "../../src/testing.ts";

/** A bucket on some server, and how to reach it. */
export interface S3Target {
  readonly options: S3Options;
  readonly client: S3Client;
  readonly bucket: string;
  close(): Promise<void>;
}

/** Our own server, in this process. */
export async function s3Target(): Promise<S3Target> {
  const server = await startTestServer();
  return {
    options: server.storageOptions,
    client: server.client,
    bucket: server.bucket,
    close: () => server.close(),
  };
}

/** The server that STOWAGE_TEST_RGW_ENDPOINT and its keys name, with a bucket of its own. */
export async function rgwTarget(): Promise<S3Target> {
  const [endpoint = "", accessKeyId = "", secretAccessKey = ""] = [
    "ENDPOINT",
    "ACCESS_KEY",
    "SECRET_KEY",
  ].map((name) => process.env[`STOWAGE_TEST_RGW_${name}`]);
  const client = new S3Client({ endpoint, credentials: { accessKeyId, secretAccessKey } });
  const bucket = `stowage-storage-${Date.now().toString(36)}-${process.pid}`;
  await client.createBucket({ bucket });
  return {
    options: {
      endpointUrl: endpoint,
      accessKey: accessKeyId,
      secretKey: secretAccessKey,
      bucketName: bucket,
    },
    client,
    bucket,
    async close() {
      const keys = await client.list({ bucket }).toArray();
      await client.deleteMany(bucket, keys);
      await client.deleteBucket({ bucket });
      await client.close();
    },
  };
}
