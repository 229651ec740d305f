/** The client as a page gets it: bundled by esbuild as it is set for browsers, minified, in chunks. */

import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export interface BrowserBundle {
  /** The files by their names; `main.js` imports the others. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What a page loads before its first line runs, in bytes as gzip makes them. */
  readonly initialGzipBytes: number;
  /** With what is loaded when it is asked for. */
  readonly totalGzipBytes: number;
  /** The modules in it, as paths from the working directory. */
  readonly modules: readonly string[];
}

/** Bundles a module whose code is given; `stowage/client` in it is this package's. */
export async function bundleForBrowser(code: string): Promise<BrowserBundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: process.cwd(), sourcefile: "main.js" },
    entryNames: "main",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    metafile: true,
    write: false,
    outdir: join(process.cwd(), "bundle"),
    logLevel: "silent",
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const imports = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [
      basename(path),
      output.imports.filter(({ kind }) => kind === "import-statement").map(({ path: to }) => basename(to)),
    ]),
  );
  const initial = new Set(["main.js"]);
  for (const name of initial) for (const to of imports.get(name) ?? []) initial.add(to);
  const gzipped = (names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + gzipSync(files.get(name)!, { level: 9 }).length, 0);
  return {
    files,
    initialGzipBytes: gzipped(initial),
    totalGzipBytes: gzipped(files.keys()),
    modules: Object.keys(metafile.inputs),
  };
}
