/** Names of buckets and keys for a line that ends inside of quotes. */

import { Bucket } from "../client/bucket.ts";
import { CannedACL } from "../client/acl.ts";
import type { S3Connection } from "../client/connection.ts";

/** As many as one looks through. */
const maxNames = 100;

/** Calls whose first argument is a bucket's name. */
const takesBucket: ReadonlySet<string> = new Set([
  "getBucket",
  "createBucket",
  "deleteBucket",
  "headBucket",
  "lookup",
  "copy",
]);
const takesAcl: ReadonlySet<string> = new Set(["setAcl", "setCannedAcl"]);

/**
 * @param bucket What `bucket` is at the prompt: keys are those of it.
 * @returns The names and what of the line they stand for, as readline wants it; null outside of quotes.
 */
export async function completeNames(
  line: string,
  conn: S3Connection,
  bucket: unknown,
): Promise<[names: string[], part: string] | null> {
  const open = /(?:\b(\w+)\s*\(\s*)?(["'`])((?:(?!\2)[^\\])*)$/.exec(line);
  if (open === null || !isOpen(line)) return null;
  const [, call = "", , part = ""] = open;
  const names = takesBucket.has(call)
    ? await bucketNames(conn)
    : takesAcl.has(call)
      ? Object.values(CannedACL)
      : bucket instanceof Bucket
        ? await keyNames(bucket, part)
        : [];
  return [names.filter((name) => name.startsWith(part)), part];
}

/** Whether the last quote of a line has no partner. */
function isOpen(line: string): boolean {
  let quote = "";
  for (const character of line.replaceAll(/\\./g, "")) {
    if (quote === "" && /["'`]/.test(character)) quote = character;
    else if (character === quote) quote = "";
  }
  return quote !== "";
}

async function bucketNames(conn: S3Connection): Promise<string[]> {
  return (await conn.getAllBuckets()).map(({ name }) => name);
}

/** One level at a time, as a shell does it with directories. */
async function keyNames(bucket: Bucket, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of bucket.list({ prefix, delimiter: "/" })) {
    names.push(name);
    if (names.length === maxNames) break;
  }
  return names;
}
