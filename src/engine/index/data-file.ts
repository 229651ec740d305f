/**
 * Looks at an LMDB data file before LMDB does: lmdb-js ends the process with a segmentation fault where opening fails, and
 * reading past the end of a file that was cut is a bus error. After either, nobody would know why.
 */

import { closeSync, fstatSync, ftruncateSync, openSync } from "node:fs";

import { mostFileBytes, newestOf, problemOfMetas, readMetas } from "./lmdb-pages.ts";
import { problemOfTables } from "./verify-pages.ts";

/**
 * What is wrong with a file at its beginning; null where nothing is, also when there is no file or nothing in it.
 *
 * A file that is shorter than its metadata says is filled with zeros: what reads those pages gets an error then. Pages at
 * the end that nothing refers to need not be there.
 *
 * @param tables Names of those there may be: LMDB makes a table that it does not find.
 */
export function prepareDataFile(path: string, tables: readonly string[]): string | null {
  let file: number;
  try {
    file = openSync(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size === 0) return null;
    const metas = readMetas(file);
    const newest = newestOf(metas);
    const problem = problemOfMetas(metas);
    if (newest === null || problem !== null) return problem;
    const wanted = (newest.lastPage + 1) * newest.pageSize;
    if (wanted > mostFileBytes) return "its first page is damaged";
    if (size < wanted) ftruncateSync(file, wanted);
    return problemOfTables(file, tables);
  } finally {
    closeSync(file);
  }
}
