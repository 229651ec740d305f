/**
 * A writer under load gets SIGKILL at a random moment, again and again on the same data directory. After each:
 * everything acknowledged is there and whole, nothing deleted comes back, and an operation under way has happened or not.
 *
 * A few rounds by default; `STOWAGE_CRASH_ROUNDS=50` for more.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

import { follow, judge, type KeyState } from "./judge.ts";
import type { Line } from "./operations.ts";

const rounds = Number(process.env["STOWAGE_CRASH_ROUNDS"] ?? 3);
const writer = fileURLToPath(new URL("writer.js", import.meta.url));

it(
  `keeps what it acknowledged through ${rounds} kills`,
  { timeout: 60_000 + rounds * 20_000 },
  async (test) => {
    const dataDir = await mkdtemp(join(tmpdir(), "stowage-crash-"));
    const seed = Math.floor(Math.random() * 1_000_000);
    const states = new Map<string, KeyState>();
    let acknowledged = 0;
    try {
      for (let round = 0; round < rounds; round++) {
        const afterMs = 30 + Math.random() * 600;
        const lines = await writeUntilKilled(dataDir, round * 1_000_000, seed + round, afterMs);
        acknowledged += lines.filter(({ state }) => state === "done").length;
        for (const line of lines) follow(states, line);
        await judge(dataDir, states, `seed ${seed}, round ${round}, killed after ${Math.round(afterMs)} ms`);
      }
    } finally {
      await rm(dataDir, { recursive: true });
    }
    test.diagnostic(`${acknowledged} operations were acknowledged, seed ${seed}`);
    assert.ok(acknowledged > 0);
  },
);

/** The lines of a writer that is killed some time after its first acknowledgement. */
async function writeUntilKilled(
  dataDir: string,
  firstSequence: number,
  seed: number,
  afterMs: number,
): Promise<Line[]> {
  const child = spawn(process.execPath, [writer, dataDir, String(firstSequence), String(seed)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const lines: Line[] = [];
  let isAcknowledging = false;
  for await (const text of createInterface({ input: child.stdout })) {
    // The last line may be cut.
    if (!text.endsWith("}")) continue;
    const line = JSON.parse(text) as Line;
    if (line.state === "done" && !isAcknowledging) {
      isAcknowledging = true;
      setTimeout(() => child.kill("SIGKILL"), afterMs);
    }
    lines.push(line);
  }
  const [, signal] = (await closed) as [number | null, string | null];
  assert.equal(signal, "SIGKILL", "the writer ended by itself");
  return lines;
}
