/**
 * `stowage serve` is killed under load and started again: what it acknowledged is there and whole, what it acknowledged
 * as deleted stays away, and what was under way is the old object or the new one.
 *
 * STOWAGE_CRASH_ROUNDS says how often; default 2.
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { after, before, test } from "node:test";
import { S3Client } from "../../src/client/s3-client.ts";
import { bucket, type Expected, isAllowed, read, write } from "./load.ts";

const rounds = Number(process.env["STOWAGE_CRASH_ROUNDS"] ?? 2);
const writers = 16;
const credentials = { accessKeyId: "CRASHKEY000000000000", secretAccessKey: "crash-secret-key" };

let dataDir: string;
let child: ChildProcess | undefined;
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "stowage-crash-"));
});
after(async () => {
  child?.kill("SIGKILL");
  await rm(dataDir, { recursive: true });
});

async function start(): Promise<S3Client> {
  const program = new URL("../../src/cli/main.js", import.meta.url).pathname;
  const serving = spawn(process.execPath, [program, "serve", "--data", dataDir, "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      ...process.env,
      STOWAGE_ACCESS_KEY: credentials.accessKeyId,
      STOWAGE_SECRET_KEY: credentials.secretAccessKey,
    },
  });
  child = serving;
  const [line] = (await once(serving.stdout, "data")) as [Buffer];
  const endpoint = /http:\S+/.exec(line.toString())?.[0] ?? "";
  return new S3Client({ endpoint, region: "us-east-1", credentials, retries: { maxAttempts: 1 } });
}

test(`what a killed server acknowledged is there, ${rounds} times`, async (t) => {
  const objects = new Map<string, Expected>();
  let client = await start();
  await client.createBucket({ bucket });
  let acknowledged = 0;
  for (let round = 0; round < rounds; round++) {
    const writing = Array.from({ length: writers }, (_, writer) => {
      const key = `round ${round % 3}/writer ${writer}`;
      const expected = objects.get(key) ?? { acknowledged: null, underWay: [] };
      objects.set(key, expected);
      return write(client, key, expected).catch(() => {});
    });
    // On a slow machine nothing may be acknowledged for a while, and then there would be nothing to lose.
    while (![...objects.values()].some((one) => one.acknowledged !== null)) await setTimeout(20);
    await setTimeout(randomInt(100, 600));
    child?.kill("SIGKILL");
    await Promise.all(writing);
    await client.close();
    client = await start();
    for (const [key, expected] of objects) {
      const found = await read(client, key);
      assert.ok(isAllowed(expected, found), `round ${round}, ${key}: ${found}, ${JSON.stringify(expected)}`);
      if (expected.acknowledged !== null) acknowledged++;
      // From here on it is what was found.
      expected.acknowledged = found;
      expected.underWay = [];
    }
  }
  t.diagnostic(`${acknowledged} acknowledged objects were looked at`);
  assert.ok(acknowledged > 0);
  await client.close();
});
