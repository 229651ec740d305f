/** What a million objects change: the time of a page, and the memory of the server. */

import { fileURLToPath } from "node:url";
import type { JobResult } from "../generator/job.ts";
import { readUsage, runJson } from "../proc.ts";
import { benchKeys, type BenchServer, generate, makeDirectory, once, startServer } from "../server.ts";
import type { Section, Settings } from "../settings.ts";
import { median } from "../stats.ts";
import { errorsOf } from "./ratios.ts";

const fill = fileURLToPath(new URL("../fill.js", import.meta.url));

/** Directories in both buckets, so that a page with a delimiter holds the same number of results. */
const directories = 1000;
const bytesPerMb = 1e6;

/** A page that is measured in the large bucket and the small. */
const pages = {
  "with delimiter, 1,000 common prefixes": "delimiter=%2F&list-type=2&max-keys=1000",
  "with delimiter, 10 objects of one prefix": "delimiter=%2F&list-type=2&max-keys=10&prefix=d0500%2F",
  "1,000 objects from the middle": "list-type=2&max-keys=1000&start-after=d0500",
} as const;

type Page = keyof typeof pages;

/** Fills both buckets, then lists them in turn. */
export async function measureMillion(settings: Settings): Promise<Section> {
  const large = settings.quick ? 20 : 1000;
  const small = settings.quick ? 2 : 10;
  const dataDir = makeDirectory(settings, "million");
  const filledAt = performance.now();
  settings.say(
    `filling ${(large * directories).toLocaleString("en")} and ${(small * directories).toLocaleString("en")} objects`,
  );
  await runJson(undefined, [
    fill,
    dataDir,
    benchKeys.accessKeyId,
    benchKeys.secretAccessKey,
    `small:${directories}:${small}`,
    `large:${directories}:${large}`,
  ]);
  settings.say(`filled in ${Math.round((performance.now() - filledAt) / 1000)} s`);

  const startedAt = performance.now();
  const server = await startServer(settings, dataDir);
  const startMs = performance.now() - startedAt;
  try {
    const raw = await listInTurn(settings, server);
    const lists = Object.values(raw).flatMap((byBucket) => [...byBucket.large, ...byBucket.small]);
    const afterPages = memoryOf(server);
    const walk = await walkAll(settings, server);
    const afterWalk = memoryOf(server);
    return {
      title: `With ${(large * directories).toLocaleString("en")} objects`,
      about:
        `Two buckets of ${directories} directories: ${large * directories} objects and ${small * directories}; 256 bytes each. ` +
        "One connection asks for the same page of one bucket and the other in turn. " +
        `The server, which started in ${Math.round(startMs)} ms, then lists the whole large bucket once. ` +
        "Resident memory includes mapped pages of the index, which the kernel takes back when others need them.",
      columns: ["page", "large p50 ms", "small p50 ms", "ratio"],
      rows: [
        ...(Object.keys(pages) as Page[]).map((page) => {
          const [p50Large, p50Small] = [p50Of(raw[page].large), p50Of(raw[page].small)];
          return [page, p50Large, p50Small, p50Large / p50Small];
        }),
        [`all objects, ${Math.round(walk.operations / walk.seconds)} pages/s`, walk.p50Ms, "", ""],
        ...memoryRows("after those pages", afterPages),
        ...memoryRows("after listing all", afterWalk),
      ],
      targets: [
        ...(Object.keys(pages) as Page[])
          .filter((page) => page.startsWith("with"))
          .map((page) => ({
            name: `page ${page}: large against small bucket`,
            value: p50Of(raw[page].large) / p50Of(raw[page].small),
            unit: "",
            atMost: 1.5,
          })),
        { name: "resident memory at its highest", value: afterWalk.peak, unit: "MB", atMost: 250 },
      ],
      errors: errorsOf([...lists, walk]),
      raw: { pages: raw, walk, afterPages, afterWalk, startMs },
    };
  } finally {
    await server.stop();
  }
}

async function listInTurn(
  settings: Settings,
  server: BenchServer,
): Promise<Record<Page, { large: JobResult[]; small: JobResult[] }>> {
  const names = Object.keys(pages) as Page[];
  const raw = Object.fromEntries(names.map((page) => [page, { large: [], small: [] }])) as unknown as Record<
    Page,
    { large: JobResult[]; small: JobResult[] }
  >;
  for (let round = 1; round <= settings.rounds; round++) {
    for (const page of names) {
      settings.say(`listing, round ${round} of ${settings.rounds}: ${page}`);
      for (const bucket of ["large", "small"] as const) {
        const work = { operation: "list" as const, bucket, queries: [pages[page]], concurrency: 1 };
        raw[page][bucket].push(await generate(settings, server, work));
      }
    }
  }
  return raw;
}

/** One page for each directory: together, every object of the large bucket. */
function walkAll(settings: Settings, server: BenchServer): Promise<JobResult> {
  const queries = Array.from(
    { length: directories },
    (_, index) => `list-type=2&max-keys=1000&start-after=d${String(index).padStart(4, "0")}`,
  );
  return once(settings, server, { operation: "list", bucket: "large", queries, concurrency: 4 });
}

interface Memory {
  readonly all: number;
  readonly anonymous: number;
  readonly mapped: number;
  readonly peak: number;
}

function memoryOf({ pid }: BenchServer): Memory {
  const usage = pid === null ? null : readUsage(pid);
  return {
    all: (usage?.rssBytes ?? 0) / bytesPerMb,
    anonymous: (usage?.rssAnonymousBytes ?? 0) / bytesPerMb,
    mapped: (usage?.rssFileBytes ?? 0) / bytesPerMb,
    peak: (usage?.peakRssBytes ?? 0) / bytesPerMb,
  };
}

function memoryRows(when: string, { all, anonymous, mapped, peak }: Memory): (string | number)[][] {
  const text = `${Math.round(all)} MB resident: ${Math.round(anonymous)} its own, ${Math.round(mapped)} mapped; highest ${Math.round(peak)}`;
  return [[`memory ${when}`, text, "", ""]];
}

function p50Of(results: readonly JobResult[]): number {
  return median(results.map((result) => result.p50Ms));
}
