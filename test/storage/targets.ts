/** Servers of S3 that the storage's tests use. */

import { after, before, describe } from "node:test";
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

/** Describes a suite once for each server. `targetOf()` gives it, from `before` on. */
export function describeTargets(name: string, define: (targetOf: () => S3Target) => void): void {
  for (const [server, start, skip] of [
    ["our server", s3Target, false],
    ["Ceph's RGW", rgwTarget, rgwIsNamed ? false : "STOWAGE_TEST_RGW_ENDPOINT is not set"],
  ] as const) {
    describe(`${name} on ${server}`, { skip }, () => {
      let target: S3Target;
      before(async () => {
        target = await start();
      });
      after(() => target.close());
      define(() => target);
    });
  }
}

const rgwIsNamed = process.env["STOWAGE_TEST_RGW_ENDPOINT"] !== undefined;

/** Our own server, in this process. */
async function s3Target(): Promise<S3Target> {
  const server = await startTestServer();
  return {
    options: server.storageOptions,
    client: server.client,
    bucket: server.bucket,
    close: () => server.close(),
  };
}

/** The server that STOWAGE_TEST_RGW_ENDPOINT and its keys name, with a bucket of its own. */
async function rgwTarget(): Promise<S3Target> {
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
      for (const { name } of (await client.listBuckets()).buckets) {
        if (!name.startsWith(bucket)) continue;
        await client.deleteMany(name, client.list({ bucket: name }));
        await client.deleteBucket({ bucket: name });
      }
      await client.close();
    },
  };
}
