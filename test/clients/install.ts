/** How clients are found and installed: Debian's packages as root, PyPI's and npm's into a cache of their own. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Suite } from "./suites.ts";

/** Outside of the repository, kept between runs. */
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "stowage-tests");

/** A Python environment in the cache, and what is in it. */
export const venv = (name: string): string => join(cache, name);

/** The folder whose `node_modules` has clients of npm. */
export const npmFolder: string = join(cache, "npm");

export const debianPython = "/usr/bin/python3";

export function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** Whether npm has brought the packages. */
export function hasNpm(...packages: string[]): boolean {
  return packages.every((name) => existsSync(join(npmFolder, "node_modules", name, "package.json")));
}

/** Installs what a suite lacks. Returns why it could not, or null. */
export function install({ debian, pypi, npm }: Suite): string | null {
  try {
    installDebian(debian);
    if (pypi !== undefined) installPypi(pypi);
    if (npm !== undefined) installNpm(npm);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Says how a person installs what a suite lacks. */
export function howToInstall({ debian, pypi, npm }: Suite): string {
  return [
    ...(debian.length > 0 ? [`apt-get install ${debian.join(" ")}`] : []),
    ...(pypi === undefined ? [] : [`pip install ${pypi.packages.join(" ")} into ${venv(pypi.venv)}`]),
    ...(npm === undefined ? [] : [`npm install ${npm.join(" ")} in ${npmFolder}`]),
  ].join(", ");
}

function installDebian(packages: readonly string[]): void {
  const lacking = packages.filter((name) => !runs("dpkg", "-s", name));
  if (lacking.length === 0) return;
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  must("apt-get", ["update", "-qq"], environment);
  must("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...lacking], environment);
}

function installPypi({ venv: name, packages, python }: NonNullable<Suite["pypi"]>): void {
  const environment = venv(name);
  const own = join(environment, "bin", "python");
  if (!runs(own, "--version")) must(python ?? debianPython, ["-m", "venv", "--clear", environment]);
  must(own, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
}

function installNpm(packages: readonly string[]): void {
  mkdirSync(npmFolder, { recursive: true });
  const manifest = join(npmFolder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  must("npm", ["install", "--prefix", npmFolder, "--no-audit", "--no-fund", "--ignore-scripts", ...packages]);
}

function must(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env });
  if (status === 0) return;
  throw new Error(`${[command, ...args].join(" ")} failed: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
}
