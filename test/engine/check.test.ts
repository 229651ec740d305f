import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { Draft } from "../../src/engine/atomic.ts";
import { createBucket, requireBucket, updateBucket } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { access, grants, inPieces, owner, readObject } from "./engines.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { createMemoryEngine, openEngine } from "../../src/engine/engine.ts";
import { abortUpload, completeUpload, createUpload, putPart } from "../../src/engine/multipart.ts";
import { headObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import type { Engine } from "../../src/engine/types.ts";

/** Texts that stand in the files once, so that a test finds the byte that it flips. */
const inlineBody = Buffer.from("the small body, which is in the index");
const fileBody = Buffer.alloc(150_000, "the large body, which is in a file. ");

describe("check()", () => {
  let dataDir: string;
  let sound: Map<string, Buffer>;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "stowage-check-"));
    await withEngine(async (engine) => {
      const bucket = await createBucket(engine, { name: "photos", owner, grants, region: "us-east-1" });
      await putObject(engine, { bucket, key: "small", body: inlineBody, ...access });
      await putObject(engine, {
        bucket,
        key: "marked",
        body: Buffer.from("x"),
        ...access,
        metadata: { mark: "the mark in a record" },
      });
      await putObject(engine, { bucket, key: "large", body: fileBody, ...access });
      const upload = await createUpload(engine, { bucket, key: "parts", ...access });
      const parts = [await putPart(engine, { upload, partNumber: 1, body: inPieces(fileBody, 60_000) })];
      await completeUpload(engine, { bucket, key: "parts", uploadId: upload.uploadId, parts });
    });
    sound = await filesOf(dataDir);
  });
  after(() => rm(dataDir, { recursive: true }));

  async function withEngine(use: (engine: Engine) => Promise<void>): Promise<void> {
    const engine = await openEngine({ dataDir, maintenance: false });
    try {
      await use(engine);
    } finally {
      await engine.close();
    }
  }

  /** Flips a byte where a text begins in a file of the store, looks, and mends it. */
  async function withDamage(
    {
      isFile,
      text,
      offset = 0,
    }: { isFile: (path: string) => boolean; text: Buffer | string; offset?: number },
    look: (engine: Engine) => Promise<void>,
  ): Promise<void> {
    const [path, bytes] = [...sound].find(([path, bytes]) => isFile(path) && bytes.includes(text)) ?? [];
    assert.ok(path !== undefined && bytes !== undefined, "the text is in no file");
    const damaged = Buffer.from(bytes);
    // In the index the page may be there several times, all but one of them free.
    const places = isFile === isIndex ? allIndexesOf(bytes, text) : [bytes.indexOf(text)];
    for (const place of places) damaged[place + offset] = (damaged[place + offset] as number) ^ 1;
    await writeFile(path, damaged);
    try {
      await withEngine(look);
    } finally {
      await writeFile(path, bytes);
    }
  }

  const isIndex = (path: string): boolean => path.endsWith("data.mdb");
  const isBlob = (path: string): boolean => path.includes("/blobs/");

  it("finds nothing in a sound store", () =>
    withEngine(async (engine) => {
      assert.deepEqual(await check(engine), []);
    }));

  it("finds a byte flipped in a small body, and reading it is an error", () =>
    withDamage({ isFile: isIndex, text: inlineBody, offset: 10 }, async (engine) => {
      const bucket = await requireBucket(engine, "photos");
      await assert.rejects(readObject(engine, bucket, "small"), /fails its checksum/);
      assert.equal((await readObject(engine, bucket, "large"))?.equals(fileBody), true);
      const findings = await check(engine);
      assert.ok(
        findings.some(
          ({ kind, subject }) => kind === "damage" && subject === 'object "small" of bucket "photos"',
        ),
      );
    }));

  it("finds a byte flipped in a record, and reading it is an error", () =>
    withDamage({ isFile: isIndex, text: "the mark in a record" }, async (engine) => {
      const bucket = await requireBucket(engine, "photos");
      await assert.rejects(headObject(engine, bucket, "marked"), { name: "DamagedRowError" });
      assert.deepEqual(
        (await check(engine)).filter(({ kind }) => kind === "damage"),
        [
          {
            kind: "damage",
            subject: 'object "marked" of bucket "photos"',
            problem: "its row fails its checksum",
          },
        ],
      );
    }));

  it("finds a byte flipped in a file", () =>
    withDamage({ isFile: isBlob, text: fileBody, offset: 100_000 }, async (engine) => {
      const [finding, ...others] = await check(engine);
      assert.deepEqual(others, []);
      assert.match(finding?.problem ?? "", /block 1, at byte 65536, fails its checksum/);
    }));

  it("finds a file that is gone, and one that nothing names", () =>
    withEngine(async (engine) => {
      const blobs = [...sound.keys()].filter(isBlob);
      assert.equal(blobs.length, 2);
      const stray = "0000000000010000aabbccddeeff0011";
      await writeFile(join(dataDir, "blobs", "11", stray), "");
      for (const path of blobs) await unlink(path);
      const findings = await check(engine);
      for (const path of blobs) await writeFile(path, sound.get(path) ?? "");
      await unlink(join(dataDir, "blobs", "11", stray));
      assert.deepEqual(
        findings.map(({ kind, subject }) => `${kind}: ${subject}`),
        [
          'damage: object "large" of bucket "photos"',
          'damage: object "parts" of bucket "photos"',
          `unused: blob ${stray}`,
        ],
      );
    }));

  it("finds rows that no record names", () =>
    withEngine(async (engine) => {
      const id = Buffer.from("0000000000010000aabbccddeeff0022", "hex");
      await engine.index.commit(new Draft().put("inline", id, Buffer.from("left")));
      assert.deepEqual(await check(engine), [
        {
          kind: "unused",
          subject: `row ${id.toString("hex")} of table "inline"`,
          problem: "no record names it",
        },
      ]);
      await engine.index.commit(new Draft().delete("inline", id));
    }));

  it("does not mind an upload whose parts are being removed, files first", () =>
    withEngine(async (engine) => {
      const bucket = await requireBucket(engine, "photos");
      const upload = await createUpload(engine, { bucket, key: "aborted", ...access });
      const files = new Set(await idsOf(engine));
      await putPart(engine, { upload, partNumber: 1, body: fileBody });
      await abortUpload(engine, bucket, "aborted", upload.uploadId);
      for (const id of await idsOf(engine))
        if (!files.has(id)) await engine.blobs.remove(Buffer.from(id, "hex"));
      assert.equal(await engine.index.count("parts"), 1);
      assert.deepEqual(await check(engine), []);
      await emptyTrash(engine, { graceMs: 0 });
      assert.equal(await engine.index.count("parts"), 0);
    }));

  it("finds a key whose versions and row of heads do not fit together", async () => {
    const engine = createMemoryEngine();
    const { name } = await createBucket(engine, { name: "kept", owner, grants, region: "us-east-1" });
    const bucket = await updateBucket(engine, name, () => ({ versioning: "Enabled" }));
    const put = (key: string): Promise<unknown> =>
      putObject(engine, { bucket, key, body: Buffer.from(key), ...access });
    for (const key of ["marked", "marked", "hidden"]) await put(key);
    await deleteObject(engine, bucket, "hidden");
    assert.deepEqual(await check(engine), []);

    // The current object of one is lost, and of the other what tells of its delete marker.
    const rows = (key: string): Buffer => Buffer.concat([Buffer.from(bucket.id, "hex"), Buffer.from(key)]);
    const lost = await engine.index.get("objects", rows("marked"));
    const head = await engine.index.get("heads", rows("hidden"));
    assert.ok(lost !== null && head !== null);
    await engine.index.commit({
      deletes: [
        { table: "objects", key: lost.key },
        { table: "heads", key: head.key },
      ],
    });
    const problem = "its newest version is no delete marker, and it has no current object";
    assert.deepEqual(
      (await check(engine)).filter(({ kind }) => kind === "damage"),
      [
        { kind: "damage", subject: 'object "hidden" of bucket "kept"', problem },
        { kind: "damage", subject: 'object "marked" of bucket "kept"', problem },
      ],
    );
    await engine.index.commit({
      puts: [
        { table: "objects", key: lost.key, value: lost.value },
        { table: "heads", key: head.key, value: head.value },
        { table: "heads", key: rows("marked"), value: head.value },
      ],
    });
    assert.deepEqual(
      (await check(engine)).map(({ subject, problem }) => [subject, problem]),
      [['object "marked" of bucket "kept"', "its row of heads tells of a delete marker above it"]],
    );
  });
});

async function idsOf(engine: Engine): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of engine.blobs.list()) ids.push(id.toString("hex"));
  return ids;
}

function allIndexesOf(bytes: Buffer, text: Buffer | string): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) found.push(at);
  return found;
}

async function filesOf(directory: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    // Reading a lock file and closing it would let go of the lock.
    if (entry.isFile() && entry.name !== "lock.mdb") files.set(path, await readFile(path));
  }
  return files;
}
