/**
 * The extension on Prisma itself: its client generated from a schema, compiled with our types, run on a Postgres.
 *
 * Needs what test/prisma/install.sh brings, which is 300 MB, and a Postgres.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { noPostgres, startPostgres } from "../support/postgres.ts";

const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "stowage-tests", "prisma");
const skip = existsSync(join(cache, "node_modules", "prisma"))
  ? noPostgres
  : `${cache} has no Prisma: test/prisma/install.sh brings it`;

test("file fields on Prisma itself", { skip }, async () => {
  const site = mkdtempSync(join(cache, "site-"));
  const postgres = await startPostgres();
  try {
    cpSync("test/prisma/site", site, { recursive: true });
    mkdirSync(join(site, "node_modules"));
    symlinkSync(resolve("."), join(site, "node_modules", "stowage"), "junction");
    writeFileSync(
      join(site, "tsconfig.json"),
      JSON.stringify({
        extends: resolve("tsconfig.json"),
        compilerOptions: {
          rootDir: ".",
          outDir: "out",
          incremental: false,
          tsBuildInfoFile: null,
          // Prisma's own code is not that strict.
          isolatedDeclarations: false,
          declaration: false,
          noUnusedLocals: false,
          exactOptionalPropertyTypes: false,
          typeRoots: [resolve("node_modules/@types")],
        },
        include: ["program.test.ts"],
      }),
    );
    const run = (program: string, ...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
        cwd: site,
        encoding: "utf8",
        env: {
          PATH: process.env["PATH"],
          DATABASE_URL: postgres.url,
          // Otherwise it downloads one, which only migrations need.
          PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        },
      });
      assert.equal(status, 0, `${program} ${args.join(" ")}\n${stdout}\n${stderr}`);
      return stdout;
    };
    run(join(cache, "node_modules/prisma/build/index.js"), "generate");
    run(resolve("node_modules/typescript/bin/tsc"), "-p", ".");
    assert.match(run("--test", "--test-reporter=tap", "out/program.test.js"), /^# pass 10$/m);
  } finally {
    await postgres.close();
    rmSync(site, { recursive: true, force: true });
  }
});
