/** Results as a file for programs and a page for people. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMet, type Section, type Settings, type Target } from "./settings.ts";

/** A whole run. */
export interface Run {
  readonly date: string;
  readonly commit: string;
  readonly version: string;
  readonly machine: Record<string, string | number>;
  readonly settings: Pick<Settings, "quick" | "rounds" | "durationMs" | "warmupMs">;
  readonly sections: readonly Section[];
}

/** Puts the machine and the date to the figures. */
export function createRun(
  settings: Settings,
  sections: readonly Section[],
  about: Pick<Run, "date" | "commit" | "version" | "machine">,
): Run {
  const { quick, rounds, durationMs, warmupMs } = settings;
  return {
    ...about,
    settings: { quick, rounds, durationMs, warmupMs },
    sections,
  };
}

/** Writes `DATE.json` and `DATE.md`; returns their paths. */
export function writeRun(run: Run, directory: string): readonly string[] {
  mkdirSync(directory, { recursive: true });
  const name = run.date.slice(0, 19).replaceAll(":", "").replace("T", "-");
  const paths = [join(directory, `${name}.json`), join(directory, `${name}.md`)] as const;
  writeFileSync(paths[0], `${JSON.stringify(run, null, 1)}\n`);
  writeFileSync(paths[1], renderRun(run));
  return paths;
}

/** The page for people. */
export function renderRun(run: Run): string {
  const { machine, settings } = run;
  const lines = [
    `# Bench, ${run.date.slice(0, 16).replace("T", " ")} UTC`,
    "",
    `Stowage ${run.version} (${run.commit}) on ${machine["cores"]} cores of ${machine["cpu"]}, ${machine["memoryGiB"]} GiB, ` +
      `${machine["os"]}, Node ${machine["node"]}; ${machine["pinning"]}; load before it began ${machine["loadBefore"]}.`,
    `Median of ${settings.rounds} rounds of ${settings.durationMs / 1000} s.` +
      (settings.quick ? " **A smoke run: the figures mean nothing.**" : ""),
    "",
  ];
  const targets = run.sections.flatMap((section) => section.targets);
  if (targets.length > 0) {
    lines.push("| target | measured | wanted | |", "|---|---|---|---|");
    for (const target of targets) lines.push(renderTarget(target));
    lines.push("");
  }
  for (const section of run.sections) {
    lines.push(`## ${section.title}`, "", section.about, "", `| ${section.columns.join(" | ")} |`);
    lines.push(`|${section.columns.map(() => "---").join("|")}|`);
    for (const row of section.rows) lines.push(`| ${row.map(renderCell).join(" | ")} |`);
    lines.push("");
    for (const error of section.errors) lines.push(`**${error}**`, "");
  }
  return lines.join("\n");
}

function renderTarget(target: Target): string {
  const { name, value, unit, atLeast, atMost } = target;
  const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return `| ${name} | ${renderCell(value)} ${unit} | ${wanted} ${unit} | ${isMet(target) ? "met" : "**missed**"} |`;
}

function renderCell(cell: string | number): string {
  if (typeof cell === "string") return cell;
  if (Number.isInteger(cell)) return cell.toLocaleString("en");
  return cell >= 100 ? cell.toFixed(0) : cell >= 10 ? cell.toFixed(1) : cell.toFixed(2);
}
