/** What a second worker brings: two servers on the same machine, one of them with two processes, in turn. */

import { availableParallelism } from "node:os";
import type { JobResult } from "../generator/job.ts";
import { generate, makeDirectory, once, startServer } from "../server.ts";
import type { Section, Settings } from "../settings.ts";
import { median } from "../stats.ts";
import { errorsOf, rateOf } from "./ratios.ts";

const sizeBytes = 4096;
const keys = 2000;
const connections = 32;
const workers = 2;
/** A page of a thousand keys costs the server milliseconds and the generator next to nothing: there is room for two. */
const page = { operation: "list", queries: ["list-type=2&max-keys=1000"] } as const;

/** Nothing is bound to a core, and the generator sleeps when it waits. */
export async function measureWorkers(settings: Settings): Promise<Section> {
  const raw: Record<"one" | "several", JobResult[]> = { one: [], several: [] };
  const counts = { one: 1, several: workers };
  for (let round = 1; round <= settings.rounds; round++) {
    settings.say(`workers, round ${round} of ${settings.rounds}`);
    // New ones each round: how connections fall to the workers is luck, and one draw of it would decide all rounds.
    for (const name of ["one", "several"] as const) {
      const server = await startServer(settings, makeDirectory(settings, `workers-${name}`), {
        workers: counts[name],
        bound: false,
      });
      try {
        await once(settings, server, { operation: "make-bucket" });
        await once(settings, server, { operation: "put", sizeBytes, keys });
        raw[name].push(
          await generate(settings, server, { ...page, concurrency: connections, spin: false }, null),
        );
      } finally {
        await server.stop();
      }
    }
  }
  return {
    title: "Workers",
    about: `Pages of 1,000 keys over ${connections} connections, on ${availableParallelism()} cores that server and generator share.`,
    columns: ["what", "pages/s", "p50 ms", "p99 ms", "generator busy"],
    rows: [
      row("one process", raw.one),
      row(`--workers ${workers}`, raw.several),
      ["ratio", rateOf(raw.several) / rateOf(raw.one), "", "", ""],
    ],
    targets: [],
    errors: errorsOf([...raw.one, ...raw.several]),
    raw,
  };
}

function row(name: string, results: readonly JobResult[]): (string | number)[] {
  return [
    name,
    Math.round(rateOf(results)),
    median(results.map((result) => result.p50Ms)),
    median(results.map((result) => result.p99Ms)),
    median(results.map((result) => result.generatorBusy)),
  ];
}
