/** What Stowage adds to the floor that it stands on: node:http under a GET, LMDB under a durable PUT. */

import { fileURLToPath } from "node:url";
import type { JobResult } from "../generator/job.ts";
import { cores, runJson, startSubject } from "../proc.ts";
import { type BenchServer, generate, makeDirectory, once, startServer } from "../server.ts";
import type { Section, Settings } from "../settings.ts";
import { median } from "../stats.ts";

const sizeBytes = 4096;
const writers = 64;
const getKeys = 10_000;
const putKeys = 100_000;

const bareHttp = fileURLToPath(new URL("../baseline/bare-http.js", import.meta.url));
const lmdbCommits = fileURLToPath(new URL("../baseline/lmdb-commits.js", import.meta.url));

/** Rounds of floor and Stowage in turn, so that whatever the machine does besides falls on both. */
export async function measureRatios(settings: Settings): Promise<Section> {
  const server = await startServer(settings, makeDirectory(settings, "ratios"));
  const bare = await startSubject([bareHttp, String(sizeBytes)], /^listening/);
  const floor: BenchServer = { ...server, endpoint: bare.ready.replace("listening on ", ""), pid: bare.pid };
  const raw: Record<"bareGet" | "get" | "put", JobResult[]> & { lmdb: number[] } = {
    bareGet: [],
    get: [],
    lmdb: [],
    put: [],
  };
  try {
    await once(settings, server, { operation: "make-bucket" });
    await once(settings, server, { operation: "put", sizeBytes, keys: getKeys });
    for (let round = 1; round <= settings.rounds; round++) {
      settings.say(`ratios, round ${round} of ${settings.rounds}`);
      raw.bareGet.push(await generate(settings, floor, { operation: "get", sizeBytes, keys: getKeys }));
      raw.get.push(await generate(settings, server, { operation: "get", sizeBytes, keys: getKeys }));
      raw.lmdb.push(await measureLmdb(settings));
      const bucket = `bench-put-${round}`;
      await once(settings, server, { operation: "make-bucket", bucket });
      raw.put.push(
        await generate(settings, server, {
          operation: "put",
          bucket,
          sizeBytes,
          keys: putKeys,
          concurrency: writers,
        }),
      );
    }
  } finally {
    await bare.stop();
    await server.stop();
  }
  return sectionOf(raw);
}

async function measureLmdb(settings: Settings): Promise<number> {
  const args = [
    lmdbCommits,
    makeDirectory(settings, "lmdb"),
    String(writers),
    String(sizeBytes),
    String(settings.durationMs),
  ];
  return (await runJson<{ operationsPerSecond: number }>(cores?.server, args)).operationsPerSecond;
}

function sectionOf(raw: Record<"bareGet" | "get" | "put", JobResult[]> & { lmdb: number[] }): Section {
  const bareGet = rateOf(raw.bareGet);
  const get = rateOf(raw.get);
  const put = rateOf(raw.put);
  const lmdb = median(raw.lmdb);
  const row = (name: string, results: readonly JobResult[]): (string | number)[] => [
    name,
    Math.round(rateOf(results)),
    median(results.map((result) => result.p50Ms)),
    median(results.map((result) => result.p99Ms)),
    median(results.map((result) => result.serverCpu ?? 0)),
    median(results.map(cpuMicros)),
    median(results.map((result) => result.generatorBusy)),
  ];
  return {
    title: "Against the floor",
    about:
      "4 KiB objects, 64 connections. The floor of a GET is node:http answering 4 KiB on the same core to the same generator; " +
      "the floor of a durable PUT is 64 writers that each await an LMDB commit of 4 KiB (overlappingSync false) on that core.",
    columns: ["what", "ops/s", "p50 ms", "p99 ms", "server CPU", "µs CPU/op", "generator busy"],
    rows: [
      row("bare node:http, GET", raw.bareGet),
      row("stowage, GET", raw.get),
      ["LMDB, commits", Math.round(lmdb), "", "", "", "", ""],
      row("stowage, PUT", raw.put),
    ],
    targets: [
      { name: "4 KiB GET, share of bare node:http", value: get / bareGet, unit: "", atLeast: 0.3 },
      { name: "durable 4 KiB PUT, share of LMDB commits", value: put / lmdb, unit: "", atLeast: 0.25 },
    ],
    errors: errorsOf([...raw.bareGet, ...raw.get, ...raw.put]),
    raw,
  };
}

/** Processor time of the server for one request: what stays the same when other work takes the core away. */
export function cpuMicros({ serverCpu, operationsPerSecond }: JobResult): number {
  return serverCpu === null ? Number.NaN : (serverCpu / operationsPerSecond) * 1e6;
}

/** The median of some results. */
export function rateOf(results: readonly JobResult[]): number {
  return median(results.map((result) => result.operationsPerSecond));
}

/** The errors of some results, in words. */
export function errorsOf(results: readonly JobResult[]): string[] {
  return results
    .filter(({ errors }) => errors > 0)
    .map(({ errors, firstError }) => `${errors} requests failed, first: ${firstError}`);
}
