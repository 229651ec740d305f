import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeDirectory } from "./make-directory.ts";

test("makeDirectory() makes what is missing for its owner alone, and takes what is there", async () => {
  const root = mkdtempSync(join(tmpdir(), "stowage-directories-"));
  try {
    const path = join(root, "a", "b", "c");
    await Promise.all([makeDirectory(path), makeDirectory(join(root, "a", "b")), makeDirectory(path)]);
    await makeDirectory(path);
    assert.equal(statSync(join(root, "a")).mode & 0o777, 0o700);
    writeFileSync(join(root, "file"), "");
    await assert.rejects(makeDirectory(join(root, "file")), { code: "EEXIST" });
    await assert.rejects(makeDirectory(join(root, "file", "below")), { code: "ENOTDIR" });
  } finally {
    rmSync(root, { recursive: true });
  }
});

test(
  "makeDirectory() fails where a directory takes no entries",
  { skip: process.platform === "linux" ? false : "there is a /proc on Linux alone" },
  async () => {
    await assert.rejects(makeDirectory("/proc/stowage/data"), { code: "ENOENT" });
  },
);
