/**
 * Single bits flipped anywhere in the files of a store: an error where it matters and never wrong bytes, nothing is missing
 * without a check that finds why, and no start of a server removes what an object has.
 *
 * A sample by default; `STOWAGE_FLIPPED_BITS=3000` for more, `STOWAGE_FLIPPED_BITS_SEED` for the same once more.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

import type { Said } from "./damage-judge.ts";
import { makeStore } from "./damaged-store.ts";

const flips = Number(process.env["STOWAGE_FLIPPED_BITS"] ?? 60);
const seed = Number(process.env["STOWAGE_FLIPPED_BITS_SEED"] ?? Math.floor(Math.random() * 1_000_000));
const pageBytes = 4096;
const index = "index/data.mdb";
const judge = fileURLToPath(new URL("damage-judge.js", import.meta.url));

it(
  `of ${flips} flipped bits none hides or loses an object unnoticed`,
  { timeout: 60_000 + flips * 500 },
  async (test) => {
    const directory = await mkdtemp(join(tmpdir(), "stowage-flips-"));
    try {
      const store = join(directory, "store");
      await makeStore(store);
      const places = await chooseBits(store);
      const outcomes = new Map<string, Outcome>();
      // A process that reads what is damaged may end there: another goes on behind that bit.
      for (let at = 0; at < places.length; at = outcomes.size) {
        await judgeUntilItEnds(store, directory, places.slice(at), outcomes);
      }
      const tally = { harmless: 0, found: 0, ended: 0 };
      for (const [flip, { check, read, sweep, ended }] of outcomes) {
        const told = `seed ${seed}, ${flip}: ${JSON.stringify({ check, read, sweep, ended })}`;
        assert.equal(read?.wrong ?? 0, 0, `wrong bytes, ${told}`);
        assert.deepEqual(sweep?.lost ?? [], [], `a file was removed, ${told}`);
        // The check of the command line runs apart, and tells that it was ended.
        const isFound = check === undefined || check.isDamaged;
        if (ended !== undefined) tally.ended++;
        if (isFound) tally.found++;
        else {
          tally.harmless++;
          assert.deepEqual(
            read,
            { step: "read", absent: 0, failed: 0, wrong: 0 },
            `not found by a check, ${told}`,
          );
          assert.equal(ended, undefined, told);
        }
      }
      test.diagnostic(`seed ${seed}: ${JSON.stringify(tally)}`);
      assert.equal(outcomes.size, places.length);
      assert.ok(tally.found > 0 && tally.harmless > 0);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);

interface Outcome {
  check?: Extract<Said, { step: "check" }>;
  read?: Extract<Said, { step: "read" }>;
  sweep?: Extract<Said, { step: "sweep" }>;
  /** By what the process was ended. */
  ended?: string;
}

async function judgeUntilItEnds(
  store: string,
  scratch: string,
  places: readonly string[],
  outcomes: Map<string, Outcome>,
): Promise<void> {
  const child = spawn(process.execPath, [judge, store, scratch], { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (bytes: Buffer) => (complaint = bytes.toString()));
  const closed = once(child, "close");
  child.stdin.on("error", () => {});
  child.stdin.end(places.join("\n"));
  let outcome: Outcome = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Said;
    if (said.step === "begin") {
      outcome = {};
      outcomes.set(said.flip, outcome);
    } else Object.assign(outcome, { [said.step]: said });
  }
  const [code, signal] = (await closed) as [number | null, string | null];
  if (signal !== null) outcome.ended = signal;
  else assert.equal(code, 0, `seed ${seed}, ${[...outcomes.keys()].at(-1)}: ${complaint}`);
}

/** Half of them in the index anywhere, some where its pages have their headers, and some in files. */
async function chooseBits(store: string): Promise<string[]> {
  const chance = randomFrom(seed);
  const pick = (count: number): number => Math.floor(chance() * count);
  const blobs = (await readdir(join(store, "blobs"), { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile(),
  );
  const { size } = await stat(join(store, index));
  const chosen = new Set<string>();
  while (chosen.size < flips) {
    const kind = pick(20);
    if (kind === 0) {
      const blob = blobs[pick(blobs.length)];
      const path = join(blob?.parentPath ?? "", blob?.name ?? "");
      const bytes = (await stat(path)).size;
      if (bytes > 0) chosen.add(`${relative(store, path)} ${pick(bytes * 8)}`);
    } else if (kind < 10) chosen.add(`${index} ${pick(size * 8)}`);
    else chosen.add(`${index} ${(pick(size / pageBytes) * pageBytes + pick(64)) * 8 + pick(8)}`);
  }
  return [...chosen];
}

/** Park and Miller's generator. */
function randomFrom(start: number): () => number {
  let state = (start % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
