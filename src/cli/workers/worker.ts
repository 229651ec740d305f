/**
 * A worker of `stowage serve --workers N`: it answers requests on the sockets that the owner hands out. What is done once
 * for a data directory, the owner does.
 */

import cluster from "node:cluster";
import { resolve } from "node:path";
import type { EngineOwner } from "../../engine/engine.ts";
import { createMetrics, type RenderedMetrics } from "../../server/metrics.ts";
import { createServer } from "../../server/listen.ts";
import { followCertificate, readTls } from "../certificate.ts";
import type { Io } from "../command.ts";
import { openDataDirectory } from "../data-directory.ts";
import { openLog } from "../log.ts";
import { keepHeapModest } from "../modest-heap.ts";
import { engineLog, masterKeysOf, readEnvironment, serverOptions, type ServeOptions } from "../serving.ts";
import { stopSignal } from "../stop-signal.ts";
import { Link } from "./link.ts";

/** What the owner tells a worker that begins. */
export interface WorkerTask {
  readonly options: ServeOptions;
  readonly owner: EngineOwner;
}

/** What a worker tells when it listens, or cannot. */
export type WorkerReport = { readonly url: string } | { readonly code: string; readonly message: string };

process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
// Without the owner nobody keeps the data directory from a second server. What was acknowledged is on the disk.
process.on("disconnect", () => process.exit(1));
cluster.worker?.on("error", () => process.exit(1));

const io: Io = {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  terminal: process.stderr.isTTY,
  stopSignal,
};

let tellToStop = (): void => {};
const toldToStop = new Promise<void>((stop) => {
  tellToStop = stop;
});
let pinned = (): string[] => [];
const metrics = createMetrics();
const link = new Link(process, {
  stop: () => tellToStop(),
  pins: () => pinned(),
  metrics: () => metrics.collect(),
});

await work(await link.ask<WorkerTask>("task"));
process.exit(0);

async function work({ options, owner }: WorkerTask): Promise<void> {
  keepHeapModest();
  const stop = Promise.race([io.stopSignal(), toldToStop]);
  const log = openLog(io);
  const tls = await readTls(options);
  const engine = await openDataDirectory(resolve(options.data), {
    as: "server",
    owner,
    durability: options.durability,
    masterKeys: masterKeysOf(io.env),
    log: engineLog(log),
  });
  pinned = () => engine.pins.list();
  try {
    const server = await createServer({
      ...serverOptions(options, engine, log, tls, readEnvironment(options, io.env)),
      background: false,
      // Whichever worker is asked, the answer is for all of them.
      metrics: { ...metrics, render: () => link.ask<RenderedMetrics>("metrics") },
    }).catch(async (error: NodeJS.ErrnoException) => {
      await report({ code: error.code ?? "", message: error.message });
      return null;
    });
    if (server === null) return;
    const unfollow = followCertificate(server, options, tls, { log });
    await report({ url: server.url });
    await stop;
    unfollow();
    await server.close();
  } finally {
    await engine.close();
  }
}

function report(about: WorkerReport): Promise<unknown> {
  return link.ask("report", about);
}
