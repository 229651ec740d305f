/** The package as others install it: packed, unpacked, imported by each key of `exports`. */

import assert from "node:assert/strict";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  name: string;
  version: string;
  exports: Record<string, unknown>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};
const doors = Object.keys(manifest.exports).filter((key) => key !== "./package.json");

let directory = "";
let tarball = "";
let installed = "";

before(() => {
  directory = mkdtempSync(join(tmpdir(), "stowage-pack-"));
  run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", directory]);
  tarball = join(directory, `${manifest.name}-${manifest.version}.tgz`);
  installed = join(directory, "app", "node_modules", manifest.name);
  mkdirSync(installed, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
  // Only what the package declares is beside it, so that an undeclared dependency is not found.
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const link = join(directory, "app", "node_modules", name);
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(resolve("node_modules", name), link, "junction");
  }
});

after(() => rmSync(directory, { recursive: true, force: true }));

for (const key of doors) {
  const specifier = manifest.name + key.slice(1);
  test(`import "${specifier}" from the packed tarball`, () => {
    const code = `console.log(Object.keys(await import(${JSON.stringify(specifier)})).length)`;
    const { stdout } = run(process.execPath, ["--input-type=module", "--eval", code], join(directory, "app"));
    assert.ok(Number(stdout) > 0, `"${specifier}" exports nothing`);
  });
}

test("pip install django-storages: the packed package stores files", () => {
  const code = `const { memory } = await import("stowage/storage");
    const storage = memory();
    const name = await storage.save("a.txt", "installed");
    console.log(await (await storage.open(name)).text());`;
  const { stdout } = run(process.execPath, ["--input-type=module", "--eval", code], join(directory, "app"));
  assert.equal(stdout, "installed\n");
});

test("the packed program runs", () => {
  const main = join(installed, "dist", "src", "cli", "main.js");
  assert.ok(readFileSync(main, "utf8").startsWith("#!/usr/bin/env node\n"));
  const { stdout } = run(process.execPath, [main, "--version"], join(directory, "app"));
  assert.equal(stdout.trim(), manifest.version);
});

test("the tarball holds no tests and nothing that is not the package's", () => {
  const names = readdirSync(installed, { recursive: true, encoding: "utf8" });
  assert.deepEqual(
    names.filter((name) => /\.test\./.test(name)),
    [],
  );
  assert.deepEqual(readdirSync(installed).sort(), [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
    "src",
  ]);
  assert.deepEqual(readdirSync(join(installed, "dist")), ["src"]);
});

test("publint finds nothing in the tarball", () => {
  run(process.execPath, ["node_modules/publint/src/cli.js", "run", tarball, "--strict"]);
});

test("attw finds nothing in the tarball", () => {
  run(process.execPath, [
    "node_modules/@arethetypeswrong/cli/dist/index.js",
    tarball,
    "--profile",
    "esm-only",
    "--no-emoji",
  ]);
});

function run(command: string, args: readonly string[], cwd?: string): SpawnSyncReturns<string> {
  const done = spawnSync(command, args, { encoding: "utf8", cwd, shell: process.platform === "win32" });
  assert.equal(
    done.status,
    0,
    `${command} ${args.join(" ")}: ${done.error?.message ?? done.stdout + done.stderr}`,
  );
  return done;
}
