/** What a storage adds to the client that it stands on. */

import { S3Client } from "../../src/client.ts";
import { s3 } from "../../src/storage.ts";
import { readUsage } from "../proc.ts";
import { makeDirectory, startServer } from "../server.ts";
import type { Section, Settings } from "../settings.ts";
import { median } from "../stats.ts";

const sizeBytes = 64 * 1024;
const together = 8;

/** Each figure is processor time: of this process, which has the client and the storage, and of the server. */
export async function measureStorage(settings: Settings): Promise<Section> {
  settings.say("storage against client");
  const server = await startServer(settings, makeDirectory(settings, "storage"));
  const credentials = { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey };
  const client = new S3Client({ endpoint: server.endpoint, region: server.region, credentials });
  const bucket = "bench-storage";
  await client.createBucket({ bucket });
  const storage = s3({
    endpointUrl: server.endpoint,
    regionName: server.region,
    accessKey: server.accessKeyId,
    secretKey: server.secretAccessKey,
    bucketName: bucket,
  });
  const body = Buffer.alloc(sizeBytes, "b");
  const contentType = "application/octet-stream";
  const steps = {
    put: (i: number) => client.putObject({ bucket, key: `f${i}.bin`, body, contentType }),
    save: (i: number) => storage.save(`f${i}.bin`, body),
    get: async (i: number) => (await client.getObject({ bucket, key: `f${i}.bin` })).body.bytes(),
    open: async (i: number) => (await storage.open(`f${i}.bin`)).bytes(),
  };
  const raw: Record<keyof typeof steps, number[]> = { put: [], save: [], get: [], open: [] };
  const count = settings.quick ? 16 : 400;
  try {
    const inOrder = Object.entries(steps) as [keyof typeof steps, (typeof steps)["put"]][];
    for (let round = -1; round < settings.rounds * 15; round++) {
      // In turn there and back: what the garbage collector does after each is not always the same one's to pay.
      for (const [name, step] of round % 2 === 1 ? inOrder.toReversed() : inOrder) {
        const before = usedMicros(server.pid);
        for (let i = 0; i < count; i += together) {
          await Promise.all(Array.from({ length: together }, (_, j) => step(i + j)));
        }
        const used = usedMicros(server.pid) - before;
        if (round >= 0) raw[name].push(used / count);
      }
    }
  } finally {
    await storage.close();
    await client.close();
    await server.stop();
  }
  const ratio = (one: keyof typeof steps, other: keyof typeof steps): number =>
    median(raw[one]) / median(raw[other]);
  return {
    title: "A storage against its client",
    about: `Files of 64 KiB, ${together} at once, in turn in one process: processor time of it and of the server for a file.`,
    columns: ["what", "µs"],
    rows: Object.entries(raw).map(([name, values]) => [name, Math.round(median(values))]),
    targets: [
      { name: "save() against putObject()", value: ratio("save", "put"), unit: "", atMost: 1.1 },
      { name: "open() and read against getObject()", value: ratio("open", "get"), unit: "", atMost: 1.1 },
    ],
    errors: [],
    raw,
  };
}

function usedMicros(pid: number | null): number {
  const { user, system } = process.cpuUsage();
  const served = pid === null ? 0 : (readUsage(pid)?.cpuSeconds ?? 0);
  return user + system + served * 1e6;
}
