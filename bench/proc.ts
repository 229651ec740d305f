/** Processes under measurement: started on a core of their own, read from /proc, stopped by their id. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { createInterface } from "node:readline";

/** What a process has used so far. */
export interface Usage {
  readonly cpuSeconds: number;
  /** Resident memory: the heap and buffers (anonymous), and mapped pages of files, which the kernel may take back. */
  readonly rssBytes: number;
  readonly rssAnonymousBytes: number;
  readonly rssFileBytes: number;
  /** Resident memory at its highest. */
  readonly peakRssBytes: number;
}

/** Linux gives times in hundredths of a second on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** Reads what a process uses; `null` where there is no /proc or no such process. */
export function readUsage(pid: number): Usage | null {
  let stat: string;
  let status: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    status = readFileSync(`/proc/${pid}/status`, "latin1");
  } catch {
    return null;
  }
  // The name in parentheses may hold spaces; what follows it does not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssBytes: bytesOf("VmRSS"),
    rssAnonymousBytes: bytesOf("RssAnon"),
    rssFileBytes: bytesOf("RssFile"),
    peakRssBytes: bytesOf("VmHWM"),
  };
}

const canPin = availableParallelism() > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** The core of what is measured, and that of what measures; `null` where processes cannot be bound to a core. */
export const cores: { readonly server: number; readonly generator: number } | null = canPin
  ? { server: 0, generator: 1 }
  : null;

/** A child process that says on its standard output that it is ready. */
export interface Subject {
  readonly pid: number;
  /** The line that said so. */
  readonly ready: string;
  /** Everything it wrote on standard error. */
  stderr(): string;
  /** SIGTERM, and waits. Resolves to its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts `node` on a core, by default the server's, and waits for the first line that matches.
 *
 * @throws {Error} When it ends before that, with what it wrote.
 */
export async function startSubject(
  args: readonly string[],
  ready: RegExp,
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly core?: number | undefined;
  } = {},
): Promise<Subject> {
  const [command, ...rest] = pinned("core" in options ? options.core : cores?.server, [
    process.execPath,
    ...args,
  ]);
  const child = spawn(command as string, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
  const said: string[] = [];
  child.stderr.on("data", (bytes: Buffer) => said.push(bytes.toString()));
  const ended = exitOf(child);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (text) => {
      if (ready.test(text)) resolve(text);
    });
    ended.then(
      (code) => reject(new Error(`node ${args.join(" ")} ended with ${code}: ${said.join("")}`)),
      reject,
    );
  });
  return {
    pid: child.pid as number,
    ready: line,
    stderr: () => said.join(""),
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/**
 * Runs `node` on a core to its end and returns what it wrote, parsed as JSON.
 *
 * @throws {Error} When it ends with anything but 0.
 */
export async function runJson<T>(core: number | undefined, args: readonly string[]): Promise<T> {
  const [command, ...rest] = pinned(core, [process.execPath, ...args]);
  const child = spawn(command as string, rest, { stdio: ["ignore", "pipe", "inherit"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => output.push(bytes));
  const code = await exitOf(child);
  if (code !== 0) throw new Error(`node ${args[0]} ended with ${code}`);
  return JSON.parse(Buffer.concat(output).toString()) as T;
}

/** A command bound to a core. */
export function pinned(core: number | undefined, command: readonly string[]): readonly string[] {
  return cores === null || core === undefined ? command : ["taskset", "-c", String(core), ...command];
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });
}

/** The machine, in the words of a results file. */
export function describeMachine(): Record<string, string | number> {
  const memory = /MemTotal:\s+(\d+) kB/.exec(readText("/proc/meminfo"))?.[1];
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: memory === undefined ? 0 : Math.round(Number(memory) / 1024 / 1024),
    os: `${process.platform} ${process.arch}`,
    node: process.version,
    // Above a few tenths something else was running, and no figure but processor time per operation can be trusted.
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    pinning: cores === null ? "none" : `server on core ${cores.server}, generator on core ${cores.generator}`,
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
