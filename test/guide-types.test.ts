/** The programs of README and the guides compile, as whoever copies them into a strict project of TypeScript has them. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";

interface Program {
  readonly language: "js" | "ts";
  /** Its own, or its number in the page. */
  readonly file: string;
  readonly code: string;
}

let scratch = "";
before(() => {
  // Inside the package, so that "stowage/client" is the package itself.
  scratch = mkdtempSync(resolve("dist/guide-types-"));
});
after(() => rmSync(scratch, { recursive: true, force: true }));

const pages = ["README.md", ...readdirSync("docs/guides").map((name) => `docs/guides/${name}`)];

for (const [language, options] of [
  ["ts", {}],
  // What is JavaScript names no types of parameters: the rest of "strict" holds for it.
  ["js", { noImplicitAny: false }],
] as const) {
  test(`the programs in ${language} of README and the guides compile under "strict"`, () => {
    const directory = join(scratch, language);
    let count = 0;
    for (const page of pages) {
      for (const program of programsOf(page)) {
        if (program.language !== language) continue;
        count++;
        write(join(directory, page), program);
      }
    }
    assert.ok(count > 20, `${count} programs`);
    const compilerOptions = {
      strict: true,
      ...options,
      noEmit: true,
      target: "es2023",
      lib: ["es2023", "esnext.disposable"],
      module: "nodenext",
      types: ["node"],
      skipLibCheck: true,
      allowImportingTsExtensions: true,
    };
    writeFileSync(
      join(directory, "tsconfig.json"),
      JSON.stringify({ compilerOptions, include: ["**/*.ts"] }),
    );
    const tsc = resolve("node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", "."], {
      cwd: directory,
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout);
  });
}

/** What imports nothing is a fragment and no program. */
function programsOf(page: string): Program[] {
  const blocks = readFileSync(page, "utf8").matchAll(
    /(?:`([\w./[\]-]+\.\w+)`:\n\n)?```(js|ts)\n(?:\/\/ (\S+\.ts)\n)?([\s\S]*?)```/g,
  );
  return Array.from(blocks, ([, above, language, first, code = ""], i) => ({
    language: language as Program["language"],
    file: (above ?? first ?? `program-${i + 1}.ts`).replace(/\.m?js$/, ".ts"),
    code: withTypes(code),
  })).filter(({ code }) => /^import /m.test(code));
}

/** As docs/guides/fastify.md says that it is in TypeScript. */
function withTypes(code: string): string {
  if (!code.includes('from "fastify"')) return code;
  return code.replaceAll('app.get("/photos/:name"', 'app.get<{ Params: { name: string } }>("/photos/:name"');
}

/** Another of the same name has the first in its place: another configuration. */
function write(directory: string, { file, code }: Program): void {
  let path = join(directory, file);
  while (existsSync(path)) path = path.replace(/\.ts$/, "-other.ts");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}
