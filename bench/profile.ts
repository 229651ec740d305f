/**
 * Prints where a CPU profile's time went: `node dist/bench/profile.js FILE.cpuprofile [lines]`. First by function, its
 * own time; then functions of ours with all that they call; then by package or folder.
 */

import { readFileSync } from "node:fs";

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly children?: readonly number[];
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const [file = "", lines = "40"] = process.argv.slice(2);
const profile = JSON.parse(readFileSync(file, "utf8")) as Profile;
const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));

const ownMicros = new Map<number, number>();
const byFunction = new Map<string, number>();
const byPlace = new Map<string, number>();
let total = 0;
for (const [index, id] of profile.samples.entries()) {
  const frame = names.get(id);
  const micros = profile.timeDeltas[index] ?? 0;
  if (frame === undefined || frame.functionName === "(idle)") continue;
  total += micros;
  ownMicros.set(id, (ownMicros.get(id) ?? 0) + micros);
  const where = placeOf(frame.url);
  const name = `${frame.functionName || "(anonymous)"} ${where.file}:${frame.lineNumber + 1}`;
  byFunction.set(name, (byFunction.get(name) ?? 0) + micros);
  byPlace.set(where.folder, (byPlace.get(where.folder) ?? 0) + micros);
}
print("own time by function", byFunction);
print("ours, with what they call", inclusive());
print("by package or folder", byPlace);

/** Time below each function of ours; one that calls itself counts once. */
function inclusive(): Map<string, number> {
  const children = new Map(profile.nodes.map((node) => [node.id, node.children ?? []]));
  const times = new Map<string, number>();
  const visit = (id: number, above: ReadonlySet<string>): number => {
    const frame = names.get(id);
    const { file, folder } = placeOf(frame?.url ?? "");
    const name = `${frame?.functionName || "(anonymous)"} ${file}:${(frame?.lineNumber ?? 0) + 1}`;
    const isOurs = folder.startsWith("src/") && !above.has(name);
    const inside = isOurs ? new Set([...above, name]) : above;
    let micros = ownMicros.get(id) ?? 0;
    for (const child of children.get(id) ?? []) micros += visit(child, inside);
    if (isOurs) times.set(name, (times.get(name) ?? 0) + micros);
    return micros;
  };
  const called = new Set(profile.nodes.flatMap((node) => node.children ?? []));
  for (const { id } of profile.nodes) if (!called.has(id)) visit(id, new Set());
  return times;
}

function placeOf(url: string): { file: string; folder: string } {
  const path = url.replace(/^file:\/\//, "");
  const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (name !== undefined) return { file: `${name}/${path.split("/").at(-1)}`, folder: name };
  const own = /\/dist\/src\/((\w+).*)$/.exec(path);
  if (own !== null) return { file: own[1] ?? "", folder: `src/${own[2]}` };
  return { file: path, folder: path === "" ? "(runtime)" : path.startsWith("node:") ? "node" : path };
}

function print(title: string, times: ReadonlyMap<string, number>): void {
  process.stdout.write(`${title} (${(total / 1e6).toFixed(1)} s in all)\n`);
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, Number(lines));
  for (const [name, micros] of sorted) {
    process.stdout.write(`${((micros / total) * 100).toFixed(1).padStart(6)} %  ${name}\n`);
  }
}
