/**
 * The S3 servers that the client is tried against: our own in this process, always, and any other that the environment
 * names as `test/rgw/rgw.sh env` prints it:
 *
 *     STOWAGE_TEST_KIND=rgw STOWAGE_TEST_ENDPOINT=http://127.0.0.1:7480
 *     STOWAGE_TEST_ACCESS_KEY, STOWAGE_TEST_SECRET_KEY               the main user
 *     STOWAGE_TEST_ALT_ACCESS_KEY, STOWAGE_TEST_ALT_SECRET_KEY, STOWAGE_TEST_ALT_EMAIL   another
 */

import { randomBytes } from "node:crypto";
import { after, before, describe } from "node:test";
import { Bucket } from "../../src/client/bucket.ts";
import { S3Connection } from "../../src/client/connection.ts";
import type { S3ClientOptions } from "../../src/client/settings.ts";
import { other, owner, startTestServer } from "../support/server.ts";

interface TestUser {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a suite gets, once its tests run. */
export interface TestContext {
  readonly kind: string;
  readonly url: string;
  readonly conn: S3Connection;
  /** Of the other user. */
  readonly alt: S3Connection;
  readonly altEmail: string;
  readonly anon: S3Connection;
  /** A further connection of the main user. */
  readonly connect: (options: S3ClientOptions) => S3Connection;
  /** A new bucket of the main user; it goes with all its contents when the suite ends. */
  readonly bucket: () => Promise<Bucket>;
  /** A name that is not taken, of a bucket that goes when the suite ends. */
  readonly bucketName: () => string;
}

interface Running {
  readonly kind: string;
  readonly url: string;
  readonly main: TestUser;
  readonly alt: TestUser;
  readonly altEmail: string;
  stop(): Promise<void>;
}

/** Declares a suite once for each server that there is. `context` may be called in its tests and hooks. */
export function describeClient(subject: string, suite: (context: () => TestContext) => void): void {
  declare(`${subject}, on stowage`, startOwn, suite);
  const named = process.env["STOWAGE_TEST_ENDPOINT"];
  const kind = process.env["STOWAGE_TEST_KIND"] ?? "rgw";
  const skip =
    named === undefined && "STOWAGE_TEST_ENDPOINT names no other server (test/rgw/rgw.sh starts one)";
  declare(`${subject}, on ${named === undefined ? "another server" : kind}`, startNamed, suite, skip);
}

function declare(
  name: string,
  start: () => Promise<Running>,
  suite: (context: () => TestContext) => void,
  skip: string | false = false,
): void {
  describe(name, { skip }, () => {
    let context: TestContext | undefined;
    let stop = async (): Promise<void> => {};
    before(async () => {
      const running = await start();
      const made = createContext(running);
      ({ context } = made);
      stop = async () => {
        await made.cleanUp();
        await running.stop();
      };
    });
    after(async () => stop());
    suite(() => {
      if (context === undefined) throw new Error("context() is for tests and hooks");
      return context;
    });
  });
}

function createContext({ kind, url, main, alt, altEmail }: Running): {
  readonly context: TestContext;
  cleanUp(): Promise<void>;
} {
  const connections: S3Connection[] = [];
  const names: string[] = [];
  const connect = (options: S3ClientOptions): S3Connection => {
    const connection = new S3Connection({ endpoint: url, env: {}, ...options });
    connections.push(connection);
    return connection;
  };
  const conn = connect({ credentials: main });
  const bucketName = (): string => {
    const name = `stowage-client-${randomBytes(5).toString("hex")}`;
    names.push(name);
    return name;
  };
  return {
    context: {
      kind,
      url,
      conn,
      alt: connect({ credentials: alt }),
      altEmail,
      anon: connect({ anon: true }),
      connect: (options) => connect({ credentials: main, ...options }),
      bucket: () => conn.createBucket(bucketName()),
      bucketName,
    },
    async cleanUp() {
      for (const name of names) await removeBucket(new Bucket(conn, name));
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}

async function removeBucket(bucket: Bucket): Promise<void> {
  if (!(await bucket.exists().catch(() => false))) return;
  for await (const upload of bucket.listMultipartUploads()) await upload.cancelUpload();
  await bucket.deleteKeys(bucket.listVersions());
  await bucket.delete();
}

async function startOwn(): Promise<Running> {
  const running = await startTestServer({ domains: ["localhost"], kmsKeys: ["mine"] });
  const { url } = running.server;
  return {
    kind: "stowage",
    url,
    main: owner,
    alt: other,
    altEmail: other.email,
    stop: () => running.close(),
  };
}

async function startNamed(): Promise<Running> {
  const read = (name: string): string => {
    const value = process.env[`STOWAGE_TEST_${name}`];
    if (value === undefined) throw new Error(`STOWAGE_TEST_ENDPOINT is set and STOWAGE_TEST_${name} is not`);
    return value;
  };
  return {
    kind: process.env["STOWAGE_TEST_KIND"] ?? "rgw",
    url: read("ENDPOINT"),
    main: { accessKeyId: read("ACCESS_KEY"), secretAccessKey: read("SECRET_KEY") },
    alt: { accessKeyId: read("ALT_ACCESS_KEY"), secretAccessKey: read("ALT_SECRET_KEY") },
    altEmail: read("ALT_EMAIL"),
    stop: async () => {},
  };
}
