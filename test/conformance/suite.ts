/** The suite itself: a checkout of ceph/s3-tests, the Python that runs it, and what became of each test. */

import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** One test and what became of it. */
export interface Result {
  /** Such as `test_s3.py`. */
  readonly file: string;
  /** The function's name, with its parameters in brackets. */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** What failed, or why the suite skipped it. */
  readonly message: string;
  /** Line of the file where it failed; 0 when it passed. */
  readonly line: number;
  readonly seconds: number;
}

export interface RunOptions {
  /** The checkout. */
  readonly suite: string;
  /** Where the configurations are, and where the results go. */
  readonly directory: string;
  readonly files: readonly string[];
  readonly workers: number;
  /** An expression of pytest's `-k`. */
  readonly only?: string | undefined;
}

/** Kept between runs, outside of the repository and of the checkout, and made anew when the requirements change. */
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "stowage-tests");
/** Not among the suite's requirements, and needed to run it in several processes. */
const runner = "pytest-xdist";

/**
 * The checkout's commit and the day of it.
 *
 * @throws Error when the path is no checkout of the suite.
 */
export function commitOf(suite: string): { id: string; day: string } {
  if (!existsSync(join(suite, "s3tests", "functional", "test_s3.py")))
    throw new Error(`"${suite}" is no checkout of https://github.com/ceph/s3-tests`);
  return headOf(suite);
}

/** The commit that a folder of git is at, and the day of it. */
export function headOf(folder: string): { id: string; day: string } {
  const git = ["-C", folder, "log", "-1", "--format=%H %cs"];
  const [id = "", day = ""] = execFileSync("git", git, { encoding: "utf8" }).trim().split(" ");
  return { id, day };
}

/** A Python that has what the suite requires; it is installed from PyPI when there is none. */
export function pythonFor(suite: string): string {
  const requirements = join(suite, "requirements.txt");
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 8);
  const venv = join(cache, `s3-tests-${digest}`);
  const python = join(venv, "bin", "python");
  const installed = join(venv, "stowage-installed");
  if (existsSync(installed)) return python;
  console.log(`installing the suite's requirements into ${venv}`);
  const run = (command: string, ...args: string[]): void =>
    void execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  run("python3", "-m", "venv", venv);
  run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements, runner);
  run(python, "-c", `open(${JSON.stringify(installed)}, 'w').close()`);
  return python;
}

/** The versions of the Python packages that decide what the suite sends. */
export function versions(python: string): string {
  const script =
    "import platform, boto3, pytest; print('Python', platform.python_version() + ', boto3', boto3.__version__ + ', pytest', pytest.__version__)";
  return execFileSync(python, ["-c", script], { encoding: "utf8" }).trim();
}

/**
 * Runs the suite's files in several processes of pytest.
 *
 * @throws Error when pytest ends before it has run them, as for an error of `only`.
 */
export async function runSuite(python: string, options: RunOptions): Promise<void> {
  const { suite, directory, files, workers, only } = options;
  const plugin = join(process.cwd(), "test", "conformance");
  const child = spawn(
    python,
    // prettier-ignore
    ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "stowage_report", "--tb=short", "--no-header",
      "-n", String(workers), "--dist", "load", "--maxschedchunk", "1", ...(only === undefined ? [] : ["-k", only]),
      ...files.map((file) => join("s3tests", "functional", file))],
    {
      cwd: suite,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...withoutAws(process.env),
        PYTHONPATH: `${plugin}:${suite}`,
        PYTHONDONTWRITEBYTECODE: "1",
        STOWAGE_CONFORMANCE_DIR: directory,
        // No settings of the person who runs it; and a region, which the suite leaves to the environment.
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_EC2_METADATA_DISABLED: "true",
      },
    },
  );
  const output: string[] = [];
  createInterface(child.stdout).on("line", (line) => {
    // The lines of dots; what failed is told at the end, from the results.
    if (/^[.sFE]+ *\[ *\d+%\]$/.test(line)) console.log(line);
    else output.push(line);
  });
  const [code] = (await once(child, "close")) as [number | null];
  // 1: some tests failed. Everything above says that they were not run.
  if (code !== 0 && code !== 1) throw new Error(`pytest ended with ${code}\n${output.slice(-50).join("\n")}`);
}

/** What became of each test of a run. */
export function readResults(directory: string): Result[] {
  return readFileSync(join(directory, "results.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Result);
}

function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("AWS_")));
}
