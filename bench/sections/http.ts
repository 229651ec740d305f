/** What it costs to send a file from disk: ours beside Express's own sendFile, in one process and in turn. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { readUsage, startSubject } from "../proc.ts";
import { makeDirectory } from "../server.ts";
import type { Section, Settings } from "../settings.ts";
import { median } from "../stats.ts";

const program = fileURLToPath(new URL("../baseline/file-servers.js", import.meta.url));
const connections = 16;
const sizes = { "64 KiB": 64 * 1024, "1 MiB": 1024 * 1024 };

export async function measureHttp(settings: Settings): Promise<Section> {
  const rows: (string | number)[][] = [];
  const targets: Section["targets"][number][] = [];
  const raw: Record<string, Record<"express" | "stowage", number[]>> = {};
  for (const [title, bytes] of Object.entries(sizes)) {
    settings.say(`files of ${title} over HTTP`);
    const micros: Record<"express" | "stowage", number[]> = { express: [], stowage: [] };
    raw[title] = micros;
    const directory = makeDirectory(settings, "http");
    writeFileSync(join(directory, "file.bin"), Buffer.alloc(bytes, "b"));
    const subject = await startSubject([program, directory, "file.bin"], /^listening/);
    const pool = new Pool(subject.ready.replace("listening on ", ""), { connections });
    try {
      for (let round = -1; round < settings.rounds * 3; round++) {
        for (const which of ["express", "stowage"] as const) {
          const figure = await cpuMicrosOf(pool, subject.pid, `/${which}`, settings);
          // The first is to warm up.
          if (round >= 0) micros[which].push(figure);
        }
      }
    } finally {
      await pool.close();
      await subject.stop();
    }
    const [express, stowage] = [median(micros.express), median(micros.stowage)];
    rows.push([title, Math.round(express), Math.round(stowage)]);
    targets.push({
      name: `sendFile of ${title}, processor time against Express's`,
      value: stowage / express,
      unit: "",
      atMost: 1,
    });
  }
  return {
    title: "Files over HTTP",
    about: `A file on disk by Express's sendFile and by ours, ${connections} connections, in turn on one process: processor time of it for a request.`,
    columns: ["file", "Express, µs", "Stowage, µs"],
    rows,
    targets,
    errors: [],
    raw,
  };
}

async function cpuMicrosOf(pool: Pool, pid: number, path: string, settings: Settings): Promise<number> {
  const before = readUsage(pid)?.cpuSeconds ?? Number.NaN;
  const end = performance.now() + settings.durationMs / 2;
  let requests = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const { statusCode, body } = await pool.request({ method: "GET", path });
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
      await body.dump({ limit: Number.MAX_SAFE_INTEGER });
      requests++;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return (((readUsage(pid)?.cpuSeconds ?? Number.NaN) - before) / requests) * 1e6;
}
