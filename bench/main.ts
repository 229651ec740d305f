/** `npm run bench`: see README.md in this folder. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { describeMachine } from "./proc.ts";
import { createRun, renderRun, writeRun } from "./report.ts";
import { type BenchServer, makeDirectory, startServer } from "./server.ts";
import { isMet, type Section, type Settings } from "./settings.ts";
import { measureClient } from "./sections/client.ts";
import { measureHttp } from "./sections/http.ts";
import { measureLarge } from "./sections/large.ts";
import { measureMillion } from "./sections/million.ts";
import { measureOperations } from "./sections/operations.ts";
import { measureRatios } from "./sections/ratios.ts";
import { measureSdk } from "./sections/sdk.ts";
import { measureStatic } from "./sections/static.ts";
import { measureStorage } from "./sections/storage.ts";
import { measureVersions } from "./sections/versions.ts";
import { measureWorkers } from "./sections/workers.ts";

const sections = {
  ratios: measureRatios,
  large: measureLarge,
  operations: measureOwnOperations,
  million: measureMillion,
  versions: measureVersions,
  workers: measureWorkers,
  client: measureClient,
  sdk: measureSdk,
  storage: measureStorage,
  static: measureStatic,
  http: measureHttp,
};
const sectionNames = Object.keys(sections) as (keyof typeof sections)[];
const operationNames = ["put", "get", "head", "list", "delete", "mixed"];

interface Options {
  readonly quick?: boolean;
  readonly only: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly operations: readonly string[];
  readonly sizes: readonly string[];
  readonly concurrency: readonly string[];
  readonly endpoint?: string;
  readonly region: string;
  readonly profile?: string;
  readonly scratch: string;
  readonly results: string;
}

const list = (text: string): string[] => text.split(",").filter((item) => item !== "");
const listOf =
  (names: readonly string[]) =>
  (text: string): string[] => {
    const given = list(text);
    const unknown = given.find((name) => !names.includes(name));
    if (unknown === undefined) return given;
    throw new InvalidArgumentError(`There is no "${unknown}": ${names.join(", ")} are there.`);
  };
const options: Options = new Command("bench")
  .description("Measures Stowage, or with --endpoint another S3.")
  .option("--quick", "a smoke run of seconds; the figures mean nothing and nothing is written")
  .option("--only <sections>", `of ${sectionNames.join(", ")}`, listOf(sectionNames), [...sectionNames])
  .option("--rounds <n>", "how often each figure is taken", Number, 3)
  .option("--seconds <n>", "how long each measurement lasts", Number, 4)
  .option("--operations <names>", `of ${operationNames.join(", ")}`, listOf(operationNames), operationNames)
  .option("--sizes <sizes>", "of objects, such as 4KiB,1MiB", list, ["4KiB", "1MiB"])
  .option("--concurrency <n>", "connections", list, ["1", "64"])
  .option(
    "--endpoint <url>",
    "measure the operations of this S3, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  )
  .option("--region <name>", "its region", "us-east-1")
  .option("--profile <dir>", "write CPU profiles of the server there")
  .option("--scratch <dir>", "where data is written: the disk that is measured", tmpdir())
  .addOption(new Option("--results <dir>", "where results are written").default(resolve("bench/results")))
  .parse()
  .opts();

process.exitCode = await main();

async function main(): Promise<number> {
  mkdirSync(options.scratch, { recursive: true });
  const machine = describeMachine();
  const settings = settingsOf(options, mkdtempSync(join(options.scratch, "stowage-bench-")));
  try {
    const sections =
      options.endpoint === undefined
        ? await measureOwn(settings)
        : [await measureOther(settings, options.endpoint)];
    const run = createRun(settings, sections, {
      machine,
      date: new Date().toISOString(),
      commit:
        spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout?.trim() || "unknown",
      version: (
        JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
          version: string;
        }
      ).version,
    });
    process.stdout.write(renderRun(run));
    if (!settings.quick) process.stdout.write(`Written: ${writeRun(run, options.results).join(" and ")}\n`);
    const failed = sections.some(({ errors }) => errors.length > 0);
    const missed = !settings.quick && sections.some(({ targets }) => !targets.every(isMet));
    return failed || missed ? 1 : 0;
  } finally {
    rmSync(settings.scratchDir, { recursive: true, force: true });
  }
}

function settingsOf(given: Options, scratchDir: string): Settings {
  const quick = given.quick === true;
  return {
    quick,
    rounds: quick ? 1 : given.rounds,
    durationMs: quick ? 300 : given.seconds * 1000,
    warmupMs: quick ? 100 : 1000,
    sizes: given.sizes.map(parseSize),
    concurrency: given.concurrency.map(Number),
    operations: given.operations,
    scratchDir,
    profileDir: given.profile === undefined ? null : resolve(given.profile),
    say: (text) => process.stderr.write(`${text}\n`),
  };
}

async function measureOwn(settings: Settings): Promise<Section[]> {
  const measured: Section[] = [];
  for (const name of sectionNames) {
    if (options.only.includes(name)) measured.push(await sections[name](settings));
  }
  return measured;
}

async function measureOwnOperations(settings: Settings): Promise<Section> {
  const server = await startServer(settings, makeDirectory(settings, "operations"));
  try {
    return await measureOperations(settings, server, "Stowage, every PUT durable before its answer.");
  } finally {
    await server.stop();
  }
}

function measureOther(settings: Settings, endpoint: string): Promise<Section> {
  const accessKeyId = process.env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = process.env["AWS_SECRET_ACCESS_KEY"];
  if (!accessKeyId || !secretAccessKey)
    throw new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
  const server: BenchServer = {
    endpoint,
    region: options.region,
    accessKeyId,
    secretAccessKey,
    pid: null,
    stop: async () => {},
  };
  return measureOperations(settings, server, `The S3 at ${endpoint}.`);
}

function parseSize(text: string): number {
  const match = /^(\d+)(B|KiB|MiB)?$/.exec(text);
  if (match === null) throw new RangeError(`"${text}" is no size such as 4KiB or 1MiB`);
  return Number(match[1]) * ({ KiB: 1024, MiB: 1024 * 1024 }[match[2] ?? ""] ?? 1);
}
