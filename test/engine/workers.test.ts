/** An engine that two processes have open: the owner of the data directory and one that works for it. */

import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { Link } from "../../src/cli/workers/link.ts";
import { createBucket } from "../../src/engine/buckets.ts";
import { DataDirectoryInUseError, type Engine, openEngine } from "../../src/engine/engine.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";

const owner = { id: "a".repeat(64), displayName: "a" };
const access = {
  owner,
  grants: [{ grantee: { type: "user" as const, ...owner }, permission: "FULL_CONTROL" as const }],
};

let dataDir: string;
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "stowage-two-"));
});
after(async () => {
  await rm(dataDir, { recursive: true });
});

interface Second {
  readonly child: ChildProcess;
  readonly link: Link;
}

async function startSecond(engine: Engine): Promise<Second> {
  const child = fork(new URL("second-process.js", import.meta.url), [dataDir], { stdio: "inherit" });
  return new Promise((resolve) => {
    const link: Link = new Link(child, {
      owner: () => ({ pid: process.pid, startMs: engine.ids.startMs }),
      ready: () => resolve({ child, link }),
    });
  });
}

async function blobCount(engine: Engine): Promise<number> {
  let count = 0;
  for await (const _ of engine.blobs.list()) count++;
  return count;
}

it("what another process is reading outlives an overwrite and the emptying of the trash", async () => {
  let second: Second | undefined;
  const engine = await openEngine({
    dataDir,
    maintenance: false,
    limits: { inlineBytes: 10 },
    otherPins: async () => (await second?.link.ask<string[]>("pins", undefined, { timeoutMs: 500 })) ?? [],
  });
  const bucket = await createBucket(engine, { name: "bucket", ...access, region: "us-east-1" });
  const put = (text: string): Promise<unknown> =>
    putObject(engine, { bucket, key: "k", body: Buffer.from(text), ...access });
  await put("first ".repeat(50_000));
  second = await startSecond(engine);
  assert.equal(await second.link.ask("open"), 300_000);
  await put("second ".repeat(50_000));
  assert.equal(await emptyTrash(engine, { graceMs: -1 }), 0);
  assert.equal(await blobCount(engine), 2);
  assert.equal(await second.link.ask("read"), "first ".repeat(50_000));
  assert.equal(await emptyTrash(engine, { graceMs: -1 }), 1);
  assert.equal(await blobCount(engine), 1);

  // Nothing is removed while somebody does not answer.
  await put("third ".repeat(50_000));
  second.child.kill("SIGSTOP");
  await assert.rejects(emptyTrash(engine, { graceMs: -1 }), /did not answer "pins" within 500 ms/);
  assert.equal(await blobCount(engine), 2);
  second.child.kill("SIGCONT");
  assert.equal(await emptyTrash(engine, { graceMs: -1 }), 1);

  // The owner has gone, and its place stays taken as long as somebody works for it.
  await engine.close();
  await assert.rejects(openEngine({ dataDir }), (error) => {
    assert.ok(error instanceof DataDirectoryInUseError);
    assert.equal(error.pid, second?.child.pid);
    return true;
  });
  const ended = new Promise((resolve) => second?.child.once("exit", resolve));
  second.child.kill("SIGKILL");
  await ended;
  const again = await openEngine({ dataDir, maintenance: false });
  await again.close();
  // Only an owner can be worked for.
  await assert.rejects(openEngine({ dataDir, owner: { pid: 1, startMs: 0 } }), /it is not the owner/);
});
