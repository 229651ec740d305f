/**
 * `stowage serve --workers N`. This process owns the data directory and does what is done once for it: sweep, trash,
 * lifecycle, delivery of events. Its workers accept requests. What two of them do to the same row the index decides, as it
 * does between two requests of one process.
 */

import { resolve } from "node:path";
import { startBackground } from "../../server/background.ts";
import { siteOf } from "../../server/listen.ts";
import { createMetrics, renderTogether } from "../../server/metrics.ts";
import { ensureAdministrator } from "../administrator.ts";
import { followCertificate, readTls } from "../certificate.ts";
import type { Io } from "../command.ts";
import { openDataDirectory } from "../data-directory.ts";
import { listenFailure } from "../listen-failure.ts";
import { openLog } from "../log.ts";
import {
  announce,
  apiOf,
  engineLog,
  masterKeysOf,
  readEnvironment,
  serverOptions,
  type ServeOptions,
} from "../serving.ts";
import { openConsole, withConsole } from "../web-console.ts";
import { WorkerPool } from "./pool.ts";

/**
 * Serves with several processes until a signal asks to stop.
 *
 * @throws {CommandError} When it cannot start, with the way out.
 */
export async function serveWithWorkers(io: Io, options: ServeOptions): Promise<void> {
  const stop = io.stopSignal();
  const log = openLog(io);
  // The workers read it themselves: here it is the console's, and what cannot be used is refused before anything starts.
  const tls = await readTls(options);
  const given = readEnvironment(options, io.env);
  const dataDir = resolve(options.data);
  let pool: WorkerPool | undefined;
  const engine = await openDataDirectory(dataDir, {
    as: "server",
    durability: options.durability,
    masterKeys: masterKeysOf(io.env),
    log: engineLog(log),
    otherPins: async () => (await pool?.pins()) ?? [],
  });
  try {
    const administrator = await ensureAdministrator(engine, dataDir, io.env);
    const metrics = createMetrics();
    const { console: webConsole, complaint } = await openConsole(options, tls);
    pool = new WorkerPool({
      size: options.workers,
      task: {
        options: withConsole(options, webConsole),
        owner: { pid: process.pid, startMs: engine.ids.startMs },
      },
      log,
      renderMetrics: async (collected) => renderTogether([await metrics.collect(), ...collected]),
    });
    const site = siteOf(serverOptions(options, engine, log, tls, given));
    try {
      const url = await pool.start().catch((cause: unknown) => {
        throw listenFailure({ ...options, flag: "--port" }, cause);
      });
      webConsole?.connect(apiOf(options, url));
      const unfollow = webConsole === null ? () => {} : followCertificate(webConsole, options, tls, { log });
      const jobs = startBackground(site, metrics, { lifecycleDaySeconds: options.lifecycleDay });
      try {
        announce(io, log, options, { url, consoleUrl: webConsole?.url, dataDir, administrator });
        if (complaint !== undefined) log.warn(complaint);
        const signal = await stop;
        log.info({ signal }, "finishing the requests under way");
        unfollow();
        await pool.stop();
      } finally {
        await jobs.stop();
      }
    } finally {
      await pool.stop();
      await webConsole?.close();
    }
  } finally {
    await engine.close();
  }
  log.info("stopped");
}
