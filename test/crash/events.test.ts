/**
 * `stowage serve` is killed while it writes and delivers events: of every change that it acknowledged the webhook is told,
 * though perhaps twice, and of the changes of one key in their order.
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { after, before, test } from "node:test";
import { S3Client } from "../../src/client/s3-client.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

const rounds = 3;
const writers = 8;
const bucket = "crash";
const credentials = { accessKeyId: "CRASHKEY000000000000", secretAccessKey: "crash-secret-key" };
const configuration = `<NotificationConfiguration><TopicConfiguration><Topic>arn:stowage:webhook:::hook</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration></NotificationConfiguration>`;

let dataDir: string;
let receiver: Receiver;
let child: ChildProcess | undefined;
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "stowage-crash-events-"));
  receiver = await startReceiver();
});
after(async () => {
  child?.kill("SIGKILL");
  await receiver.close();
  await rm(dataDir, { recursive: true });
});

async function start(): Promise<S3Client> {
  const program = new URL("../../src/cli/main.js", import.meta.url).pathname;
  const serving = spawn(
    process.execPath,
    [program, "serve", "--data", dataDir, "--port", "0", "--webhook", `hook=${receiver.url}`],
    {
      stdio: ["ignore", "pipe", "ignore"],
      env: {
        ...process.env,
        STOWAGE_ACCESS_KEY: credentials.accessKeyId,
        STOWAGE_SECRET_KEY: credentials.secretAccessKey,
      },
    },
  );
  child = serving;
  const [line] = (await once(serving.stdout, "data")) as [Buffer];
  const endpoint = /http:\S+/.exec(line.toString())?.[0] ?? "";
  return new S3Client({ endpoint, region: "us-east-1", credentials, retries: { maxAttempts: 1 } });
}

test(`a webhook is told of all that a killed server acknowledged, ${rounds} times`, async (t) => {
  let client = await start();
  await client.createBucket({ bucket });
  await (
    await client.request({ method: "PUT", bucket, query: { notification: "" }, body: configuration })
  ).body.bytes();
  /** Sizes of the bodies that were acknowledged, by key: each larger than the one before. */
  const acknowledged = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    // In one round it cannot be reached, so that a restart finds many that wait.
    receiver.status = round === 1 ? 503 : 200;
    const writing = Array.from({ length: writers }, async (_, writer) => {
      const key = `writer ${writer}`;
      const sizes = acknowledged.get(key) ?? [];
      acknowledged.set(key, sizes);
      try {
        for (;;) {
          await client.putObject({ bucket, key, body: Buffer.alloc(sizes.length) });
          sizes.push(sizes.length);
        }
      } catch {
        // The server is gone.
      }
    });
    await setTimeout(1000);
    child?.kill("SIGKILL");
    await Promise.all(writing);
    await client.close();
    client = await start();
  }
  receiver.status = 200;
  const toldOf = (key: string): number[] =>
    receiver
      .records()
      .filter(({ s3 }) => s3.object.key === key.replace(" ", "+"))
      .map(({ s3 }) => s3.object.size ?? -1);
  await receiver.until(() =>
    [...acknowledged].every(([key, sizes]) => {
      const told = new Set(toldOf(key));
      return sizes.every((size) => told.has(size));
    }),
  );
  for (const [key] of acknowledged) {
    // What is told a second time goes back to what was told already, never over what was not.
    const told = toldOf(key);
    const firstTold = [...new Set(told)];
    assert.deepEqual(
      firstTold,
      firstTold.toSorted((a, b) => a - b),
      key,
    );
  }
  const total = [...acknowledged.values()].reduce((sum, sizes) => sum + sizes.length, 0);
  t.diagnostic(`${total} acknowledged, ${receiver.records().length} told`);
  assert.ok(total > 0);
  await client.close();
});
