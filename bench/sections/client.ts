/** What it costs to import the client, and to send it to a browser. */

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleForBrowser } from "../../test/support/browser-bundle.ts";
import { awsSdk } from "../aws-sdk.ts";
import { runJson } from "../proc.ts";
import type { Section, Settings } from "../settings.ts";
import { median } from "../stats.ts";

const client = fileURLToPath(new URL("../../src/client.js", import.meta.url));

/** Imports the client in new processes, in turn with importing nothing and AWS's; adds up the code that it reaches. */
export async function measureClient(settings: Settings): Promise<Section> {
  settings.say("importing the client");
  const raw: Record<"client" | "nothing" | "sdk", number[]> = { client: [], nothing: [], sdk: [] };
  const sdk = awsSdk();
  for (let round = 0; round < settings.rounds * 3; round++) {
    raw.nothing.push(await importMs("node:path"));
    raw.client.push(await importMs(client));
    if (sdk !== null) raw.sdk.push(await importMs(sdk));
  }
  const own = reach(client);
  const bundle = await bundleForBrowser('export { S3Client } from "stowage/client";');
  const boto = await bundleForBrowser('export * from "stowage/client";');
  const native = own.filter((path) => /[\\/](engine|server|cli)[\\/]/.test(path));
  return {
    title: "The client",
    about:
      'Time of `import("stowage/client")` in a new process. ' +
      "The sizes are of bundles for a browser, minified by esbuild and gzipped: what a page loads at once.",
    columns: ["what", "figure"],
    rows: [
      ["import stowage/client, ms", median(raw.client)],
      ["import node:path, ms", median(raw.nothing)],
      ["import @aws-sdk/client-s3, ms", sdk === null ? "not there" : median(raw.sdk)],
      ["modules of ours", own.length],
      ["S3Client in a browser, kB", bundle.initialGzipBytes / 1000],
      ["with what it loads when asked, kB", bundle.totalGzipBytes / 1000],
      ["boto's objects in a browser, kB", boto.initialGzipBytes / 1000],
      ["modules of server, engine or command line among them", native.length],
    ],
    targets: [
      // Without the SDK: a third of what importing it took on the machine of the first figures, about 90 ms.
      {
        name: "import of stowage/client, to a third of @aws-sdk/client-s3's",
        value: median(raw.client),
        unit: "ms",
        atMost: sdk === null ? 30 : Math.round(median(raw.sdk) / 3),
      },
      { name: "S3Client in a browser", value: bundle.initialGzipBytes / 1000, unit: "kB", atMost: 30 },
      {
        name: "modules of server, engine or command line that it loads",
        value: native.length,
        unit: "",
        atMost: 0,
      },
    ],
    errors: [],
    raw: { ...raw, modules: own.map((path) => path.slice(dirname(client).length + 1)) },
  };
}

async function importMs(specifier: string): Promise<number> {
  const code = `const t = performance.now(); await import(${JSON.stringify(specifier)}); console.log(JSON.stringify({ ms: performance.now() - t }));`;
  return (await runJson<{ ms: number }>(undefined, ["--input-type=module", "--eval", code])).ms;
}

/** Every file of ours that a module loads, itself included. */
function reach(entry: string, seen = new Set<string>()): string[] {
  if (seen.has(entry)) return [];
  seen.add(entry);
  for (const [, specifier = ""] of readFileSync(entry, "utf8").matchAll(
    /(?:from|import)\s*\(?"([.#][^"]+)"/g,
  )) {
    reach(
      specifier.startsWith("#")
        ? fileURLToPath(import.meta.resolve(specifier))
        : resolve(dirname(entry), specifier),
      seen,
    );
  }
  return [...seen];
}
