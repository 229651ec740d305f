/**
 * `stowage serve --workers 2`: to clients it is one server. A worker that is killed takes its requests with it and nothing
 * that was acknowledged; another takes its place. When the owner is killed, nothing is left running.
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { S3Client } from "../../src/client/s3-client.ts";
import { owner, send, type Sent, type SendOptions } from "../support/server.ts";
import { bucket, type Expected, isAllowed, read, write } from "./load.ts";

const writers = 16;

describe("stowage serve --workers 2", { skip: existsSync("/proc/self/stat") ? false : "needs /proc" }, () => {
  let dataDir: string;
  let child: ChildProcess;
  let endpoint: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "stowage-workers-"));
  });
  beforeEach(async () => {
    ({ child, endpoint } = await start(dataDir));
  });
  afterEach(async () => {
    child.kill("SIGKILL");
    await gone(child);
  });
  after(async () => {
    await rm(dataDir, { recursive: true });
  });

  const request = (line: string, options: SendOptions = {}): Promise<Sent> =>
    send(Number(new URL(endpoint).port), line, options);

  it("is one server: conditions have one winner, contenders all win, and a read sees every write", async () => {
    assert.equal((await request("PUT /one")).status, 200);
    const answeredBy = new Set<string>();
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 32 }, (_, at) =>
          request(`PUT /one/key-${round}`, { body: String(at), headers: { "if-none-match": "*" } }),
        ),
      );
      const winners = answers.flatMap(({ status }, at) => (status === 200 ? [at] : []));
      assert.equal(winners.length, 1);
      assert.equal(answers.filter(({ status }) => status === 412).length, 31);
      assert.equal((await request(`GET /one/key-${round}`)).text, String(winners[0]));
      // A request id begins with what its process drew.
      for (const { headers } of answers) answeredBy.add(String(headers["x-amz-request-id"]).slice(0, 8));
    }
    assert.equal(answeredBy.size, 2);

    const contenders = Array.from({ length: 40 }, (_, at) => request("PUT /one/same", { body: String(at) }));
    assert.deepEqual(
      (await Promise.all(contenders)).map(({ status }) => status),
      Array.from({ length: 40 }, () => 200),
    );

    for (let value = 0; value < 100; value++) {
      await request("PUT /one/value", { body: String(value) });
      assert.equal((await request("GET /one/value")).text, String(value));
    }
    await Promise.all(Array.from({ length: 8 }, () => request("GET /one/value")));
    const metrics = (await request("GET /_stowage/metrics", { as: null })).text;
    const puts = Number(
      /^stowage_requests_total\{operation="PutObject",status="200"\} (\d+)$/m.exec(metrics)?.[1],
    );
    assert.equal(puts, 5 + 40 + 100);
  });

  it("loses nothing with a worker, and ends with its owner", async (t) => {
    const objects = new Map<string, Expected>();
    const clients: S3Client[] = [];
    const connect = (): S3Client => {
      const client = new S3Client({
        endpoint,
        region: "us-east-1",
        credentials: owner,
        retries: { maxAttempts: 1 },
      });
      clients.push(client);
      return client;
    };
    await connect().createBucket({ bucket });
    const over = new AbortController();
    const writing = Array.from({ length: writers }, async (_, writer) => {
      const expected: Expected = { acknowledged: null, underWay: [] };
      objects.set(`writer ${writer}`, expected);
      while (!over.signal.aborted)
        await write(connect(), `writer ${writer}`, expected).catch(() => setTimeout(50));
    });
    for (let kill = 0; kill < 2; kill++) {
      await setTimeout(randomInt(200, 500));
      const workers = childrenOf(child.pid as number);
      assert.ok(workers.length > 0);
      process.kill(workers[randomInt(workers.length)] as number, "SIGKILL");
      await until(async () => (await request("GET /")).status === 200);
    }
    await until(async () => childrenOf(child.pid as number).length === 2);
    await setTimeout(300);
    over.abort();
    const workers = childrenOf(child.pid as number);
    child.kill("SIGKILL");
    await gone(child);
    await Promise.all(writing);
    await until(async () => !workers.some((pid) => isRunning(pid)));

    ({ child, endpoint } = await start(dataDir));
    const client = connect();
    for (const [key, expected] of objects) {
      const found = await read(client, key);
      assert.ok(isAllowed(expected, found), `${key}: ${found}, ${JSON.stringify(expected)}`);
    }
    await Promise.all(clients.map((one) => one.close()));

    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
    t.diagnostic(`${objects.size} objects were looked at`);
  });
});

async function start(dataDir: string): Promise<{ child: ChildProcess; endpoint: string }> {
  const program = new URL("../../src/cli/main.js", import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [program, "serve", "--data", dataDir, "--port", "0", "--workers", "2"],
    {
      stdio: ["ignore", "pipe", "ignore"],
      env: {
        ...process.env,
        STOWAGE_ACCESS_KEY: owner.accessKeyId,
        STOWAGE_SECRET_KEY: owner.secretAccessKey,
      },
    },
  );
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, endpoint: /http:\S+/.exec(line.toString())?.[0] ?? "" };
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await setTimeout(50);
}

/** Ids of the processes that a process started and that have not ended. */
function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isRunning(pid) && statOf(pid)?.[1] === String(parent));
}

/** One that has ended stays in the list until somebody asks for its exit code, and of orphans that may be nobody. */
function isRunning(pid: number): boolean {
  const state = statOf(pid)?.[0];
  return state !== undefined && state !== "Z";
}

/** State and parent of a process, and what follows them. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
