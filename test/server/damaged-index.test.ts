import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";

import { createBucket } from "../../src/engine/buckets.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { keyOfObject } from "../../src/engine/table-keys.ts";
import { putObject } from "../../src/engine/put-object.ts";
import type { S3Error } from "../../src/s3/errors.ts";
import { openLmdbIndex } from "../../src/engine/index/lmdb.ts";
import { access, grants, owner } from "../engine/engines.ts";
import { hideRow, loseSubtrees } from "../engine/table-root.ts";
import { startTestServer } from "../support/server.ts";
import { startServing } from "../support/serve.ts";

async function withDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "stowage-damaged-"));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function damage(dataFile: string, table: string): Promise<void> {
  const bytes = await readFile(dataFile);
  loseSubtrees(bytes, table);
  await writeFile(dataFile, bytes);
}

test("an index reads and writes its other tables on where one of them cannot be read", () =>
  withDirectory(async (directory) => {
    const made = openLmdbIndex({ path: directory });
    const rows = (table: "objects" | "inline") =>
      Array.from({ length: 300 }, (_, at) => ({
        table,
        key: Buffer.from(`key ${at + 1000}`),
        value: Buffer.alloc(100, "v"),
      }));
    await made.commit({ puts: [...rows("objects"), ...rows("inline")] });
    await made.close();
    await damage(join(directory, "data.mdb"), "objects");
    const index = openLmdbIndex({ path: directory });
    const key = Buffer.from("key 1200");
    const expected = {
      name: "DamagedTableError",
      message:
        /^The index is damaged: "objects" cannot be read \(MDB_\w+: .*\); stop the server and run `stowage check`$/,
    };
    for (let round = 0; round < 3; round++) {
      await assert.rejects(async () => index.get("objects", key), expected);
      assert.equal((await index.get("inline", key))?.value.length, 100);
      const snapshot = await index.snapshot();
      await assert.rejects(async () => snapshot.range("objects", { start: key, limit: 10 }), expected);
      snapshot.close();
      const other = await index.snapshot();
      assert.equal((await other.range("inline", { start: key, limit: 10 })).length, 10);
      other.close();

      const put = (table: "objects" | "inline"): Promise<boolean> =>
        index.commit({ puts: [{ table, key: Buffer.from("key 1200 x"), value: Buffer.from("v") }] });
      await assert.rejects(put("objects"), (error: S3Error) => {
        assert.equal(error.code, "InternalError");
        assert.match(
          (error.cause as Error).message,
          /^The index is damaged: a commit failed \(MDB_.*`stowage check`$/,
        );
        return true;
      });
      assert.equal(await put("inline"), true);
    }
    await index.close();
  }));

test("a server whose index is damaged answers 500, names `stowage check` in its log, and serves the rest", () =>
  withDirectory(async (dataDir) => {
    const engine = await openEngine({ dataDir, maintenance: false });
    const everybody = {
      grantee: { type: "group" as const, group: "AllUsers" as const },
      permission: "READ" as const,
    };
    const bucket = await createBucket(engine, { name: "photos", owner, grants, region: "us-east-1" });
    for (let at = 0; at < 200; at++) {
      const body = Buffer.alloc(at === 0 ? 100_000 : 1000, "x");
      await putObject(engine, { bucket, key: `${at}`, body, ...access, grants: [...grants, everybody] });
    }
    await engine.close();
    await damage(join(dataDir, "index", "data.mdb"), "inline");

    const log: string[] = [];
    const server = await startServing({ dataDir, onLog: (line) => log.push(line) });
    try {
      for (let round = 0; round < 3; round++) {
        const failed = await fetch(`${server.endpoint}/photos/100`);
        assert.equal(failed.status, 500);
        assert.match(await failed.text(), /<Code>InternalError<\/Code>/);
        const whole = await fetch(`${server.endpoint}/photos/0`);
        assert.equal((await whole.arrayBuffer()).byteLength, 100_000);
      }
    } finally {
      assert.equal(await server.stop(), 0);
    }
    assert.equal(log.filter((line) => line.includes("stop the server and run `stowage check`")).length, 3);
  }));

test("a page that hides objects from who only reads is found by the server itself, told in its log and its metrics", () =>
  withDirectory(async (dataDir) => {
    const made = await openEngine({ dataDir, maintenance: false });
    const bucket = await createBucket(made, { name: "photos", owner, grants, region: "us-east-1" });
    for (let at = 0; at < 300; at++) {
      await putObject(made, { bucket, key: `key ${1000 + at}`, body: Buffer.from("x"), ...access });
    }
    await made.close();
    const dataFile = join(dataDir, "index", "data.mdb");
    const bytes = await readFile(dataFile);
    const hidden = keyOfObject(hideRow(bytes, "objects"));
    await writeFile(dataFile, bytes);

    const log: string[] = [];
    const engine = await openEngine({
      dataDir,
      maintenance: false,
      log: (level, message) => log.push(`${level}: ${message}`),
    });
    const s3 = await startTestServer({ engine, background: { indexSeconds: 0.05 } });
    try {
      const path = `/photos/${encodeURIComponent(hidden)}`;
      assert.equal((await s3.send(`GET ${path}`)).code, "NoSuchKey");
      let metrics = "";
      for (let tries = 0; tries < 500 && !/^stowage_index_findings 1$/m.test(metrics); tries++) {
        await sleep(20);
        metrics = (await s3.send("GET /_stowage/metrics", { as: null })).text;
      }
      assert.match(metrics, /^stowage_index_findings 1$/m);
      assert.match(
        log[0] ?? "",
        /^error: The index is damaged \(table "objects": page \d+ has a key in the wrong place\); stop the server and run `stowage check`$/,
      );
    } finally {
      await s3.close();
    }
  }));
