/** `stowage backup`: a copy that can be served, of a store that is in use, and of the same again. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { after, beforeEach, test } from "node:test";
import { S3Client } from "../src/client/s3-client.ts";
import { backup, type BackupProgress } from "../src/engine/backup.ts";
import { createMemoryEngine } from "../src/engine/engine.ts";
import { deleteObject } from "../src/engine/delete-object.ts";
import { createBucket } from "../src/engine/buckets.ts";
import { putObject } from "../src/engine/put-object.ts";
import { emptyTrash } from "../src/engine/trash.ts";
import { holdTrash } from "../src/engine/trash-hold.ts";
import { access, grants, owner } from "./engine/engines.ts";
import { program, type Serving, startServing } from "./support/serve.ts";

const credentials = {
  accessKeyId: "BACKUPBACKUPBACKUP12",
  secretAccessKey: "backup-backup-backup-backup-backup-backup",
};
const environment = {
  STOWAGE_ACCESS_KEY: credentials.accessKeyId,
  STOWAGE_SECRET_KEY: credentials.secretAccessKey,
};
const scratch = mkdtempSync(join(tmpdir(), "stowage-backup-"));
after(() => rmSync(scratch, { recursive: true }));

let dataDir = "";
let to = "";
let round = 0;
beforeEach(() => {
  round++;
  dataDir = join(scratch, `data-${round}`);
  to = join(scratch, `backup-${round}`);
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function stowage(...words: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, "exit")) as [number | null];
  const [stdout, stderr] = await printed;
  return { code, stdout, stderr };
}

async function serving(
  dir: string,
  use: (client: S3Client, server: Serving) => Promise<void>,
): Promise<void> {
  const server = await startServing({ dataDir: dir, environment });
  const client = new S3Client({ endpoint: server.endpoint, region: "us-east-1", credentials });
  try {
    await use(client, server);
  } finally {
    await client.close();
    await server.stop();
  }
}

/** Bytes that their key tells: small ones lie in the index, large ones in files. */
function bodyOf(key: string, size: number): Buffer {
  return Buffer.alloc(size, createHash("sha256").update(key).digest());
}

async function read(client: S3Client, key: string): Promise<Buffer> {
  return Buffer.from(await (await client.getObject({ bucket: "photos", key })).body.bytes());
}

async function backUp(...flags: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await stowage("backup", to, "--data", dataDir, "--json", ...flags);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function assertSound(dir: string): Promise<void> {
  const { code, stdout } = await stowage("check", "--data", dir);
  assert.deepEqual([code, stdout], [0, "everything is sound\n"]);
}

const sizes = { small: 500, file: 200_000 };

test("a backup of a store in use has every object that was there, whole, and nothing that does not fit", async () => {
  await serving(dataDir, async (client) => {
    await client.createBucket({ bucket: "photos" });
    const keys = Object.entries(sizes).flatMap(([kind, size]) =>
      Array.from({ length: 40 }, (_, at) => ({ key: `kept/${kind}-${at}`, size })),
    );
    for (const { key, size } of keys) {
      await client.putObject({ bucket: "photos", key, body: bodyOf(key, size) });
    }
    await client.upload(
      { bucket: "photos", key: "parts", body: bodyOf("parts", 12_000_000) },
      { partSizeBytes: 5 * 1024 ** 2 },
    );

    const done = new AbortController();
    const change = async (lane: number): Promise<void> => {
      for (let at = 0; !done.signal.aborted; at = (at + 1) % 20) {
        const key = `changed/${lane}-${at}`;
        await client.putObject({ bucket: "photos", key, body: bodyOf(key, at % 2 === 0 ? 300 : 150_000) });
        if (at % 3 === 0) await client.deleteObject({ bucket: "photos", key });
      }
    };
    const changes = [0, 1, 2, 3].map((lane) => change(lane));
    await setTimeout(300);
    const first = await backUp();
    const second = await backUp();
    done.abort();
    await Promise.all(changes);
    assert.deepEqual([first["damage"], second["damage"]], [[], []]);
    // Forty files and three parts were there before.
    assert.ok(Number(second["keptBlobs"]) >= 43);

    await assertSound(to);
    await serving(to, async (copy) => {
      for (const { key, size } of keys) assert.ok((await read(copy, key)).equals(bodyOf(key, size)), key);
      assert.ok((await read(copy, "parts")).equals(bodyOf("parts", 12_000_000)));
      for await (const { key } of copy.list({ bucket: "photos", prefix: "changed/" })) {
        const bytes = await read(copy, key);
        assert.ok(bytes.equals(bodyOf(key, bytes.length)), key);
      }
    });
  });
});

test("a later backup copies what is new and removes what is gone", async () => {
  await serving(dataDir, async (client) => {
    await client.createBucket({ bucket: "photos" });
    for (const key of ["a", "b"])
      await client.putObject({ bucket: "photos", key, body: bodyOf(key, 200_000) });
    const counts = ({
      copiedBlobs,
      copiedBytes,
      keptBlobs,
      removedBlobs,
    }: Record<string, unknown>): unknown[] => [copiedBlobs, copiedBytes, keptBlobs, removedBlobs];
    assert.deepEqual(counts(await backUp()), [2, 400_000, 0, 0]);
    assert.deepEqual(counts(await backUp()), [0, 0, 2, 0]);
    await client.putObject({ bucket: "photos", key: "c", body: bodyOf("c", 300_000) });
    assert.deepEqual(counts(await backUp()), [1, 300_000, 2, 0]);
    await client.deleteObject({ bucket: "photos", key: "a" });
  });
  // The trash is emptied some seconds later, or by the next start.
  await serving(dataDir, async () => {
    for (let waited = 0; countFiles(join(dataDir, "blobs")) > 2 && waited < 200; waited++)
      await setTimeout(100);
  });
  const { keptBlobs, removedBlobs } = await backUp();
  assert.deepEqual([keptBlobs, removedBlobs, countFiles(join(to, "blobs"))], [2, 1, 2]);
  await assertSound(to);
});

function countFiles(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
}

test("a backup that is killed leaves the earlier one as it was, and the next one completes", async () => {
  await serving(dataDir, async (client) => {
    await client.createBucket({ bucket: "photos" });
    await client.putObject({ bucket: "photos", key: "first", body: bodyOf("first", 200_000) });
    await backUp();
    const index = readFileSync(join(to, "index", "data.mdb"));
    for (let at = 0; at < 30; at++) {
      const key = `later/${at}`;
      await client.putObject({ bucket: "photos", key, body: bodyOf(key, 3_000_000) });
    }
    // A file under the name that a blob of the next backup has, cut short by the kill.
    let half: string | undefined;
    for (let delayMs = 200; half === undefined && delayMs < 3000; delayMs += 50) {
      const child = spawn(process.execPath, [program, "backup", to, "--data", dataDir], { stdio: "ignore" });
      await setTimeout(delayMs);
      child.kill("SIGKILL");
      await once(child, "exit");
      if (existsSync(join(to, "new-index")) && countFiles(join(to, "blobs")) > 1) half = "found";
      if (countFiles(join(to, "blobs")) === 31) break;
    }
    if (half !== undefined) {
      assert.ok(readFileSync(join(to, "index", "data.mdb")).equals(index));
      const { code } = await stowage("check", "--data", to);
      assert.equal(code, 0);
    }
    await backUp();
    await assertSound(to);
    await serving(to, async (copy) => {
      assert.ok((await read(copy, "later/29")).equals(bodyOf("later/29", 3_000_000)));
    });
  });
});

test("a backup that is stopped ends within a file, and leaves the earlier one as it was", async () => {
  await serving(dataDir, async (client) => {
    await client.createBucket({ bucket: "photos" });
    await client.putObject({ bucket: "photos", key: "first", body: bodyOf("first", 200_000) });
    await backUp();
    await client.putObject({ bucket: "photos", key: "large", body: bodyOf("large", 20_000_000) });
  });
  const index = readFileSync(join(to, "index", "data.mdb"));
  const stopping = new AbortController();
  const told: BackupProgress[] = [];
  await assert.rejects(
    backup({
      from: dataDir,
      to,
      signal: stopping.signal,
      onProgress: (progress) => {
        told.push(progress);
        if (progress.bytes > 0) stopping.abort(new Error("it was stopped"));
      },
    }),
    /it was stopped/,
  );
  const last = told.at(-1);
  assert.ok(last !== undefined && last.bytes < 20_000_000, JSON.stringify(last));
  assert.deepEqual([last.of, last.total], ["blobs", 2]);
  const rows = told.findLast(({ of }) => of === "rows");
  assert.equal(rows?.done, rows?.total);
  assert.ok(readFileSync(join(to, "index", "data.mdb")).equals(index));
  assert.equal(countFiles(join(to, "blobs")), 1);
  assert.deepEqual((await backUp())["copiedBytes"], 20_000_000);
});

test("a damaged file is told, and all else is copied; with a damaged index the earlier backup stays", async () => {
  await serving(dataDir, async (client) => {
    await client.createBucket({ bucket: "photos" });
    await client.putObject({ bucket: "photos", key: "well", body: bodyOf("well", 200_000) });
    await client.putObject({ bucket: "photos", key: "small", body: "the bytes of a small object" });
  });
  await backUp();
  await serving(dataDir, (client) =>
    client.putObject({ bucket: "photos", key: "ill", body: bodyOf("ill", 100_000) }).then(() => {}),
  );
  const path = readdirSync(join(dataDir, "blobs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .find((file) => statSync(file).size < 150_000);
  flip(path ?? "", 1000);
  const { code, stdout, stderr } = await stowage("backup", to, "--data", dataDir, "--json");
  assert.equal(code, 1);
  assert.match(stderr, /1 of the store's files could not be copied/);
  assert.match(stderr, /block 0, at byte 0, fails its checksum/);
  const { copiedBlobs, keptBlobs } = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([copiedBlobs, keptBlobs], [0, 1]);

  const good = readFileSync(join(to, "index", "data.mdb"));
  const index = join(dataDir, "index", "data.mdb");
  flip(index, readFileSync(index).indexOf("the bytes of a small object"));
  const again = await stowage("backup", to, "--data", dataDir);
  assert.equal(again.code, 1);
  assert.match(
    again.stderr,
    /The index is damaged: a row of "inline" fails its checksum .*; an earlier backup in that directory is what it was/,
  );
  assert.ok(readFileSync(join(to, "index", "data.mdb")).equals(good));
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

test("only a new directory or a backup of the same store is written to", async () => {
  const refused = async (dir: string, reason: RegExp): Promise<void> => {
    const { code, stderr } = await stowage("backup", dir, "--data", dataDir);
    assert.equal(code, 1);
    assert.match(stderr, reason);
    assert.match(stderr, /; give another directory\n$/);
  };
  const ofItsOwn =
    /it was served, as a backup is too once somebody has restored it: it is a store of its own/;
  await serving(dataDir, async (client) => {
    await client.createBucket({ bucket: "photos" });
    await refused(join(dataDir, "backup"), /one is in the other/);
    await refused(scratch, /one is in the other/);
    await refused(import.meta.dirname, /it is neither empty nor an earlier backup/);
    await backUp();
    const other = join(scratch, "other");
    await serving(other, async () => {
      await refused(other, ofItsOwn);
      const { code, stderr } = await stowage("backup", to, "--data", other);
      assert.equal(code, 1);
      assert.match(stderr, /it is the backup of another store/);
    });
    // Served once, it is a store of its own.
    await serving(to, () => refused(to, ofItsOwn));
    await refused(to, ofItsOwn);
  });
  const none = await stowage("backup", to, "--data", join(scratch, "none"));
  assert.deepEqual(
    [none.code, none.stderr],
    [1, `stowage: there is no data directory ${join(scratch, "none")}; give the server's own with --data\n`],
  );
});

test("keys that encrypt are copied when they are asked for, and then encrypted objects can be read", async () => {
  await serving(dataDir, async (client) => {
    await client.createBucket({ bucket: "photos" });
    await client.putObject({
      bucket: "photos",
      key: "secret",
      body: "of the house",
      encryption: { algorithm: "AES256" },
    });
  });
  const plain = await stowage("backup", to, "--data", dataDir);
  assert.equal(plain.code, 0);
  assert.match(
    plain.stdout,
    /^\d+ rows of the index copied, 0 files copied \(0 B\)\nmaster-keys is not in it: /,
  );
  assert.equal(existsSync(join(to, "master-keys")), false);
  await backUp("--with-master-keys");
  assert.equal(statSync(join(to, "master-keys")).mode & 0o777, 0o600);
  await serving(to, async (copy) => assert.equal((await read(copy, "secret")).toString(), "of the house"));
});

test("while somebody has hold of the trash nothing is removed, and a hold that nobody renews ends", async () => {
  let nowMs = Date.parse("2026-11-28T00:00:00Z");
  const clock = (): number => nowMs;
  const engine = createMemoryEngine({ clock });
  const bucket = await createBucket(engine, { name: "photos", owner, grants, region: "us-east-1" });
  const input = { bucket, key: "a", body: Buffer.alloc(100_000), ...access };
  const dispose = async (): Promise<void> => {
    await putObject(engine, input);
    await deleteObject(engine, bucket, "a");
  };
  await dispose();
  const [first, second] = [await holdTrash(engine.index, clock), await holdTrash(engine.index, clock)];
  nowMs += 59_000;
  assert.equal(await emptyTrash(engine), 0);
  await first.close();
  assert.equal(await emptyTrash(engine), 0);
  nowMs += 1000;
  assert.equal(await emptyTrash(engine), 1);
  await second.close();
  await engine.close();
});
