import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { openEngine } from "../../src/engine/open-engine.ts";
import { other, startTestServer } from "../support/server.ts";

const read = "GET /_stowage/metrics";

test("metrics with a token are for who shows it, and for administrators who sign", async (t) => {
  const s3 = await startTestServer({ metricsToken: "a-token" });
  t.after(() => s3.close());
  const shown = (authorization: string) => s3.send(read, { as: null, headers: { authorization } });
  assert.match((await shown("Bearer a-token")).text, /^stowage_/m);
  assert.match((await s3.send(read)).text, /^stowage_/m);
  for (const wrong of ["Bearer a-toke", "Bearer a-tokem", "Bearer a-tokena"]) {
    const { status, text } = await shown(wrong);
    assert.equal(status, 403, wrong);
    assert.doesNotMatch(text, /stowage_/);
  }
  for (const as of [null, other]) assert.equal((await s3.send(read, { as })).status, 403);
  assert.equal((await s3.send("GET /_stowage/health", { as: null })).status, 200);
  assert.equal((await shown("Basic a-token")).status, 400);
});

test("metrics tell how full the disk is", async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-metrics-"));
  const engine = await openEngine({ dataDir });
  const s3 = await startTestServer({ engine });
  t.after(async () => {
    await s3.close();
    await rm(dataDir, { recursive: true });
  });
  let text = "";
  for (let tries = 0; tries < 500 && !text.includes("\nstowage_disk_size_bytes "); tries++) {
    await sleep(20);
    ({ text } = await s3.send(read, { as: null }));
  }
  const [size, free, index] = ["disk_size", "disk_free", "index_size"].map((name) =>
    Number(new RegExp(`^stowage_${name}_bytes (\\d+)$`, "m").exec(text)?.[1]),
  ) as [number, number, number];
  assert.ok(size > free && free > 0, text);
  assert.ok(index >= 4096, text);
});
