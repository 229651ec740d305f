import assert from "node:assert/strict";
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { createBucket } from "../engine/buckets.ts";
import { openEngine } from "../engine/engine.ts";
import { putObject } from "../engine/put-object.ts";
import { runProgram } from "./program.ts";

async function run(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await runProgram(words, {
    env: {},
    stdout,
    stderr,
    terminal: false,
    stopSignal: async () => "SIGTERM",
  });
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

test("check says that all is sound, and what is damaged, of encrypted objects too", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-check-"));
  try {
    const engine = await openEngine({ dataDir, maintenance: false });
    const owner = { id: "a".repeat(64), displayName: "owner" };
    const bucket = await createBucket(engine, { name: "photos", owner, grants: [], region: "us-east-1" });
    await putObject(engine, {
      bucket,
      key: "cat.jpg",
      body: Buffer.alloc(150_000, "cat"),
      encryption: { algorithm: "customer", key: Buffer.alloc(32, "k") },
      owner,
      grants: [],
    });
    await engine.close();
    assert.deepEqual(await run("check", "--data", dataDir), {
      code: 0,
      stdout: "everything is sound\n",
      stderr: "",
    });

    const blobs = await readdir(join(dataDir, "blobs"), { recursive: true });
    const blob = blobs.find((name) => /[0-9a-f]{32}$/.test(name)) ?? "";
    const file = await open(join(dataDir, "blobs", blob), "r+");
    await file.write(Buffer.from("!"), 0, 1, 70_000);
    await file.close();
    const damaged = await run("check", "--data", dataDir);
    assert.equal(damaged.code, 1);
    assert.match(
      damaged.stdout,
      /^damage: object "cat\.jpg" of bucket "photos": .*block 1, at byte 65536, fails its checksum\n$/,
    );
    assert.match(damaged.stderr, /^stowage: 1 thing is damaged; restore what is damaged from a backup/);
    const { findings } = JSON.parse((await run("check", "--data", dataDir, "--json")).stdout) as {
      findings: { kind: string }[];
    };
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ["damage"],
    );
    const missing = await run("check", "--data", join(dataDir, "none"));
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /there is no data directory/);
  } finally {
    await rm(dataDir, { recursive: true });
  }
});

test("check says of an index that cannot be read what to do", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-check-"));
  try {
    const engine = await openEngine({ dataDir, maintenance: false });
    const owner = { id: "a".repeat(64), displayName: "owner" };
    await createBucket(engine, { name: "photos", owner, grants: [], region: "us-east-1" });
    await engine.close();
    // All but the two pages that the index begins with, as where a file was copied before it was whole.
    const index = join(dataDir, "index", "data.mdb");
    const { size } = await stat(index);
    const file = await open(index, "r+");
    await file.write(Buffer.alloc(size - 8192), 0, size - 8192, 8192);
    await file.close();
    const { code, stderr } = await run("check", "--data", dataDir);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /cannot open the data directory .*: The index is damaged: .*; restore it from a backup: its index is damaged, or was copied/,
    );
  } finally {
    await rm(dataDir, { recursive: true });
  }
});

test("check tells that a damaged index has ended the process that read it", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-check-"));
  try {
    const engine = await openEngine({ dataDir, maintenance: false });
    const owner = { id: "a".repeat(64), displayName: "owner" };
    const bucket = await createBucket(engine, { name: "photos", owner, grants: [], region: "us-east-1" });
    for (let at = 0; at < 60; at++) {
      await putObject(engine, { bucket, key: `cat ${at}`, body: Buffer.from("cat"), owner, grants: [] });
    }
    await engine.close();
    // The second half of the keys stands on a page that says it is no leaf: LMDB aborts when it comes there.
    const index = join(dataDir, "index", "data.mdb");
    const bytes = await readFile(index);
    for (let page = 0; page < bytes.length; page += 4096) {
      const isLeaf = bytes.readUInt16LE(page + 18) === 2;
      if (isLeaf && bytes.subarray(page, page + 4096).includes("cat 9")) bytes.writeUInt16LE(0, page + 18);
    }
    await writeFile(index, bytes);
    const { code, stdout } = await run("check", "--data", dataDir);
    assert.equal(code, 1);
    assert.match(stdout, /^damage: table "objects": page \d+ is no leaf page$/m);
    assert.match(stdout, /^damage: table "objects": the process that read it was ended by SIGABRT\n$/m);
  } finally {
    await rm(dataDir, { recursive: true });
  }
});
