/**
 * `stowage serve` gets SIGTERM while many write and read: it takes no more connections, ends what it has begun, exits with 0,
 * and what it acknowledged is there when it is started again.
 */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { after, before, test } from "node:test";

import { S3Client } from "../../src/client/s3-client.ts";
import { type Serving, startServing } from "../support/serve.ts";

const bucket = "draining";
const writers = 24;
const readers = 12;
/** Inline, in a file, and long enough to be under way when the signal comes. */
const sizes = [500, 200_000, 3_000_000];
const credentials = {
  accessKeyId: "SIGTERMSIGTERM123456",
  secretAccessKey: "sigterm-secret-key-sigterm-secret-key",
};

let dataDir: string;
let server: Serving | undefined;
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "stowage-sigterm-"));
});
after(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true });
});

async function start(): Promise<S3Client> {
  const environment = {
    STOWAGE_ACCESS_KEY: credentials.accessKeyId,
    STOWAGE_SECRET_KEY: credentials.secretAccessKey,
  };
  server = await startServing({ dataDir, environment });
  const { endpoint } = server;
  return new S3Client({ endpoint, region: "us-east-1", credentials, retries: { maxAttempts: 1 } });
}

const hashOf = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

/** Whether a new connection is taken. */
async function isTaken(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    // One that stood in the queue when the server stopped listening is reset.
    const { code } = error as NodeJS.ErrnoException;
    assert.ok(code === "ECONNREFUSED" || code === "ECONNRESET", code);
    return code === "ECONNRESET";
  } finally {
    socket.destroy();
  }
}

test("a server under load that gets SIGTERM refuses newcomers, ends what it has begun, and has kept it", async (t) => {
  let client = await start();
  await client.createBucket({ bucket });
  const acknowledged = new Map<string, string>();
  const seen = { underWay: 0, atSignal: 0, afterSignal: 0, read: 0 };
  let isSignalled = false;
  const work = async (step: (turn: number) => Promise<void>): Promise<void> => {
    for (let turn = 0; ; turn++) {
      seen.underWay++;
      try {
        await step(turn);
      } finally {
        seen.underWay--;
      }
      if (isSignalled) seen.afterSignal++;
    }
  };
  const write =
    (writer: number) =>
    async (turn: number): Promise<void> => {
      const key = `${writer}/${turn}`;
      const body = randomBytes(sizes[(writer + turn) % sizes.length] as number);
      await client.putObject({ bucket, key, body });
      acknowledged.set(key, hashOf(body));
    };
  const broken: string[] = [];
  const read =
    (reader: number) =>
    async (turn: number): Promise<void> => {
      const keys = [...acknowledged.keys()];
      const key = keys[(reader * 7919 + turn * 104_729) % keys.length];
      if (key === undefined) {
        await setTimeout(5);
        return;
      }
      const { body } = await client.getObject({ bucket, key });
      // Once an answer has begun it must come to its end.
      const bytes = await body.bytes().catch((error: Error) => error.message);
      if (typeof bytes === "string" || hashOf(bytes) !== acknowledged.get(key))
        broken.push(`${key}: ${String(bytes)}`);
      else seen.read++;
    };
  const working = [
    ...Array.from({ length: writers }, (_, writer) => work(write(writer))),
    ...Array.from({ length: readers }, (_, reader) => work(read(reader))),
  ].map((one) => one.catch((error: { code?: string }) => error));
  while (acknowledged.size < 2 * writers) await setTimeout(20);

  const stopping = server as Serving;
  seen.atSignal = seen.underWay;
  isSignalled = true;
  const ended = stopping.stop();
  const port = Number(new URL(stopping.endpoint).port);
  const refusedBy = performance.now() + 5000;
  while (await isTaken(port)) assert.ok(performance.now() < refusedBy, "new connections are taken still");
  assert.equal(await ended, 0);
  await Promise.all(working);
  await client.close();
  t.diagnostic(`${acknowledged.size} acknowledged, ${JSON.stringify(seen)}`);
  assert.deepEqual(broken, []);
  assert.ok(seen.atSignal > writers / 2 && seen.afterSignal > 0 && seen.read > 0);

  client = await start();
  for (const [key, hash] of acknowledged) {
    const { body } = await client.getObject({ bucket, key });
    assert.equal(hashOf(await body.bytes()), hash, key);
  }
  await client.close();
});
