/**
 * A writer under load gets SIGKILL at a random moment, again and again on the same data directory. After each:
 * everything acknowledged is there and whole, nothing deleted comes back, and an operation under way has happened or not.
 * Before it is looked at, two more processes are killed, while they open the directory, sweep it and empty its trash.
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
const opener = fileURLToPath(new URL("opener.js", import.meta.url));

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
        let opened = "";
        for (let i = 0; i < 2; i++) opened += await openUntilKilled(dataDir);
        const when = `seed ${seed}, round ${round}, killed after ${Math.round(afterMs)} ms, opened ${opened}`;
        await judge(dataDir, states, when);
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

/** Lets a process open the directory, and kills it in the midst of that or soon after; returns what it said. */
async function openUntilKilled(dataDir: string): Promise<string> {
  const child = spawn(process.execPath, [opener, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  const afterMs = 80 + Math.random() * 200;
  setTimeout(() => child.kill("SIGKILL"), afterMs);
  let said = `for ${Math.round(afterMs)} ms `;
  child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString().trim()));
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  assert.equal(signal, "SIGKILL", "the opener ended by itself");
  return `${said}; `;
}
