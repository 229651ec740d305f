/** Names of files: what they may be, and how a free one is made. No I/O. Django's rules, in the same words. */

import { StorageError, SuspiciousFileOperation } from "./errors.ts";

/** The longest name in bytes of UTF-8, with its directories: as long as a key of S3. */
export const maxNameBytes = 1024;

/** The longest part of a name between slashes, in bytes of UTF-8: as long as file systems take it. */
export const maxPartBytes = 255;

/** Control characters, and surrogates without their other half, which have no UTF-8 form. */
const unfit = /[\p{Cc}\p{Cs}]/u;

const noBaseNames: ReadonlySet<string> = new Set(["", ".", ".."]);

/**
 * Checks the name of a file, with its directories, and returns it with forward slashes.
 *
 * @throws SuspiciousFileOperation for an absolute name, a part `..`, a base name that is none, and control characters.
 * @see https://github.com/django/django/blob/main/django/core/files/utils.py
 * @example
 * validateFileName("photos\\cat.jpg"); // "photos/cat.jpg"
 */
export function validateFileName(name: string): string {
  const path = forwardSlashes(name);
  if (noBaseNames.has(splitName(path)[1])) {
    throw new SuspiciousFileOperation(`Could not derive a file name from ${JSON.stringify(name)}.`);
  }
  if (path.startsWith("/") || path.split("/").includes("..")) throw traversal(name);
  return path;
}

/**
 * The name by which a backend knows a file or a directory: relative, with forward slashes, `.` and `..` resolved. The
 * root is empty. A slash at the end stays: it says that a directory is meant.
 *
 * @throws SuspiciousFileOperation for a name that leads out of the storage, and for control characters.
 * @example
 * normalizeName("a//./b/../c"); // "a/c"
 */
export function normalizeName(name: string): string {
  const path = forwardSlashes(name);
  if (/^\/+$/.test(path)) return "";
  if (path.startsWith("/")) throw traversal(name);
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) throw traversal(name);
  }
  const clean = parts.join("/");
  return clean !== "" && path.endsWith("/") ? `${clean}/` : clean;
}

/** Whether a storage may have a file of this name: one that is longer is in none, and is not asked for. */
export function isPossibleName(name: string): boolean {
  return name.length * 3 <= maxNameBytes || Buffer.byteLength(name) <= maxNameBytes;
}

/**
 * Checks that a name can be stored everywhere, so that a site which is moved keeps its files.
 *
 * @throws StorageError `NameTooLong`.
 */
export function checkNameLength(name: string): void {
  if (name.length * 3 <= maxPartBytes) return;
  const bytes = Buffer.byteLength(name);
  if (bytes > maxNameBytes) {
    throw new StorageError(
      "NameTooLong",
      `The name ${quoteStart(name)} has ${bytes} bytes of UTF-8; a name with its directories has at most ${maxNameBytes}.`,
    );
  }
  for (const part of name.split("/")) {
    const partBytes = Buffer.byteLength(part);
    if (partBytes <= maxPartBytes) continue;
    throw new StorageError(
      "NameTooLong",
      `The name ${quoteStart(part)} has ${partBytes} bytes of UTF-8; a file or a directory has at most ${maxPartBytes}.`,
      { fix: "Give maxLength, which shortens it." },
    );
  }
}

/**
 * A name without what is trouble in a URL or a shell: trimmed, spaces as `_`, and only letters, digits, `_`, `-`, `.`.
 *
 * @throws SuspiciousFileOperation where nothing is left.
 * @example
 * toValidName("john's portrait in 2004.jpg"); // "johns_portrait_in_2004.jpg"
 */
export function toValidName(name: string): string {
  const valid = name
    .trim()
    .replaceAll(" ", "_")
    .replaceAll(/[^-\p{L}\p{N}_.]/gu, "");
  if (noBaseNames.has(valid)) {
    throw new SuspiciousFileOperation(`Could not derive a file name from ${JSON.stringify(name)}.`);
  }
  return valid;
}

/** Directory and base name. `a/b/c.txt` gives `a/b` and `c.txt`. */
export function splitName(name: string): [directory: string, base: string] {
  const slash = name.lastIndexOf("/");
  return slash === -1 ? ["", name] : [name.slice(0, slash) || "/", name.slice(slash + 1)];
}

export function joinName(directory: string, base: string): string {
  return directory === "" || directory.endsWith("/") ? directory + base : `${directory}/${base}`;
}

/**
 * A base name's root and all its suffixes, as Python's pathlib sees them: `.tar.gz` stays whole, and a leading dot
 * begins none.
 *
 * @example
 * splitSuffixes("backup.tar.gz"); // ["backup", ".tar.gz"]
 */
export function splitSuffixes(base: string): [root: string, suffixes: string] {
  if (base.endsWith(".")) return [base, ""];
  const dot = base.indexOf(".", /^\.*/.exec(base)?.[0].length);
  return dot === -1 ? [base, ""] : [base.slice(0, dot), base.slice(dot)];
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Letters and digits at random. */
export function randomLetters(count: number, random: () => number): string {
  return Array.from({ length: count }, () => letters[Math.floor(random() * letters.length)]).join("");
}

export interface FreeNameOptions {
  /** Code points of the whole name. Null: any. */
  readonly maxLength: number | null;
  readonly isTaken: (name: string) => Promise<boolean>;
  readonly alternative: (root: string, suffixes: string) => string;
}

/** More names than this are not tried: whatever says "taken" then says it of every name. */
const maxDraws = 1000;

/**
 * The name, or one like it that is free and short enough.
 *
 * @throws SuspiciousFileOperation where nothing of the name would be left, or it is none.
 */
export async function freeName(
  name: string,
  { maxLength, isTaken, alternative }: FreeNameOptions,
): Promise<string> {
  const [directory, base] = splitName(validateFileName(name));
  const [start, suffixes] = splitSuffixes(base);
  let root = start;
  let candidate = joinName(directory, base);
  for (let draws = 0; draws < maxDraws; draws++) {
    if (excess(candidate, maxLength) <= 0 && !(await isTaken(candidate))) return candidate;
    candidate = joinName(directory, alternative(root, suffixes));
    const over = excess(candidate, maxLength);
    if (over <= 0) continue;
    root = Array.from(root).slice(0, -over).join("");
    if (root === "") {
      throw new SuspiciousFileOperation(
        `There is no free name like ${quoteStart(name)} of at most ${maxLength} characters:` +
          ` its directory and its suffixes leave no room.`,
        { fix: "Raise maxLength, or choose a shorter name." },
      );
    }
    candidate = joinName(directory, alternative(root, suffixes));
  }
  throw new StorageError(
    "NoFreeName",
    `There is no free name like ${quoteStart(name)}: ${maxDraws} alternatives were taken.`,
  );
}

/** By how many code points a name is too long. */
function excess(name: string, maxLength: number | null): number {
  if (maxLength === null || name.length <= maxLength) return 0;
  return Array.from(name).length - maxLength;
}

function forwardSlashes(name: string): string {
  if (unfit.test(name)) {
    throw new SuspiciousFileOperation(
      `The name ${JSON.stringify(name)} has a control character or half of a surrogate pair in it.`,
    );
  }
  return name.replaceAll("\\", "/");
}

function traversal(name: string): SuspiciousFileOperation {
  return new SuspiciousFileOperation(`The name ${JSON.stringify(name)} leads out of the storage.`);
}

/** Quoted, and short enough for a message. */
function quoteStart(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
