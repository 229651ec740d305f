/**
 * One operation at a time gets SIGKILL as it begins its first, second, third … system call that changes a file, until it
 * gets through all of them: what it was to do has been done or not, what it acknowledged has been done, and a check finds
 * nothing. strace does the killing.
 *
 * The first of each kind of calls by default; `STOWAGE_KILL_POINTS=100` for all of them.
 */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { createBucket, requireBucket } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { openEngine } from "../../src/engine/engine.ts";
import {
  abortUpload,
  completeUpload,
  createUpload,
  getUpload,
  listParts,
  putPart,
} from "../../src/engine/multipart.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { sweep } from "../../src/engine/sweep.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { access, grants, owner, readObject } from "../engine/engines.ts";
import {
  bodyOf,
  bucketName,
  firstPartBytes,
  type Kind,
  kinds,
  limits,
  type PreparedPart,
} from "./kill-points.ts";

const most = Number(process.env["STOWAGE_KILL_POINTS"] ?? 1);
const program = fileURLToPath(new URL("one-operation.js", import.meta.url));
const hasStrace =
  spawnSync("strace", ["-o", "/dev/null", "-e", "inject=mkdir:signal=CONT:when=1", "true"]).status === 0;
const skip = !hasStrace && "strace is not here, or may not trace";
/** strace counts for each thread: files are written by one, the index by another. */
const calls: Readonly<Record<string, { readonly names: string; readonly onlyIndex?: true }>> = {
  "files and index": {
    names: "openat,mkdir,pwrite64,pwritev,write,writev,ftruncate,fdatasync,fsync,unlink,rename",
  },
  "the index": { names: "pwrite64,pwritev,write,ftruncate,fdatasync,fsync", onlyIndex: true },
};

describe("an operation that is killed at a system call", { skip, timeout: 120_000 + most * 20_000 }, () => {
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "stowage-kill-points-"));
    await withEngine((engine) =>
      createBucket(engine, { name: bucketName, owner, grants, region: "us-east-1" }),
    );
  });
  after(() => rm(dataDir, { recursive: true }));

  async function withEngine<T>(use: (engine: Engine) => Promise<T>): Promise<T> {
    const engine = await openEngine({ dataDir, limits, maintenance: false });
    try {
      return await use(engine);
    } finally {
      await engine.close();
    }
  }

  for (const kind of kinds) {
    for (const [where, { names, onlyIndex }] of Object.entries(calls)) {
      it(`${kind}, ${where}`, async (test) => {
        let killed = 0;
        for (let call = 1; call <= most; call++) {
          const key = `${kind} ${where} ${call}`;
          const prepared = await withEngine((engine) => prepare(engine, kind, key));
          const injection = ["-e", `trace=${names}`, "-e", `inject=${names}:signal=KILL:when=${call}`];
          const only = onlyIndex === true ? ["-P", join(dataDir, "index", "data.mdb")] : [];
          const end = await performTraced(kind, key, prepared, [...injection, ...only]);
          await withEngine((engine) => judge(engine, kind, key, prepared, end));
          if (!end.isKilled) break;
          killed++;
        }
        test.diagnostic(`killed ${killed} times`);
        assert.ok(killed > 0);
      });
    }
  }

  async function performTraced(
    kind: Kind,
    key: string,
    { uploadId, parts }: Prepared,
    trace: readonly string[],
  ): Promise<{ isKilled: boolean; isDone: boolean }> {
    const words = [program, dataDir, kind, key, uploadId, JSON.stringify(parts)];
    const env = { ...process.env, UV_THREADPOOL_SIZE: "1" };
    const child = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"], env });
    const closed = once(child, "close");
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
    await once(child.stdout, "data");
    const strace = spawn("strace", ["-f", "-p", String(child.pid), "-o", "/dev/null", ...trace], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const traced = once(strace, "close");
    await once(strace.stderr, "data");
    strace.stderr.resume();
    child.stdin.end("go");
    const [code, signal] = (await closed) as [number | null, string | null];
    await traced;
    assert.ok(signal === "SIGKILL" || code === 0, `${kind} ended with ${code}, ${signal}`);
    return { isKilled: signal === "SIGKILL", isDone: said.includes("done") };
  }
});

interface Prepared {
  readonly uploadId: string;
  readonly parts: readonly PreparedPart[];
}

async function prepare(engine: Engine, kind: Kind, key: string): Promise<Prepared> {
  const bucket = await requireBucket(engine, bucketName);
  const before = bodyOf("before", key);
  switch (kind) {
    case "overwrite":
    case "delete":
      await putObject(engine, { bucket, key, body: before, ...access });
      break;
    case "complete":
    case "abort":
      return prepareUpload(engine, bucket, kind, key);
    case "empty trash": {
      await putObject(engine, { bucket, key, body: before, ...access });
      await deleteObject(engine, bucket, key);
      const { uploadId, parts } = await prepareUpload(engine, bucket, kind, key);
      await completeUpload(engine, { bucket, key, uploadId, parts });
      await deleteObject(engine, bucket, key);
      const aborted = await prepareUpload(engine, bucket, kind, key);
      await abortUpload(engine, bucket, key, aborted.uploadId);
      break;
    }
    default:
      break;
  }
  return { uploadId: "", parts: [] };
}

async function prepareUpload(engine: Engine, bucket: Bucket, kind: Kind, key: string): Promise<Prepared> {
  const body = bodyOf(kind, key);
  const upload = await createUpload(engine, { bucket, key, ...access });
  const pieces = [body.subarray(0, firstPartBytes), body.subarray(firstPartBytes)];
  const parts: PreparedPart[] = [];
  for (const [at, piece] of pieces.entries()) {
    const { etag } = await putPart(engine, { upload, partNumber: at + 1, body: piece });
    parts.push({ partNumber: at + 1, etag });
  }
  return { uploadId: upload.uploadId, parts };
}

async function judge(
  engine: Engine,
  kind: Kind,
  key: string,
  { uploadId }: Prepared,
  { isDone }: { isDone: boolean },
): Promise<void> {
  const bucket = await requireBucket(engine, bucketName);
  const now = await stateOf(engine, bucket, key, uploadId);
  const [body, old] = [textOf(bodyOf(kind, key)), textOf(bodyOf("before", key))];
  const [before, after] = (
    {
      put: ["nothing", body],
      "put inline": ["nothing", body],
      overwrite: [old, body],
      delete: [old, "nothing"],
      complete: ["nothing, 2 parts", body],
      abort: ["nothing, 2 parts", "nothing"],
      "empty trash": ["nothing", "nothing"],
    } as const
  )[kind];
  assert.ok(now === after || (!isDone && now === before), `${key}: ${now}, ${isDone ? "done" : "not done"}`);
  await sweep(engine);
  assert.deepEqual(await check(engine), [], key);
  // What was begun is done again from its beginning.
  await emptyTrash(engine, { graceMs: 0 });
  await emptyTrash(engine, { graceMs: 0 });
  assert.equal(await engine.index.count("trash"), 0);
  assert.deepEqual(await check(engine), [], `${key}, with its trash emptied`);
}

/** What a key holds, and the parts of its upload. */
async function stateOf(engine: Engine, bucket: Bucket, key: string, uploadId: string): Promise<string> {
  const found = await readObject(engine, bucket, key);
  const holds = found === null ? "nothing" : textOf(found);
  const upload = uploadId === "" ? null : await getUpload(engine, bucket, key, uploadId);
  if (upload === null) return holds;
  const { parts } = await listParts(engine, upload, { limit: 10 });
  return `${holds}, ${parts.length} parts`;
}

function textOf(bytes: Buffer): string {
  return `${bytes.length} bytes ${bytes.toString("latin1", 0, 40)}`;
}
