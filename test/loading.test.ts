/**
 * What is loaded before it is needed. Importing the client is to be light: no server, no native module, no HTTP client. A
 * server is to be small.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** The modules that a compiled module loads before its first line runs. */
function staticGraph(entry: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  if (!entry.startsWith("/")) return seen;
  for (const [, specifier = ""] of readFileSync(entry, "utf8").matchAll(
    /^(?:import|export)\b[^;"]*?from "([^"]+)";/gm,
  )) {
    staticGraph(/^[.#]/.test(specifier) ? fileOf(specifier, entry) : specifier, seen);
  }
  return seen;
}

function fileOf(specifier: string, from: string): string {
  if (specifier.startsWith(".")) return resolve(dirname(from), specifier);
  return fileURLToPath(import.meta.resolve(specifier));
}

const source = join(import.meta.dirname, "../src");

const packagesOf = (graph: readonly string[]): string[] => graph.filter((module) => !module.startsWith("/"));

test("importing stowage/client loads neither undici nor cryptography nor a server", () => {
  const graph = [...staticGraph(join(source, "client.js"))];
  const packages = packagesOf(graph);
  assert.deepEqual(
    packages.filter((module) => !/^node:(fs|os|path)$/.test(module)),
    [],
  );
  const rooms = new Set(
    graph.filter((module) => module.startsWith("/")).map((path) => relative(source, path).split("/")[0]),
  );
  assert.deepEqual(
    [...rooms].map(String).sort((a, b) => a.localeCompare(b)),
    ["client", "client.js", "s3"],
  );
  // Each file costs a third to half a millisecond; the SDK takes 90.
  assert.ok(graph.length <= 69, `${graph.length} modules`);
});

test("a server loads no HTTP client before its first webhook, and no prom-client before it is watched", () => {
  const packages = packagesOf([...staticGraph(join(source, "cli/serving.js"))]);
  assert.deepEqual(packages.filter((module) => !module.startsWith("node:")).toSorted(), [
    "@fastify/busboy",
    "lmdb",
    "pino",
    "xxhash-wasm",
  ]);
});
