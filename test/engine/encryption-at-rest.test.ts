import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";

import { createBucket, requireBucket } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { createMemoryEngine, openEngine } from "../../src/engine/engine.ts";
import { completeUpload, createUpload, putPart } from "../../src/engine/multipart.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { decodeObject, encodeObject } from "../../src/engine/records/object.ts";
import type { EncryptionRequest } from "../../src/engine/types.ts";
import { access, grants, inPieces, owner, readObject } from "./engines.ts";

/** Text that nothing else in a data directory has. */
const secret = "the secret that must not be on the disk ";

async function everyByte(directory: string): Promise<Buffer> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const contents = files
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name)));
  return Buffer.concat(await Promise.all(contents));
}

async function withDirectory(use: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-encryption-"));
  try {
    await use(dataDir);
  } finally {
    await rm(dataDir, { recursive: true });
  }
}

it("what is encrypted is on no byte of the disk, and neither is a customer's key", () =>
  withDirectory(async (dataDir) => {
    const customer = randomBytes(32);
    const engine = await openEngine({ dataDir, maintenance: false });
    const bucket = await createBucket(engine, { name: "b", owner, grants, region: "us-east-1" });
    const bodies = { inline: Buffer.from(secret), file: Buffer.alloc(300_000, secret) };
    const encryptions: EncryptionRequest[] = [
      { algorithm: "AES256" },
      { algorithm: "aws:kms", kmsKeyId: "k" },
      { algorithm: "customer", key: customer },
    ];
    for (const encryption of encryptions) {
      for (const [name, body] of Object.entries(bodies)) {
        const key = `${encryption.algorithm} ${name}`;
        await putObject(engine, { bucket, key, body, encryption, ...access });
        const upload = await createUpload(engine, { bucket, key: `${key} parts`, encryption, ...access });
        const customerKey = encryption.algorithm === "customer" ? customer : undefined;
        const parts = [await putPart(engine, { upload, partNumber: 1, body, customerKey })];
        await completeUpload(engine, { bucket, key: `${key} parts`, uploadId: upload.uploadId, parts });
      }
    }
    assert.deepEqual(await check(engine), []);
    await engine.close();
    let bytes = await everyByte(dataDir);
    assert.equal(bytes.includes(secret), false);
    // Any 16 bytes of it in a row would be a chunk that was left plain.
    assert.equal(bytes.includes(secret.slice(0, 16)), false);
    assert.equal(bytes.includes(customer), false);
    assert.equal(bytes.includes(customer.toString("base64")), false);

    // The search does find what is there.
    const again = await openEngine({ dataDir, maintenance: false });
    const plain = await requireBucket(again, "b");
    await putObject(again, { bucket: plain, key: "plain", body: bodies.inline, ...access });
    await again.close();
    bytes = await everyByte(dataDir);
    assert.equal(bytes.includes(secret), true);
  }));

it("a blob whose chunks were swapped, cut off or changed is refused, though every checksum is right", async () => {
  // On the memory engine a blob can be written anew with checksums of its own: as somebody does who has the disk.
  const engine = createMemoryEngine();
  const bucket = await createBucket(engine, { name: "b", owner, grants, region: "us-east-1" });
  // Three chunks that are not alike.
  const body = Buffer.concat(["a", "b", "c"].map((letter) => Buffer.alloc(65_520, letter)));
  const encryption = { algorithm: "AES256" } as const;
  await putObject(engine, { bucket, key: "k", body, encryption, ...access });
  const ids: Buffer[] = [];
  for await (const one of engine.blobs.list()) ids.push(one);
  const [id] = ids as [Buffer];
  const size = 3 * 65_536;
  const pieces: Buffer[] = [];
  for await (const piece of engine.blobs.read(id, { size, start: 0, end: size - 1 })) pieces.push(piece);
  const stored = Buffer.concat(pieces);
  const chunk = (at: number): Buffer => stored.subarray(at * 65_536, (at + 1) * 65_536);
  const flipped = Buffer.from(stored);
  flipped[100] = (flipped[100] as number) ^ 1;
  const forgeries = {
    sound: stored,
    flipped,
    swapped: Buffer.concat([chunk(1), chunk(0), chunk(2)]),
    repeated: Buffer.concat([chunk(0), chunk(0), chunk(2)]),
    "the last in the middle": Buffer.concat([chunk(0), chunk(2), chunk(1)]),
  };
  for (const [name, bytes] of Object.entries(forgeries)) {
    await engine.blobs.remove(id);
    await engine.blobs.write(id, inPieces(bytes, 65_536));
    if (name === "sound") assert.equal((await readObject(engine, bucket, "k"))?.equals(body), true);
    else await assert.rejects(readObject(engine, bucket, "k"), { code: "InternalError" }, name);
  }
  // Cut off at the end of a chunk, with a record that says so.
  const row = await engine.index.get("objects", Buffer.from(`${bucket.id}6b`, "hex"));
  assert.ok(row !== null);
  const record = decodeObject(row.value, "k", owner);
  const cut = encodeObject({ ...record, info: { ...record.info, size: 2 * 65_520 } }, owner);
  await engine.index.commit({ puts: [{ table: "objects", key: row.key, value: cut }] });
  await engine.blobs.remove(id);
  await engine.blobs.write(id, inPieces(stored.subarray(0, 2 * 65_536), 65_536));
  await assert.rejects(readObject(engine, bucket, "k"), { code: "InternalError" });
  await engine.close();
});

it("openEngine() makes a master key for its owner only, and reads with it again", () =>
  withDirectory(async (dataDir) => {
    const put = async (): Promise<void> => {
      const engine = await openEngine({ dataDir, maintenance: false });
      const bucket = await createBucket(engine, { name: "b", owner, grants, region: "us-east-1" });
      const encryption = { algorithm: "AES256" } as const;
      await putObject(engine, { bucket, key: "k", body: Buffer.from("hello"), encryption, ...access });
      await engine.close();
    };
    await put();
    const path = join(dataDir, "master-keys");
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const readBack = async (masterKeys: Uint8Array[] = []): Promise<string> => {
      const said: string[] = [];
      const engine = await openEngine({
        dataDir,
        masterKeys,
        maintenance: false,
        log: (level, message) => {
          if (level === "error") said.push(message);
        },
      });
      try {
        return String(await readObject(engine, await requireBucket(engine, "b"), "k"));
      } catch (error) {
        return `${(error as { code: string }).code}; ${said[0]}`;
      } finally {
        await engine.close();
      }
    };
    assert.equal(await readBack(), "hello");
    // Another becomes the current one; the old one still decrypts.
    const kept = await readFile(path, "utf8");
    const newer = randomBytes(32);
    await writeFile(path, `${newer.toString("base64")}\n${kept}`);
    assert.equal(await readBack(), "hello");
    // Without the old one the object is lost, and the log says so at the start.
    await writeFile(path, `${newer.toString("base64")}\n`);
    assert.match(
      await readBack(),
      /^InternalError; The master key [0-9a-f]{8} is missing: objects that it encrypted cannot be read$/,
    );
    const old = Buffer.from(kept.trim().split("\n").at(-1) as string, "base64");
    assert.equal(await readBack([newer, old]), "hello");
    await writeFile(path, "not a key\n");
    await assert.rejects(readBack(), /Cannot read the master keys in ".*": Cannot use master key 1/);
  }));

it("openEngine() makes no key where the operator gives one", () =>
  withDirectory(async (dataDir) => {
    const engine = await openEngine({ dataDir, masterKeys: [randomBytes(32)], maintenance: false });
    await engine.close();
    await assert.rejects(stat(join(dataDir, "master-keys")), { code: "ENOENT" });
    await assert.rejects(openEngine({ dataDir, masterKeys: [randomBytes(16)] }), /16 bytes: it must have 32/);
  }));
