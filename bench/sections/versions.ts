/** What old versions and delete markers cost whoever lists objects: it should be nothing. */

import { fileURLToPath } from "node:url";
import type { JobResult } from "../generator/job.ts";
import { runJson } from "../proc.ts";
import { benchKeys, generate, makeDirectory, startServer } from "../server.ts";
import type { Section, Settings } from "../settings.ts";
import { median } from "../stats.ts";
import { errorsOf } from "./ratios.ts";

const fill = fileURLToPath(new URL("../fill.js", import.meta.url));

const objectsInEach = 10;
const versions = 10;

const pages = {
  "1,000 objects from the middle": "list-type=2&max-keys=1000&start-after=d0050",
  "with delimiter, all directories": "delimiter=%2F&list-type=2&max-keys=1000",
} as const;

type Page = keyof typeof pages;

/** Fills both buckets, then lists them in turn. */
export async function measureVersions(settings: Settings): Promise<Section> {
  const directories = settings.quick ? 20 : 400;
  const dataDir = makeDirectory(settings, "versions");
  const layout = `${directories}:${objectsInEach}`;
  settings.say(`filling ${directories * objectsInEach} objects, and as many with ${versions} versions`);
  const { accessKeyId, secretAccessKey } = benchKeys;
  const layouts = [`plain:${layout}`, `versioned:${layout}:${versions}`];
  await runJson(undefined, [fill, dataDir, accessKeyId, secretAccessKey, ...layouts]);

  const server = await startServer(settings, dataDir);
  try {
    const names = Object.keys(pages) as Page[];
    const raw = Object.fromEntries(
      names.map((page) => [page, { plain: [] as JobResult[], versioned: [] as JobResult[] }]),
    ) as Record<Page, { plain: JobResult[]; versioned: JobResult[] }>;
    for (let round = 1; round <= settings.rounds; round++) {
      for (const page of names) {
        settings.say(`listing, round ${round} of ${settings.rounds}: ${page}`);
        for (const bucket of ["plain", "versioned"] as const) {
          const work = { operation: "list" as const, bucket, queries: [pages[page]], concurrency: 1 };
          raw[page][bucket].push(await generate(settings, server, work));
        }
      }
    }
    const ratioOf = (page: Page): number => p50Of(raw[page].versioned) / p50Of(raw[page].plain);
    return {
      title: "With versions",
      about:
        `Two buckets with the same ${directories * objectsInEach} objects in ${directories} directories. One keeps ${versions} versions of each, ` +
        `and beside each ${versions} versions of another that is deleted. One connection asks for the same page of one and the other in turn.`,
      columns: ["page", "with versions p50 ms", "without p50 ms", "ratio"],
      rows: names.map((page) => [page, p50Of(raw[page].versioned), p50Of(raw[page].plain), ratioOf(page)]),
      targets: names.map((page) => ({
        name: `page ${page}: with versions against without`,
        value: ratioOf(page),
        unit: "",
        atMost: 1.15,
      })),
      errors: errorsOf(names.flatMap((page) => [...raw[page].plain, ...raw[page].versioned])),
      raw,
    };
  } finally {
    await server.stop();
  }
}

function p50Of(results: readonly JobResult[]): number {
  return median(results.map((result) => result.p50Ms));
}
