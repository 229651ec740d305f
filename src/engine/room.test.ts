import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";

import { watchRoom } from "./room.ts";

const megabyte = 1024 * 1024;

describe("watchRoom()", () => {
  /** A file system of 1,000 MB, of which 20 MB are the reserve. */
  async function watch(
    freeBytes: number,
    reusableBytes = 0,
  ): Promise<{
    take: (bytes: number, where?: "index" | "file") => Promise<string>;
    set: (freeBytes: number) => void;
  }> {
    let nowMs = 0;
    const now = { freeBytes };
    const room = await watchRoom(
      {
        disk: async () => ({ freeBytes: now.freeBytes, totalBytes: 1000 * megabyte }),
        index: () => reusableBytes,
      },
      () => nowMs,
    );
    return {
      async take(bytes, where = "file"): Promise<string> {
        nowMs += 1000;
        try {
          room.take(bytes, where);
          return "taken";
        } catch (error) {
          return (error as { code: string }).code;
        } finally {
          await setImmediate();
        }
      },
      set(bytes): void {
        now.freeBytes = bytes;
      },
    };
  }

  it("gives room while more than the reserve is left", async () => {
    const { take } = await watch(100 * megabyte);
    assert.equal(await take(79 * megabyte), "taken");
    assert.equal(await take(81 * megabyte), "InsufficientStorage");
  });

  it("counts what was taken since the system was asked", async () => {
    let asked = 0;
    const room = await watchRoom(
      {
        disk: async () => {
          asked++;
          return { freeBytes: 500 * megabyte, totalBytes: 1000 * megabyte };
        },
        index: () => 0,
      },
      () => 0,
    );
    room.take(400 * megabyte, "file");
    assert.throws(() => room.take(100 * megabyte, "file"), { code: "InsufficientStorage" });
    assert.equal(asked, 1);
  });

  it("gives room in the index where it can use its own again", async () => {
    const { take } = await watch(0, 50 * megabyte);
    assert.equal(await take(10 * megabyte, "file"), "InsufficientStorage");
    assert.equal(await take(10 * megabyte, "index"), "taken");
    assert.equal(await take(40 * megabyte, "index"), "InsufficientStorage");
  });

  it("sees that there is room again", async () => {
    const { take, set } = await watch(0);
    assert.equal(await take(1), "InsufficientStorage");
    set(100 * megabyte);
    assert.equal(await take(1), "InsufficientStorage");
    assert.equal(await take(1), "taken");
  });

  it("lets every write try where the system does not tell", async () => {
    const room = await watchRoom(
      { disk: () => Promise.reject(new Error("ENOSYS")), index: () => 0 },
      () => 0,
    );
    room.take(10 ** 15, "file");
  });
});
