/**
 * A disk that is nearly full: every way in is refused at once and leaves nothing behind, what is there is read and deleted,
 * and when there is room again writes go on. Once on a disk that only says so, once on a small file system.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";

import { check } from "../../src/engine/check.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { watchRoom } from "../../src/engine/room.ts";
import type { Engine } from "../../src/engine/types.ts";
import { blobCount } from "../engine/engines.ts";
import { postForm, signedFields } from "../support/post-form.ts";
import { type SendOptions, startTestServer, type TestServer } from "../support/server.ts";

const MiB = 1024 * 1024;
const diskBytes = 96 * MiB;
/** That much stays free: docs/decisions/0010. */
const reserveBytes = diskBytes * 0.02;
/** An answer that takes longer was waited for. */
const promptMs = 2000;
/** Longer than the system's answer about room is believed. */
const forgottenMs = 1200;

interface Disk {
  readonly engine: Engine;
  /** Leaves so much free. */
  leave(bytes: number): Promise<void>;
  remove(): Promise<void>;
}

/** A disk that says what it is told to say. */
async function pretended(): Promise<Disk> {
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-full-"));
  const engine = await openEngine({ dataDir });
  const now = { freeBytes: diskBytes };
  const room = await watchRoom(
    { disk: async () => ({ ...now, totalBytes: diskBytes }), index: () => 0 },
    Date.now,
  );
  return {
    engine: { ...engine, takeRoom: (...given) => room.take(...given) },
    leave: async (bytes) => {
      now.freeBytes = bytes;
    },
    remove: () => rm(dataDir, { recursive: true }),
  };
}

/** A file system in memory, with a file that takes all but a little of it. */
async function mounted(): Promise<Disk> {
  const path = await mkdtemp(join(tmpdir(), "stowage-full-"));
  const { status, stderr } = mount(path);
  assert.equal(status, 0, stderr);
  const engine = await openEngine({ dataDir: join(path, "data") });
  const ballast = join(path, "ballast");
  return {
    engine,
    leave: async (bytes) => {
      await rm(ballast, { force: true });
      const { bavail, bsize } = await statfs(path);
      await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    },
    remove: async () => {
      unmount(path);
      await rm(path, { recursive: true });
    },
  };
}

function mount(path: string): { status: number | null; stderr: string } {
  const args = ["-t", "tmpfs", "-o", `size=${diskBytes}`, "stowage-test", path];
  return spawnSync("mount", args, { encoding: "utf8" });
}

function unmount(path: string): void {
  spawnSync("umount", [path]);
}

/** Why nothing can be mounted here, or false. */
async function cannotMount(): Promise<string | false> {
  if (process.platform !== "linux") return "a tmpfs is Linux's";
  if (process.getuid?.() !== 0) return "only root can mount a file system";
  const path = await mkdtemp(join(tmpdir(), "stowage-full-"));
  const { status, stderr } = mount(path);
  if (status === 0) unmount(path);
  await rm(path, { recursive: true });
  return status !== 0 && `nothing can be mounted: ${stderr.trim()}`;
}

for (const [name, open, skip] of [
  ["a disk that says that it is full", pretended, false],
  ["a small file system", mounted, await cannotMount()],
] as const) {
  describe(name, { skip, timeout: 60_000 }, () => {
    let disk: Disk;
    let s3: TestServer;
    let uploadId: string;
    let files: number;
    const large = Buffer.alloc(3 * MiB, "large");
    // One connection: what is left on it of a refused request would be in the way of the next.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = async (line: string, options: SendOptions = {}) => s3.send(line, { agent, ...options });

    before(async () => {
      disk = await open();
      s3 = await startTestServer({ engine: disk.engine });
      await send("PUT /full");
      await send("PUT /full/large", { body: large });
      await send("PUT /full/small", { body: "small" });
      uploadId = /<UploadId>(.*?)</.exec((await send("POST /full/parts?uploads")).text)?.[1] as string;
      await send(`PUT /full/parts?partNumber=1&uploadId=${uploadId}`, { body: large });
      files = await blobCount(disk.engine);
    });
    /** Leaves so much, and has a write find out. */
    const leave = async (bytes: number): Promise<void> => {
      await disk.leave(bytes);
      await setTimeout(forgottenMs);
      await send("PUT /full/asks", { body: "x" });
    };
    after(async () => {
      agent.destroy();
      await s3.close();
      await disk.remove();
    });

    it("a body whose size nobody said is refused where the room ends", async () => {
      await leave(reserveBytes + 2 * MiB);
      const headers = { "transfer-encoding": "chunked" };
      const body = Buffer.alloc(8 * MiB, "x");
      assert.equal((await send("PUT /full/new-endless", { body, headers })).code, "InsufficientStorage");
      assert.equal(await blobCount(disk.engine), files);
    });

    it("every way in is refused at once", async () => {
      await leave(reserveBytes / 2);
      const refused = async (line: string, options: SendOptions = {}): Promise<void> => {
        const startMs = performance.now();
        const { status, code } = await send(line, options);
        const tookMs = performance.now() - startMs;
        assert.deepEqual([status, code], [507, "InsufficientStorage"], line);
        assert.ok(tookMs < promptMs, `${line} was answered after ${Math.round(tookMs)} ms`);
      };
      for (const bytes of [70_000, 500_000, 1_000_000, 1_100_000, 1_100_000, 8_000_000]) {
        const body = Buffer.alloc(bytes, "x");
        await refused(`PUT /full/new-${bytes}`, { body });
        await refused(`PUT /full/new-${bytes}`, { body, headers: { "transfer-encoding": "chunked" } });
        await refused(`PUT /full/parts?partNumber=2&uploadId=${uploadId}`, { body });
      }
      const headers = { "x-amz-copy-source": "/full/large" };
      await refused("PUT /full/new-copy", { headers });
      await refused(`PUT /full/parts?partNumber=2&uploadId=${uploadId}`, { headers });
      const form = await postForm(s3, "full", signedFields("full"), { file: "x".repeat(500_000) });
      assert.deepEqual([form.status, form.code], [507, "InsufficientStorage"]);
      // What goes into the index may use the room that the index has.
      let tries = 0;
      while ((await send("PUT /full/inline", { body: Buffer.alloc(60_000) })).status === 200) {
        assert.ok(++tries < 1000, "bodies go into the index without an end");
      }
      await refused("PUT /full/inline-too", { body: Buffer.alloc(60_000) });
    });

    it("nothing is half stored", async () => {
      const listed = (await send("GET /full")).text;
      assert.doesNotMatch(listed, /<Key>(?:new-|up\/|inline-too)/);
      const parts = (await send(`GET /full/parts?uploadId=${uploadId}`)).text;
      assert.equal(parts.match(/<PartNumber>/g)?.length, 1);
      assert.equal(await blobCount(disk.engine), files);
      assert.deepEqual(await check(disk.engine), []);
    });

    it("what is there is read and deleted", async () => {
      assert.equal((await send("GET /full/large")).body.equals(large), true);
      assert.equal((await send("GET /full/small")).text, "small");
      assert.equal((await send("DELETE /full/small")).status, 204);
      assert.equal((await send("GET /full/small")).status, 404);
      assert.equal((await send(`DELETE /full/parts?uploadId=${uploadId}`)).status, 204);
    });

    it("writes go on when there is room again", async () => {
      await disk.leave(diskBytes);
      const untilMs = Date.now() + promptMs;
      while ((await send("PUT /full/again", { body: large })).status !== 200) {
        assert.ok(Date.now() < untilMs, "there is room, and writes are refused still");
        await setTimeout(50);
      }
      assert.equal((await send("GET /full/again")).body.equals(large), true);
    });
  });
}
