/** What the house demands of its own files: layers, front doors, sizes, links. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

/** npm runs tests in the folder of package.json. */
const root = process.cwd();

/** What each room may import of the others. ARCHITECTURE.md tells why. */
const layers: Readonly<Record<string, readonly string[]>> = {
  s3: [],
  client: ["s3"],
  engine: ["s3"],
  server: ["engine", "s3"],
  storage: ["client", "s3"],
  testing: ["server", "engine", "storage", "client", "s3"],
  http: ["storage", "client", "s3"],
  fields: ["storage", "client", "s3"],
  static: ["http", "storage", "client", "s3"],
  console: ["server", "engine", "client", "s3"],
  cli: ["console", "server", "engine", "static", "fields", "http", "storage", "client", "s3"],
};

/** Packages that only these rooms may load, so that what must be light stays so. */
const packages: Readonly<Record<string, readonly string[]>> = {
  lmdb: ["engine"],
  undici: ["client", "cli", "server"],
  jiti: ["storage"],
  commander: ["cli"],
  pino: ["server", "cli"],
  "prom-client": ["server"],
  "@fastify/busboy": ["server", "http"],
  tinyglobby: ["static"],
  picomatch: ["static", "cli"],
  "@csstools/css-tokenizer": ["static"],
  "es-module-lexer": ["static"],
  "cli-progress": ["cli"],
  "drizzle-orm": ["fields"],
  react: ["console"],
  "react-dom": ["console"],
  "@tanstack/react-query": ["console"],
  "@tanstack/react-virtual": ["console"],
  vite: ["console"],
};

/** Files over 400 lines: each a table, or one parser that falls apart when it is cut. */
const longFiles: ReadonlySet<string> = new Set(["src/s3/sigv4.test.ts"]);
const maxLines = 400;

const skipped = new Set(["node_modules", "dist", ".git", ".stowage", "results", "__pycache__"]);
const files = walk(root);
const sources = files.filter((path) => path.startsWith("src/") && /\.tsx?$/.test(path));
const texts = files.filter(
  (path) => /\.(ts|tsx|js|mjs|json|md|sh|py|yml|css|html)$/.test(path) || path.startsWith(".ci/"),
);

test("arrows between rooms point down", () => {
  const wrong: string[] = [];
  for (const path of sources) {
    const room = roomOf(path);
    if (room === null) continue;
    const allowed = layers[room];
    assert.ok(allowed !== undefined, `${path}: the room "${room}" stands in no layer of test/tidy.test.ts`);
    for (const target of importsOf(path)) {
      const other = roomOf(target);
      if (other !== null && other !== room && !allowed.includes(other))
        wrong.push(`${path} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("packages are loaded by the rooms that own them", () => {
  const wrong: string[] = [];
  for (const path of sources.filter((source) => !source.endsWith(".test.ts"))) {
    const room = roomOf(path);
    for (const specifier of specifiersOf(path)) {
      const name = Object.keys(packages).find((one) => specifier === one || specifier.startsWith(`${one}/`));
      if (name === undefined || room === null || packages[name]?.includes(room) === true) continue;
      if (!isTypeOnly(path, specifier)) wrong.push(`${path} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("front doors are export lists", () => {
  for (const path of sources.filter((source) => roomOf(source) === null)) {
    const code = withoutComments(read(path));
    const rest = code.replaceAll(/export (type )?\{[^}]*\} from "[^"]+";/g, "").trim();
    assert.equal(rest, "", `${path} holds more than lists of exports`);
  }
});

test("nothing inside imports a front door", () => {
  const wrong = sources
    .filter((path) => roomOf(path) !== null)
    .flatMap((path) =>
      importsOf(path)
        .filter((target) => roomOf(target) === null)
        .map((target) => `${path} imports ${target}`),
    );
  assert.deepEqual(wrong, []);
});

test("every key of exports has its source, and every source in src/ its key", () => {
  const manifest = JSON.parse(read("package.json")) as {
    exports: Record<string, string | Record<string, string>>;
  };
  const doors = Object.entries(manifest.exports).filter(([key]) => key !== "./package.json");
  const exported = doors.map(([key, conditions]) => {
    const { types, default: code } = conditions as Record<string, string>;
    const source = sourceOf(code);
    assert.ok(existsSync(join(root, source)), `${key} has no source: ${source}`);
    assert.equal(types, code?.replace(/\.js$/, ".d.ts"), `${key} has the types of another`);
    return source;
  });
  assert.deepEqual(sources.filter((path) => roomOf(path) === null).sort(), exported.sort());
});

test("files are short", () => {
  const long = files
    .filter((path) => path.endsWith(".ts") && read(path).split("\n").length - 1 > maxLines)
    .filter((path) => !longFiles.has(path));
  assert.deepEqual(long, [], `over ${maxLines} lines`);
});

test("files end with one newline and have no carriage returns", () => {
  const wrong = texts.filter((path) => !/[^\n]\n$/.test(read(path)) || read(path).includes("\r\n"));
  assert.deepEqual(wrong, []);
});

test("no file names the machine that it was written on", () => {
  // In pieces, so that this file does not hold them itself.
  const folders = ["work", "home", "root", "tmp/plan"].map((name) => ["", name, ""].join("/"));
  const wrong = texts.flatMap((path) => {
    const text = read(path);
    const found = folders.filter((folder) => new RegExp(`(?<![\\w.*-])${folder}`).test(text));
    return [...found, ...(text.match(/https?:\/\/[\w.-]*(registry|artifactory|nexus)[\w.-]*/g) ?? [])].map(
      (word) => `${path}: ${word}`,
    );
  });
  assert.deepEqual(wrong, []);
});

test("every decision has a number of its own", () => {
  const numbers = files
    .filter((path) => path.startsWith("docs/decisions/"))
    .map((path) => /(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]);
  const twice = numbers.filter((number, at) => number === undefined || numbers.indexOf(number) !== at);
  assert.deepEqual(twice, []);
});

test("links between documents lead somewhere", () => {
  const broken: string[] = [];
  for (const path of files.filter((file) => file.endsWith(".md"))) {
    const text = read(path).replaceAll(/```[\s\S]*?```/g, "");
    for (const [, link = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : relative(root, resolve(root, dirname(path), file));
      if (!existsSync(join(root, target))) broken.push(`${path}: ${link}`);
      else if (anchor !== undefined && !anchorsOf(target).includes(anchor)) broken.push(`${path}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
});

function walk(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() ? [relative(root, path).replaceAll("\\", "/")] : [];
  });
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The room of a source file: `null` for a front door, which stands in `src/` itself. */
function roomOf(path: string): string | null {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** Source files that a file imports or exports from. */
function importsOf(path: string): string[] {
  const { imports } = JSON.parse(read("package.json")) as { imports: Record<string, Record<string, string>> };
  return specifiersOf(path)
    .flatMap((specifier) => {
      if (specifier.startsWith("#")) return Object.values(imports[specifier] ?? {}).map(sourceOf);
      return specifier.startsWith(".") ? [relative(root, resolve(root, dirname(path), specifier))] : [];
    })
    .map((target) => target.replaceAll("\\", "/"))
    .filter((target) => target.startsWith("src/"));
}

/** The source of a compiled file, as package.json names it. */
function sourceOf(compiled = ""): string {
  return compiled.replace(/^\.\/dist\//, "").replace(/\.js$/, ".ts");
}

function specifiersOf(path: string): string[] {
  const found = withoutComments(read(path)).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g);
  return Array.from(found, ([, specifier = ""]) => specifier);
}

function isTypeOnly(path: string, specifier: string): boolean {
  const statements = withoutComments(read(path)).matchAll(/^import ([^;]*?) from "([^"]+)";/gm);
  const own = Array.from(statements).filter(([, , from]) => from === specifier);
  return own.length > 0 && own.every(([, names = ""]) => names.startsWith("type "));
}

function withoutComments(code: string): string {
  return code.replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

/** The anchors that a page's headings make, as GitHub names them. */
function anchorsOf(path: string): string[] {
  return Array.from(read(path).matchAll(/^#+ (.+)$/gm), ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}
