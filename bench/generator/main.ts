/**
 * The load generator, a process of its own: takes a {@link Job} as JSON in its one argument, writes a
 * {@link JobResult} as JSON.
 */

import { readUsage, type Usage } from "../proc.ts";
import type { Job, JobResult } from "./job.ts";
import { runLoad } from "./load.ts";
import { createSource } from "./requests.ts";

const job = JSON.parse(process.argv[2] ?? "") as Job;
const { hostname, port, protocol } = new URL(job.endpoint);
const tls = protocol === "https:";
const next = createSource(job);

const usage = (): Usage | null => (job.serverPid === null ? null : readUsage(job.serverPid));
let before = usage();
let startedAt = performance.now();
const timer = setTimeout(() => {
  before = usage();
  startedAt = performance.now();
}, job.warmupMs);

const load = await runLoad({ host: hostname, port: Number(port || (tls ? 443 : 80)), tls }, next, job);
clearTimeout(timer);
const seconds = (performance.now() - startedAt) / 1000;
const after = usage();
const result: JobResult = {
  ...load,
  serverCpu: before === null || after === null ? null : (after.cpuSeconds - before.cpuSeconds) / seconds,
  server: after,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
