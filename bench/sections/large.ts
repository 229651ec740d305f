/** Large bodies: against nginx on the way out, against MD5 alone on the way in; and the end of an upload of many parts. */

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createBucket } from "../../src/engine/buckets.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { completeUpload, createUpload, putPart } from "../../src/engine/multipart.ts";
import { nginxVersion, startNginx } from "../baseline/nginx.ts";
import type { JobResult } from "../generator/job.ts";
import { cores, runJson } from "../proc.ts";
import { type BenchServer, generate, makeDirectory, once, startServer } from "../server.ts";
import type { Section, Settings, Target } from "../settings.ts";
import { median } from "../stats.ts";
import { cpuMicros, errorsOf } from "./ratios.ts";

const MiB = 1024 * 1024;
const sizeBytes = 64 * MiB;
const partCount = 1000;

const md5 = fileURLToPath(new URL("../baseline/md5.js", import.meta.url));

interface Md5 {
  readonly bytesPerSecond: number;
  readonly cpuSecondsPerByte: number;
}

interface Raw {
  readonly nginx: JobResult[];
  readonly nginxSendfile: JobResult[];
  readonly get: JobResult[];
  readonly md5: Md5[];
  readonly put: JobResult[];
  readonly putSigned: JobResult[];
  completeMs: number[];
}

export async function measureLarge(settings: Settings): Promise<Section> {
  const version = nginxVersion();
  if (version === null) settings.say("large: there is no nginx here, so GET is not compared with it");
  const server = await startServer(settings, makeDirectory(settings, "large"));
  const floors = version === null ? [] : await startFloors(settings, server);
  const raw: Raw = { nginx: [], nginxSendfile: [], get: [], md5: [], put: [], putSigned: [], completeMs: [] };
  const work = { sizeBytes, keys: 2, concurrency: 2 };
  try {
    await once(settings, server, { operation: "make-bucket" });
    await once(settings, server, { operation: "put", sizeBytes, keys: 2, concurrency: 1 });
    for (let round = 1; round <= settings.rounds; round++) {
      settings.say(`large, round ${round} of ${settings.rounds}`);
      const [plain, sendfile] = floors;
      if (plain !== undefined) raw.nginx.push(await generate(settings, plain, { operation: "get", ...work }));
      if (sendfile !== undefined) {
        raw.nginxSendfile.push(await generate(settings, sendfile, { operation: "get", ...work }));
      }
      raw.get.push(await generate(settings, server, { operation: "get", ...work }));
      raw.md5.push(await runJson<Md5>(cores?.server, [md5, String(sizeBytes), String(settings.durationMs)]));
      raw.put.push(await generate(settings, server, { operation: "put", ...work, signsPayload: false }));
      raw.putSigned.push(await generate(settings, server, { operation: "put", ...work }));
    }
  } finally {
    for (const floor of floors) await floor.stop();
    await server.stop();
  }
  raw.completeMs = await completions(settings);
  return sectionOf(raw, version);
}

/** nginx without and with sendfile, on files that are named as the server's objects are. */
async function startFloors(settings: Settings, server: BenchServer): Promise<BenchServer[]> {
  const root = makeDirectory(settings, "nginx-root");
  // nginx's worker runs as itself here, but the directory above is for its owner only when nginx is started as root.
  for (const path of [settings.scratchDir, root]) chmodSync(path, 0o755);
  mkdirSync(join(root, "bench", String(sizeBytes)), { recursive: true });
  for (const name of ["0000000", "0000001"]) {
    writeFileSync(join(root, "bench", String(sizeBytes), name), Buffer.alloc(sizeBytes, "n"));
  }
  const floors: BenchServer[] = [];
  for (const sendfile of [false, true]) {
    const nginx = await startNginx(makeDirectory(settings, "nginx"), root, sendfile);
    floors.push({ ...server, endpoint: nginx.endpoint, pid: nginx.pid, stop: () => nginx.stop() });
  }
  return floors;
}

/** How long an upload of a thousand parts takes to complete, in the engine: parts may be small there. */
async function completions(settings: Settings): Promise<number[]> {
  settings.say(`large: completing uploads of ${partCount} parts`);
  const engine = await openEngine({
    dataDir: makeDirectory(settings, "complete"),
    maintenance: false,
    limits: { minPartBytes: 1 },
  });
  const owner = { id: "a".repeat(64), displayName: "bench" };
  const took: number[] = [];
  try {
    const bucket = await createBucket(engine, { name: "bench", owner, grants: [], region: "us-east-1" });
    for (let round = 0; round < settings.rounds * 3; round++) {
      const key = `parts-${round}`;
      const upload = await createUpload(engine, { bucket, key, owner, grants: [] });
      const parts = await Promise.all(
        Array.from({ length: partCount }, (_, at) =>
          putPart(engine, { upload, partNumber: at + 1, body: Buffer.from(String(at)) }),
        ),
      );
      const startedAt = performance.now();
      await completeUpload(engine, { bucket, key, uploadId: upload.uploadId, parts });
      took.push(performance.now() - startedAt);
    }
  } finally {
    await engine.close();
  }
  return took;
}

function cpuMs(results: readonly JobResult[]): number {
  return median(results.map(cpuMicros)) / 1000;
}

function mibPerSecond(results: readonly JobResult[]): number {
  return median(results.map((result) => (result.operationsPerSecond * sizeBytes) / MiB));
}

function sectionOf(raw: Raw, version: string | null): Section {
  const row = (name: string, results: readonly JobResult[]): (string | number)[] => [
    name,
    Math.round(mibPerSecond(results)),
    Math.round(cpuMs(results) * 10) / 10,
    median(results.map((result) => result.serverCpu ?? 0)),
    median(results.map((result) => result.generatorBusy)),
  ];
  const md5Rate = median(raw.md5.map((one) => one.bytesPerSecond));
  const md5CpuMs = median(raw.md5.map((one) => one.cpuSecondsPerByte)) * sizeBytes * 1000;
  const targets: Target[] = [
    {
      name: "durable PUT of 64 MiB, its SHA-256 not signed, share of MD5 alone",
      value: (mibPerSecond(raw.put) * MiB) / md5Rate,
      unit: "",
      atLeast: 0.5,
    },
    {
      name: `CompleteMultipartUpload of ${partCount} parts`,
      value: median(raw.completeMs),
      unit: "ms",
      atMost: 50,
    },
  ];
  if (version !== null) {
    targets.unshift({
      name: "GET of 64 MiB, share of nginx",
      value: mibPerSecond(raw.get) / mibPerSecond(raw.nginx),
      unit: "",
      atLeast: 0.75,
    });
  }
  return {
    title: "Large bodies",
    about:
      `Objects of 64 MiB, two connections. The floor of a GET is ${version ?? "nginx, which is not here,"} serving the same bytes on the ` +
      "same core with its own default settings (sendfile off; with sendfile for comparison); the floor of a PUT is MD5 alone on that core. " +
      "Every block of a GET is verified. SDKs sign the SHA-256 of a body where there is no TLS, and the server verifies it then. Where something else takes a share of the core, compare the processor time.",
    columns: ["what", "MiB/s", "ms CPU/op", "server CPU", "generator busy"],
    rows: [
      ...(version === null
        ? []
        : [row("nginx, GET", raw.nginx), row("nginx, GET, sendfile", raw.nginxSendfile)]),
      row("stowage, GET", raw.get),
      ["MD5 alone", Math.round(md5Rate / MiB), Math.round(md5CpuMs * 10) / 10, "", ""],
      row("stowage, PUT, UNSIGNED-PAYLOAD", raw.put),
      row("stowage, PUT, SHA-256 signed", raw.putSigned),
    ],
    targets,
    errors: errorsOf([...raw.nginx, ...raw.nginxSendfile, ...raw.get, ...raw.put, ...raw.putSigned]),
    raw,
  };
}
