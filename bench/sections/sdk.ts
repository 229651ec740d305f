/** What a request costs by the client, and by AWS's own. */

import { S3Client } from "../../src/client.ts";
import { awsSdk } from "../aws-sdk.ts";
import { type BenchServer, makeDirectory, startServer } from "../server.ts";
import type { Section, Settings, Target } from "../settings.ts";
import { median } from "../stats.ts";

const together = 16;
const bucket = "bench-sdk";

/** What both clients are asked for. */
interface Caller {
  put(key: string, body: Buffer): Promise<unknown>;
  get(key: string): Promise<unknown>;
  head(key: string): Promise<unknown>;
  list(): Promise<unknown>;
  close(): unknown;
}

interface Step {
  readonly name: string;
  /** Requests of one measurement. */
  readonly count: number;
  /** What of the SDK's processor time ours may be at most. */
  readonly atMost: number;
  readonly ask: (caller: Caller, i: number) => Promise<unknown>;
}

const small = Buffer.alloc(4096, "s");
const large = Buffer.alloc(1024 * 1024, "l");
const smallKey = (i: number): string => `small-${i % 1000}`;
const largeKey = (i: number): string => `large-${i % 50}`;

const steps: readonly Step[] = [
  { name: "PUT 4 KiB", count: 4000, atMost: 0.33, ask: (caller, i) => caller.put(smallKey(i), small) },
  { name: "GET 4 KiB", count: 4000, atMost: 0.33, ask: (caller, i) => caller.get(smallKey(i)) },
  { name: "HEAD", count: 4000, atMost: 0.33, ask: (caller, i) => caller.head(smallKey(i)) },
  { name: "LIST 1,000 keys", count: 64, atMost: 0.5, ask: (caller) => caller.list() },
  { name: "PUT 1 MiB", count: 200, atMost: 0.67, ask: (caller, i) => caller.put(largeKey(i), large) },
  { name: "GET 1 MiB", count: 400, atMost: 0.5, ask: (caller, i) => caller.get(largeKey(i)) },
];

/** Processor time is this process's, which has both clients; the server has a process and a core of its own. */
export async function measureSdk(settings: Settings): Promise<Section> {
  settings.say("requests of the client beside AWS's SDK");
  const path = awsSdk();
  const about = `${together} requests at once, in turn in one process: its processor time for a request, with reading the answer.`;
  const section = { title: "The client beside AWS's SDK for JavaScript", about, errors: [] };
  if (path === null) {
    const rows = [["@aws-sdk/client-s3", "not there: `node dist/test/clients/run.js --install` brings it"]];
    return { ...section, columns: ["what", "figure"], rows, targets: [], raw: {} };
  }
  const server = await startServer(settings, makeDirectory(settings, "sdk"));
  const callers = { ours: callOurs(server), sdk: await callSdk(server, path) };
  const raw: Record<string, Figures> = {};
  try {
    await callers.ours.client.createBucket({ bucket });
    for (const { name, count, ask } of steps) {
      const figures: Figures = { ours: [], sdk: [] };
      for (let round = -1; round < settings.rounds; round++) {
        for (const who of ["ours", "sdk"] as const) {
          const micros = await microsOf(settings.quick ? together : count, (i) => ask(callers[who], i));
          if (round >= 0) figures[who].push(micros);
        }
      }
      raw[name] = figures;
    }
  } finally {
    await callers.ours.close();
    callers.sdk.close();
    await server.stop();
  }
  const results = steps.map(({ name, atMost }) => {
    const { ours, sdk } = raw[name] as Figures;
    return { name, atMost, ours: median(ours), sdk: median(sdk), ratio: median(ours) / median(sdk) };
  });
  return {
    ...section,
    columns: ["request", "ours, µs", "the SDK's, µs", "ratio"],
    rows: results.map(({ name, ours, sdk, ratio }) => [name, Math.round(ours), Math.round(sdk), ratio]),
    targets: results.map(({ name, ratio, atMost }): Target => ({
      name: `${name}: processor time to that of AWS's SDK`,
      value: ratio,
      unit: "",
      atMost,
    })),
    raw,
  };
}

/** Microseconds of each round. */
interface Figures {
  readonly ours: number[];
  readonly sdk: number[];
}

function callOurs({ endpoint, region, accessKeyId, secretAccessKey }: BenchServer): Caller & {
  readonly client: S3Client;
} {
  const client = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  return {
    client,
    put: (key, body) => client.putObject({ bucket, key, body }),
    get: async (key) => (await client.getObject({ bucket, key })).body.bytes(),
    head: (key) => client.headObject({ bucket, key }),
    list: () => client.listObjectsV2({ bucket }),
    close: () => client.close(),
  };
}

/** What is used of `@aws-sdk/client-s3`. */
interface Sdk {
  readonly S3Client: new (options: object) => {
    send(command: object): Promise<{ Body?: { transformToByteArray(): Promise<Uint8Array> } }>;
    destroy(): void;
  };
  readonly PutObjectCommand: new (input: object) => object;
  readonly GetObjectCommand: new (input: object) => object;
  readonly HeadObjectCommand: new (input: object) => object;
  readonly ListObjectsV2Command: new (input: object) => object;
}

async function callSdk(
  { endpoint, region, accessKeyId, secretAccessKey }: BenchServer,
  path: string,
): Promise<Caller> {
  const sdk = (await import(path)) as Sdk;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new sdk.S3Client({ endpoint, region, credentials, forcePathStyle: true });
  return {
    put: (Key, Body) => client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key, Body })),
    get: async (Key) => {
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key }));
      return Body?.transformToByteArray();
    },
    head: (Key) => client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key })),
    list: () => client.send(new sdk.ListObjectsV2Command({ Bucket: bucket })),
    close: () => client.destroy(),
  };
}

async function microsOf(count: number, request: (i: number) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await request(next++);
  };
  await Promise.all(Array.from({ length: together }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
