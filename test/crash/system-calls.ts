/** Reads what strace wrote of a process: the calls that change files, with their bytes, in the order in which they began and ended. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** A moment in a trace. */
export type Event =
  /** A file was opened for writing; it may be new. */
  | { readonly kind: "open"; readonly path: string; readonly isNew: boolean }
  | { readonly kind: "mkdir"; readonly path: string }
  | { readonly kind: "unlink"; readonly path: string }
  | { readonly kind: "rename"; readonly from: string; readonly to: string }
  | { readonly kind: "truncate"; readonly path: string; readonly size: number }
  /** Bytes were given to the system. `isDurable`: they are on the disk when the call ends (O_DSYNC). */
  | {
      readonly kind: "write";
      readonly path: string;
      readonly position: number;
      readonly bytes: Buffer;
      readonly isDurable: boolean;
    }
  /** A flush has ended: what was written before it began is on the disk. */
  | { readonly kind: "sync"; readonly path: string; readonly began: number }
  /** The process said something on its standard output. */
  | { readonly kind: "said"; readonly text: string };

export const tracedCalls =
  "openat,lseek,mkdir,mkdirat,pwrite64,pwritev,pwritev2,write,writev,fdatasync,fsync,msync,sync_file_range,ftruncate,fallocate,unlink,unlinkat,rename,renameat,renameat2";

/** Arguments of strace that make a log that {@link readSystemCalls} reads. */
export const straceArguments: readonly string[] = [
  "-f",
  "-y",
  "-xx",
  "-s",
  "4000000",
  "-e",
  `trace=${tracedCalls}`,
];

/**
 * The events of a log that touch files below a directory, and what was said.
 *
 * @throws Error for a call that it does not know how to replay: a simulation that leaves something out proves nothing.
 */
export async function readSystemCalls(log: string, directory: string): Promise<Event[]> {
  const events: Event[] = [];
  const open = new Map<string, { readonly text: string; readonly began: number }>();
  const files: Descriptors = { durable: new Set(), positions: new Map() };
  for await (const line of createInterface({ input: createReadStream(log, "latin1") })) {
    const pid = line.slice(0, line.indexOf(" "));
    let text = line.slice(pid.length).trim();
    let began = events.length;
    if (text.endsWith("<unfinished ...>")) {
      open.set(pid, { text: text.slice(0, -"<unfinished ...>".length), began });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text);
    if (resumed !== null) {
      const first = open.get(pid);
      if (first === undefined) continue;
      open.delete(pid);
      text = first.text + text.slice(resumed[0].length);
      began = first.began;
    }
    const event = readCall(text, began, directory, files);
    if (event !== null) events.push(event);
  }
  return events;
}

/** What is known of open files, by descriptor and path. */
interface Descriptors {
  readonly durable: Set<string>;
  /** Where the next `write` goes. */
  readonly positions: Map<string, number>;
}

function readCall(
  text: string,
  began: number,
  directory: string,
  { durable, positions }: Descriptors,
): Event | null {
  const [, name = "", rest = "", result = ""] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(text) ?? [];
  if (name === "" || result.startsWith("-")) return null;
  const fd = /^(\d+)<([^>]*)>/.exec(rest);
  const path = fd === null ? firstPath(rest) : decode(fd[2] as string);
  if (name === "write" && fd?.[1] === "1") {
    return {
      kind: "said",
      text: stringsOf(rest)
        .map((bytes) => bytes.toString())
        .join(""),
    };
  }
  if (!path.startsWith(directory)) return null;
  switch (name) {
    case "openat": {
      const key = `${result} ${path}`;
      positions.set(key, 0);
      if (/O_D?SYNC/.test(rest)) durable.add(key);
      else durable.delete(key);
      return /O_CREAT/.test(rest) ? { kind: "open", path, isNew: true } : null;
    }
    case "mkdir":
    case "mkdirat":
      return { kind: "mkdir", path };
    case "unlink":
    case "unlinkat":
      return { kind: "unlink", path };
    case "rename": {
      const [from, to] = stringsOf(rest).map((bytes) => bytes.toString());
      return { kind: "rename", from: from ?? "", to: to ?? "" };
    }
    case "ftruncate":
      return { kind: "truncate", path, size: lastNumber(rest) };
    case "pwrite64":
    case "pwritev": {
      const bytes = Buffer.concat(stringsOf(rest)).subarray(0, Number(result));
      if (bytes.length !== Number(result)) throw new Error(`The log has not all bytes of ${name} on ${path}`);
      return {
        kind: "write",
        path,
        position: lastNumber(rest),
        bytes,
        isDurable: durable.has(`${fd?.[1]} ${path}`),
      };
    }
    case "fdatasync":
    case "fsync":
      return { kind: "sync", path, began };
    case "lseek":
      positions.set(`${fd?.[1]} ${path}`, Number(result));
      return null;
    case "write":
    case "writev": {
      const key = `${fd?.[1]} ${path}`;
      const position = positions.get(key) ?? 0;
      positions.set(key, position + Number(result));
      const bytes = Buffer.concat(stringsOf(rest)).subarray(0, Number(result));
      return { kind: "write", path, position, bytes, isDurable: durable.has(key) };
    }
    default:
      throw new Error(`Cannot replay ${name} on ${path}`);
  }
}

/** Every string among the arguments, as its bytes: strace writes each as `\x..`. */
function stringsOf(rest: string): Buffer[] {
  return [...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, text = ""]) => bytesOf(text));
}

function firstPath(rest: string): string {
  return stringsOf(rest)[0]?.toString() ?? "";
}

function lastNumber(rest: string): number {
  const [, digits] = /(\d+)\s*$/.exec(rest) ?? [];
  if (digits === undefined) throw new Error(`The log is cut in ${rest.slice(-40)}`);
  return Number(digits);
}

function decode(path: string): string {
  return path.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll("\\x", ""), "hex");
}
