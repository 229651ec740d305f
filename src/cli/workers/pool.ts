/** The worker processes of a server: as many as wanted, another for each that dies. */

import cluster, { type Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import type { MetricObject } from "prom-client";
import type { Logger } from "pino";
import type { RenderedMetrics } from "../../server/metrics.ts";
import { Link } from "./link.ts";
import type { WorkerReport, WorkerTask } from "./worker.ts";

/** A worker that died sooner than this is not replaced before this time has passed: it would die again. */
const restartPauseMs = 1000;
/** A worker that does not say in this time what it reads is too busy or is stopped; nothing is removed then. */
const answerMs = 5000;
/** How much longer than its requests a worker may take to end. */
const endMs = 40_000;

export interface PoolOptions {
  readonly size: number;
  readonly task: WorkerTask;
  readonly log: Logger;
  /** Adds up what the workers counted. */
  readonly renderMetrics: (collected: MetricObject[][]) => Promise<RenderedMetrics>;
}

interface Member {
  readonly worker: Worker;
  readonly link: Link;
  readonly startedAtMs: number;
  readonly ended: Promise<void>;
  listens: boolean;
}

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #members = new Map<number, Member>();
  #task: WorkerTask;
  #isStopping = false;
  /** Where all of them listen, once they do. */
  #url: string | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#task = options.task;
    // Each worker takes connections from the one socket. By the other way this process would take them and hand them on, and
    // keep open for ever what it has handed to a worker that dies before it says that it has it.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({
      exec: fileURLToPath(new URL("worker.js", import.meta.url)),
      args: [],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
  }

  /**
   * Starts the workers.
   *
   * @returns Their address, once all of them listen.
   * @throws Error With node's code, such as `EADDRINUSE`, when one cannot.
   */
  async start(): Promise<string> {
    const reports = await Promise.all(Array.from({ length: this.#options.size }, () => this.#fork()));
    for (const report of reports) {
      if ("code" in report) throw Object.assign(new Error(report.message), { code: report.code });
    }
    const [{ url }] = reports as [{ url: string }];
    this.#url = url;
    return url;
  }

  /** What the workers have pinned. @throws Error when one of them does not answer. */
  async pins(): Promise<string[]> {
    const all = await this.#askAll<string[]>("pins");
    return all.flat();
  }

  /** What each of the workers counted. */
  metrics(): Promise<MetricObject[][]> {
    return this.#askAll<MetricObject[]>("metrics");
  }

  /** Tells the workers to finish their requests, and waits until they have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const members = [...this.#members.values()];
    const overdue = setTimeout(() => {
      for (const { worker } of members) worker.process.kill("SIGKILL");
    }, endMs);
    await Promise.all(
      members.map(async ({ link, ended }) => {
        link.ask("stop").catch(() => {});
        await ended;
      }),
    );
    clearTimeout(overdue);
  }

  async #askAll<T>(name: string): Promise<T[]> {
    const members = [...this.#members.values()];
    const answers = await Promise.all(
      members.map(async ({ worker, link }) => {
        try {
          return await link.ask<T>(name, undefined, { timeoutMs: answerMs });
        } catch (error) {
          // The dead read nothing, and count nothing any more.
          if (!this.#members.has(worker.id)) return null;
          throw error;
        }
      }),
    );
    return answers.filter((answer) => answer !== null);
  }

  #fork(): Promise<WorkerReport> {
    if (this.#url !== undefined && ![...this.#members.values()].some(({ listens }) => listens)) {
      // node gives up the socket with the last worker. Port 0 would take another port than the one that is known.
      const { options } = this.#task;
      this.#task = {
        ...this.#task,
        options: { ...options, port: Number(/:(\d+)$/.exec(this.#url)?.[1]) },
      };
    }
    const worker = cluster.fork();
    return new Promise((resolve) => {
      const link = new Link(worker, {
        task: () => this.#task,
        report: (about) => {
          this.#reported(worker, about as WorkerReport);
          resolve(about as WorkerReport);
        },
        metrics: async () => this.#options.renderMetrics(await this.metrics()),
      });
      // An error here is one of sending to a worker that is just ending; its end is handled below.
      worker.on("error", () => {});
      const ended = new Promise<void>((end) => {
        worker.once("exit", (code, signal) => {
          end();
          resolve({ code: "", message: `a worker ended with ${signal ?? code} before it listened` });
          this.#ended(worker, signal ?? String(code));
        });
      });
      this.#members.set(worker.id, { worker, link, startedAtMs: performance.now(), ended, listens: false });
    });
  }

  #reported(worker: Worker, report: WorkerReport): void {
    const member = this.#members.get(worker.id);
    if ("code" in report) {
      // At the start whoever waits for it says so.
      if (this.#url !== undefined) this.#options.log.error({ worker: worker.process.pid }, report.message);
    } else if (this.#url !== undefined && report.url !== this.#url) {
      worker.process.kill("SIGKILL");
    } else if (member !== undefined) member.listens = true;
  }

  #ended(worker: Worker, how: string): void {
    const member = this.#members.get(worker.id);
    this.#members.delete(worker.id);
    if (this.#isStopping || member === undefined) return;
    const livedMs = performance.now() - member.startedAtMs;
    this.#options.log.error(
      { worker: worker.process.pid, how },
      "a worker ended; another one takes its place",
    );
    setTimeout(
      () => {
        if (!this.#isStopping) void this.#fork();
      },
      livedMs < restartPauseMs ? restartPauseMs : 0,
    );
  }
}
