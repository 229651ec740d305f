/**
 * Flips one bit after the other in copies of a store and says of each what came of it. Reading what is damaged may end this
 * process, so it says before each step what it does. Arguments: the store, a directory for copies. On standard input, a
 * line for each flip: file and bit.
 */

import { cpSync, readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import { getBucket } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { openObject } from "../../src/engine/open-object.ts";
import { sweep } from "../../src/engine/sweep.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import type { Engine } from "../../src/engine/types.ts";
import { bodyOf, buckets, keysOf, limits, stray } from "./damaged-store.ts";

/** A line of what it says. */
export type Said =
  | { readonly step: "begin"; readonly flip: string }
  | { readonly step: "check"; readonly isDamaged: boolean; readonly findings: readonly string[] }
  | { readonly step: "read"; readonly absent: number; readonly failed: number; readonly wrong: number }
  | { readonly step: "sweep"; readonly lost: readonly string[] };

const [store = "", scratch = ""] = process.argv.slice(2);
const say = (said: Said): void => void writeSync(1, `${JSON.stringify(said)}\n`);
const blobsOf = (dataDir: string): string[] =>
  readdirSync(join(dataDir, "blobs"), { recursive: true, encoding: "utf8" }).filter((name) =>
    /[0-9a-f]{32}$/.test(name),
  );

// One copy for all: a store has hundreds of directories.
const dataDir = join(scratch, `copy ${process.pid}`);
cpSync(store, dataDir, { recursive: true });
const blobs = blobsOf(dataDir);
const files = ["index/data.mdb", ...blobs.map((name) => `blobs/${name}`)];
const sound = new Map(files.map((file) => [file, readFileSync(join(dataDir, file))]));

for (const flip of readFileSync(0, "utf8").trim().split("\n")) {
  const [file = "", bit = "0"] = flip.split(" ");
  const bytes = Buffer.from(sound.get(file) ?? "");
  const at = Math.floor(Number(bit) / 8);
  bytes[at] = (bytes[at] as number) ^ (1 << (Number(bit) % 8));
  writeFileSync(join(dataDir, file), bytes);
  say({ step: "begin", flip });
  await judge();
  const left = new Set(blobsOf(dataDir).map((name) => `blobs/${name}`));
  for (const [path, whole] of sound) {
    if (path === file || path === "index/data.mdb" || !left.has(path))
      writeFileSync(join(dataDir, path), whole);
  }
}

async function judge(): Promise<void> {
  let engine: Engine;
  try {
    engine = await openEngine({ dataDir, limits, maintenance: false });
  } catch (error) {
    say({ step: "check", isDamaged: true, findings: [(error as Error).message] });
    say({ step: "read", absent: 0, failed: 0, wrong: 0 });
    say({ step: "sweep", lost: lost() });
    return;
  }
  const findings = (await check(engine)).filter(({ kind }) => kind === "damage");
  say({
    step: "check",
    isDamaged: findings.length > 0,
    findings: findings.map(({ subject, problem }) => `${subject}: ${problem}`),
  });
  say({ step: "read", ...(await readAll(engine)) });
  await sweep(engine).catch(() => 0);
  await emptyTrash(engine, { graceMs: 0 }).catch(() => 0);
  await engine.close();
  say({ step: "sweep", lost: lost() });
}

function lost(): string[] {
  const left = new Set(blobsOf(dataDir));
  return blobs.filter((name) => !left.has(name) && !name.endsWith(stray));
}

async function readAll(engine: Engine): Promise<{ absent: number; failed: number; wrong: number }> {
  const seen = { absent: 0, failed: 0, wrong: 0 };
  for (const name of buckets) {
    for (const key of keysOf()) {
      try {
        const bucket = await getBucket(engine, name);
        const object = bucket === null ? null : await openObject(engine, bucket, key);
        if (object === null) {
          seen.absent++;
          continue;
        }
        const pieces: Buffer[] = [];
        for await (const piece of object.stream(0, object.info.size - 1)) pieces.push(Buffer.from(piece));
        object.close();
        if (!Buffer.concat(pieces).equals(bodyOf(name, key))) seen.wrong++;
      } catch {
        seen.failed++;
      }
    }
  }
  return seen;
}
