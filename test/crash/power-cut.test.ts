/**
 * The power goes while a writer is under load: what is left is what was flushed, and of the rest any sectors and any
 * directory entries. strace tells which calls the writer made, with their bytes, LMDB's among them; a disk is put together
 * as it would be after each of some moments, and must hold everything that was acknowledged by then.
 *
 * A few cuts by default; `STOWAGE_POWER_CUTS=200` for more.
 */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { DiskImage } from "./disk-image.ts";
import { follow, type KeyState } from "./judge.ts";
import type { Line } from "./operations.ts";
import { type Event, readSystemCalls, straceArguments } from "./system-calls.ts";

const cuts = Number(process.env["STOWAGE_POWER_CUTS"] ?? 8);
const writer = fileURLToPath(new URL("writer.js", import.meta.url));
const judgeOnce = fileURLToPath(new URL("judge-once.js", import.meta.url));
const hasStrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

it(
  `keeps what it acknowledged through ${cuts} power cuts`,
  { skip: !hasStrace && "strace is not here, or may not trace", timeout: 90_000 + cuts * 5000 },
  async (test) => {
    const directory = await mkdtemp(join(tmpdir(), "stowage-power-"));
    const seed = Math.floor(Math.random() * 1_000_000);
    try {
      const dataDir = join(directory, "data");
      // Made before the trace: an operator's directory is there.
      await mkdir(dataDir);
      const log = join(directory, "log");
      await traceWriter(dataDir, log, seed);
      const events = await readSystemCalls(log, dataDir);
      const firstDone = events.findIndex((event) => event.kind === "said" && event.text.includes('"done"'));
      assert.ok(firstDone > 0, "nothing was acknowledged");
      const chance = randomFrom(seed);
      const moments = Array.from({ length: cuts }, () =>
        Math.floor(firstDone + chance() * (events.length - firstDone)),
      ).toSorted((a, b) => a - b);
      const image = new DiskImage();
      const states = new Map<string, KeyState>();
      let at = 0;
      let acknowledged = 0;
      for (const [cut, moment] of moments.entries()) {
        for (; at <= moment; at++) {
          const event = events[at] as Event;
          image.apply(event);
          if (event.kind !== "said") continue;
          for (const line of linesOf(event.text)) {
            if (line.state === "done") acknowledged++;
            follow(states, line);
          }
        }
        const left = join(directory, `cut ${cut}`);
        await mkdir(left);
        image.write(dataDir, left, chance);
        judgeApart(left, states, `seed ${seed}, cut after call ${moment} of ${events.length}`);
        await rm(left, { recursive: true });
      }
      test.diagnostic(`${acknowledged} operations were acknowledged before the last cut, seed ${seed}`);
      assert.ok(acknowledged > 0);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);

/** What was under way is settled there and not here: the next cut is of the same history. */
function judgeApart(dataDir: string, states: ReadonlyMap<string, KeyState>, when: string): void {
  const { status, signal, stderr } = spawnSync(process.execPath, [judgeOnce, dataDir, when], {
    input: JSON.stringify([...states]),
    encoding: "utf8",
  });
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, `${when}\n${stderr}`);
}

/** Traces a writer for a while after its first acknowledgement. */
async function traceWriter(dataDir: string, log: string, seed: number): Promise<void> {
  const command = [...straceArguments, "-o", log, process.execPath, writer, dataDir, "0", String(seed)];
  const child = spawn("strace", command, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const closed = once(child, "close");
  child.stdout.once("data", () => {
    void setTimeout(1500).then(() => process.kill(-(child.pid as number), "SIGKILL"));
  });
  child.stdout.resume();
  await closed;
}

function linesOf(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line) as Line);
}

/** Park and Miller's generator: a seed gives the same cuts of the same trace. */
function randomFrom(start: number): () => number {
  let state = (start % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
