/** An S3 server in the process of the tests, on memory. */

import { S3Client } from "../client/s3-client.ts";
import { createMemoryEngine } from "../engine/memory-engine.ts";
import { addUser } from "../engine/users.ts";
import { createServer } from "../server/listen.ts";
import type { Credentials } from "../s3/credentials.ts";

export interface TestServerOptions {
  /** A bucket that is there from the beginning. Default: `test`. */
  readonly bucket?: string | undefined;
}

/** A server for tests. */
export interface TestServer {
  /** Such as `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly bucket: string;
  /** A client of it, with the credentials of its only user. */
  readonly client: S3Client;
  /** What `s3()` needs to use the bucket. */
  readonly storageOptions: {
    readonly endpointUrl: string;
    readonly regionName: string;
    readonly accessKey: string;
    readonly secretKey: string;
    readonly bucketName: string;
  };
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an S3 server on a free port, with one user and one bucket. What is stored is gone when it closes.
 *
 * @example
 * const server = await startTestServer();
 * const storage = s3(server.storageOptions);
 * await server.close();
 */
export async function startTestServer({ bucket = "test" }: TestServerOptions = {}): Promise<TestServer> {
  const engine = createMemoryEngine();
  const credentials = { accessKeyId: "STOWAGETEST000000000", secretAccessKey: "stowage-test-secret" };
  await addUser(engine, {
    name: "test",
    accessKey: credentials.accessKeyId,
    secretKey: credentials.secretAccessKey,
  });
  const region = "us-east-1";
  const server = await createServer({ engine, port: 0, region });
  const client = new S3Client({ endpoint: server.url, region, credentials });
  await client.createBucket({ bucket });
  const close = async (): Promise<void> => {
    await client.close();
    await server.close();
    await engine.close();
  };
  return {
    endpoint: server.url,
    region,
    credentials,
    bucket,
    client,
    storageOptions: {
      endpointUrl: server.url,
      regionName: region,
      accessKey: credentials.accessKeyId,
      secretKey: credentials.secretAccessKey,
      bucketName: bucket,
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
