/** The clients, a row each: where a suite is, what runs it, and how what it needs is found and installed. */

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";

/** One suite of tests through one client. */
export interface Suite {
  readonly name: string;
  /** Folder below `test/clients`, run by Python. */
  readonly folder: string;
  readonly python: string;
  /** Environment beside the endpoint and the keys. */
  readonly environment: Readonly<Record<string, string>>;
  /** True when the client is there. */
  isInstalled(): boolean;
  /** Packages that bring the client: Debian's, or PyPI's in an environment of their own. */
  readonly debian: readonly string[];
  readonly pypi: readonly string[];
}

const debianPython = "/usr/bin/python3";

/** Where clients from PyPI live: outside of the repository, kept between runs. */
const venv = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "stowage-tests", "venv");
const venvPython = join(venv, "bin", "python");

export const suites: readonly Suite[] = [
  {
    name: "boto2",
    folder: "boto2",
    python: debianPython,
    environment: {},
    isInstalled: () => runs(debianPython, "-c", "import boto.s3"),
    debian: ["python3", "python3-boto"],
    pypi: [],
  },
  {
    name: "boto3",
    folder: "boto3",
    python: venvPython,
    environment: {},
    isInstalled: () => runs(venvPython, "-c", "import boto3"),
    debian: ["python3", "python3-venv"],
    pypi: ["boto3"],
  },
  {
    name: "aws-cli",
    folder: "aws-cli",
    python: debianPython,
    environment: { STOWAGE_TEST_SUITE: "aws-cli", STOWAGE_TEST_AWS: join(venv, "bin", "aws") },
    isInstalled: () => runs(join(venv, "bin", "aws"), "--version"),
    debian: ["python3", "python3-venv"],
    pypi: ["awscli"],
  },
  {
    name: "aws-cli-2",
    folder: "aws-cli",
    python: debianPython,
    environment: { STOWAGE_TEST_SUITE: "aws-cli-2", STOWAGE_TEST_AWS: "/usr/bin/aws" },
    isInstalled: () => runs("/usr/bin/aws", "--version"),
    debian: ["awscli"],
    pypi: [],
  },
  {
    name: "s3cmd",
    folder: "s3cmd",
    python: debianPython,
    environment: {},
    isInstalled: () => runs("/usr/bin/s3cmd", "--version"),
    debian: ["python3", "s3cmd"],
    pypi: [],
  },
];

/**
 * Installs what the suites lack: Debian's packages as root, PyPI's into {@link venv}.
 *
 * @throws Error when an installer fails.
 */
export function install(wanted: readonly Suite[]): void {
  const lacking = wanted.filter((suite) => !suite.isInstalled());
  const debian = [...new Set(lacking.flatMap((suite) => suite.debian))];
  if (debian.length > 0) {
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    must("apt-get", ["update", "-qq"], environment);
    must("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...debian], environment);
  }
  const pypi = lacking.flatMap((suite) => suite.pypi);
  if (pypi.length > 0) {
    if (!existsSync(venvPython)) must(debianPython, ["-m", "venv", venv]);
    must(venvPython, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...pypi]);
  }
}

/** Says how a person installs what a suite lacks. */
export function howToInstall(suite: Suite): string {
  return [
    ...(suite.debian.length > 0 ? [`apt-get install ${suite.debian.join(" ")}`] : []),
    ...(suite.pypi.length > 0 ? [`pip install ${suite.pypi.join(" ")} into ${venv}`] : []),
  ].join(", ");
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function must(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env });
  if (status === 0) return;
  throw new Error(`${[command, ...args].join(" ")} failed: ${error?.message ?? `${stdout}${stderr}`}`);
}
