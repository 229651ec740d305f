/**
 * What a disk holds when the power goes: what was flushed, and of the rest whatever the system happened to have written.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Event } from "./system-calls.ts";

/** Disks write such a sector whole or not at all. */
const sectorBytes = 512;

interface Write {
  readonly at: number;
  readonly position: number;
  readonly bytes: Buffer;
}

/** A file's contents, apart from its names. */
interface File {
  bytes: Buffer;
  size: number;
  /** Written and not yet flushed. */
  unflushed: Write[];
}

/** An entry of a directory that is not yet flushed: made, or taken away. */
interface Entry {
  readonly at: number;
  readonly path: string;
  readonly file: File | "directory" | null;
}

/** Follows a process's system calls, and can be cut off after any of them. */
export class DiskImage {
  /** As the process sees it. */
  readonly #names = new Map<string, File>();
  /** As it is on the disk. */
  readonly #flushedNames = new Map<string, File | "directory">();
  #entries: Entry[] = [];
  #at = 0;

  apply(event: Event): void {
    const at = this.#at++;
    switch (event.kind) {
      case "open":
        if (this.#names.has(event.path)) return;
        this.#enter(at, event.path, { bytes: Buffer.alloc(0), size: 0, unflushed: [] });
        break;
      case "mkdir":
        this.#entries.push({ at, path: event.path, file: "directory" });
        break;
      case "unlink":
        this.#names.delete(event.path);
        this.#entries.push({ at, path: event.path, file: null });
        break;
      case "rename": {
        const file = this.#file(event.from);
        this.#names.delete(event.from);
        this.#entries.push({ at, path: event.from, file: null });
        this.#enter(at, event.to, file);
        break;
      }
      case "truncate":
        put(this.#file(event.path), event.size, Buffer.alloc(0));
        break;
      case "write": {
        const file = this.#file(event.path);
        if (event.isDurable) put(file, event.position, event.bytes);
        else file.unflushed.push({ at, position: event.position, bytes: event.bytes });
        break;
      }
      case "sync": {
        const file = this.#names.get(event.path);
        if (file === undefined) this.#flushDirectory(event.path, event.began);
        else flush(file, event.began);
        break;
      }
      default:
        break;
    }
  }

  /**
   * Writes what is left below a directory.
   *
   * @param source The directory that the process wrote into.
   * @param chance Draws a number below 1: whether something that was not flushed is there all the same.
   */
  write(source: string, target: string, chance: () => number): void {
    const names = new Map(this.#flushedNames);
    for (const { path, file } of this.#entries) {
      if (chance() < 0.5) continue;
      if (file === null) names.delete(path);
      else names.set(path, file);
    }
    const left = (path: string): boolean => path === source || (names.has(path) && left(dirname(path)));
    for (const [path, file] of names) {
      // What is in a directory that is not there is not there either.
      if (!left(path)) continue;
      const to = join(target, relative(source, path));
      if (file === "directory") mkdirSync(to, { recursive: true });
      else {
        mkdirSync(dirname(to), { recursive: true });
        writeFileSync(to, remains(file, chance));
      }
    }
  }

  #enter(at: number, path: string, file: File): void {
    this.#names.set(path, file);
    this.#entries.push({ at, path, file });
  }

  #file(path: string): File {
    const file = this.#names.get(path);
    if (file === undefined) throw new Error(`"${path}" was written before it was made`);
    return file;
  }

  #flushDirectory(path: string, began: number): void {
    this.#entries = this.#entries.filter((entry) => {
      if (dirname(entry.path) !== path || entry.at >= began) return true;
      if (entry.file === null) this.#flushedNames.delete(entry.path);
      else this.#flushedNames.set(entry.path, entry.file);
      return false;
    });
  }
}

function flush(file: File, began: number): void {
  for (const { at, position, bytes } of file.unflushed) if (at < began) put(file, position, bytes);
  file.unflushed = file.unflushed.filter(({ at }) => at >= began);
}

function put(file: File, position: number, bytes: Buffer): void {
  const end = position + bytes.length;
  if (end > file.bytes.length) {
    const larger = Buffer.alloc(Math.max(end, file.bytes.length * 2));
    file.bytes.copy(larger);
    file.bytes = larger;
  }
  bytes.copy(file.bytes, position);
  file.size = Math.max(file.size, end);
}

/** The flushed bytes, with any sectors of what was not flushed. */
function remains({ bytes, size, unflushed }: File, chance: () => number): Buffer {
  const copy: File = { bytes: Buffer.from(bytes.subarray(0, size)), size, unflushed: [] };
  const keeps = chance();
  for (const { position, bytes: written } of unflushed) {
    for (let at = 0; at < written.length; at += sectorBytes) {
      if (chance() < keeps) put(copy, position + at, written.subarray(at, at + sectorBytes));
    }
  }
  return copy.bytes.subarray(0, copy.size);
}
