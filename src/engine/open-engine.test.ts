import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { Draft } from "./atomic.ts";
import { openEngine } from "./engine.ts";

/** A process that opens the engine, forgets it, says so, and stays. */
async function openElsewhere(dataDir: string): Promise<ChildProcess> {
  const engine = new URL("engine.js", import.meta.url).href;
  const program = `const { openEngine } = await import(${JSON.stringify(engine)});
    await openEngine({ dataDir: process.argv[1] });
    // The lock is the process's, also when nobody refers to the engine any more.
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(() => resolve(gc())));
    console.log("open");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--expose-gc", "--input-type=module", "-e", program, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  assert.ok(child.stdout);
  await once(child.stdout, "data");
  return child;
}

describe("openEngine()", () => {
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "stowage-owner-"));
  });
  after(() => rm(dataDir, { recursive: true }));

  it("refuses a directory that this process has open, until it is closed", async () => {
    const engine = await openEngine({ dataDir });
    await assert.rejects(openEngine({ dataDir }), {
      name: "DataDirectoryInUseError",
      code: "DATA_DIRECTORY_IN_USE",
      message: `Cannot open "${dataDir}": it is in use by process ${process.pid}`,
    });
    await engine.close();
    // To close again is no error.
    await engine.close();
    await (await openEngine({ dataDir })).close();
  });

  it("refuses a directory of a later format, and lets go of it", async () => {
    const later = join(dataDir, "later");
    const engine = await openEngine({ dataDir: later });
    await engine.index.commit(new Draft().put("meta", Buffer.from("format"), Buffer.of(3)));
    await engine.close();
    const expected = {
      message: `Cannot open "${later}": it is of format 3, this version knows format 1 to 2`,
    };
    await assert.rejects(openEngine({ dataDir: later }), expected);
    await assert.rejects(openEngine({ dataDir: later }), expected);
  });

  it("opens a directory of an earlier format, and marks it, so that the earlier version refuses it", async () => {
    const earlier = join(dataDir, "earlier");
    const engine = await openEngine({ dataDir: earlier });
    await engine.index.commit(new Draft().put("meta", Buffer.from("format"), Buffer.of(1)));
    await engine.close();
    const again = await openEngine({ dataDir: earlier });
    assert.deepEqual((await again.index.get("meta", Buffer.from("format")))?.value, Buffer.of(2));
    await again.close();
  });

  it("refuses a directory that another process has open, with its pid, until that process is gone", async (t) => {
    const child = await openElsewhere(dataDir);
    t.after(() => child.kill("SIGKILL"));
    await assert.rejects(openEngine({ dataDir }), {
      pid: child.pid,
      message: `Cannot open "${dataDir}": it is in use by process ${child.pid}`,
    });
    // Refusing must not have loosened the owner's lock.
    await assert.rejects(openEngine({ dataDir }), { pid: child.pid });
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await openEngine({ dataDir })).close();
  });

  it("lets nobody else read the data directory", async () => {
    const fresh = join(dataDir, "fresh");
    await (await openEngine({ dataDir: fresh })).close();
    assert.equal((await stat(fresh)).mode & 0o777, 0o700);
    for (const name of await readdir(join(fresh, "index"))) {
      assert.equal((await stat(join(fresh, "index", name))).mode & 0o777, 0o600, name);
    }
  });
});
