/** Whether two files or objects of one name need no transfer. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { partSizeFor } from "../upload.ts";
import type { SyncEntry, SyncPlace } from "./entries.ts";

/** What tells that nothing is to be sent: see {@link isSame}. */
export type Comparison = "time" | "size" | "checksum";

/** An entry, and where it is. */
export interface Side {
  readonly place: SyncPlace;
  readonly entry: SyncEntry;
}

/**
 * The rule, the same in every direction: the sizes are equal, and
 *
 * - `time`: the target is at least as new as the source, to the second. An upload and a copy get the time at which they are
 *   made, a download the time of its object, so that what was sent is not sent again until its source changes;
 * - `size`: nothing else;
 * - `checksum`: so are the bytes, by the MD5 that an ETag is. One of an object in parts is computed with `partSizeBytes`; where the
 *   two cannot be compared, as of encrypted objects, they count as different.
 */
export async function isSame(
  comparison: Comparison,
  source: Side,
  target: Side,
  partSizeBytes: number,
): Promise<boolean> {
  if (source.entry.size !== target.entry.size) return false;
  if (comparison === "size") return true;
  if (comparison === "time") return seconds(target.entry) >= seconds(source.entry);
  const [a, b] = [source.entry.etag, target.entry.etag];
  if (a !== undefined && b !== undefined) return a === b;
  if (a === undefined && b === undefined) return false;
  const local = a === undefined ? source : target;
  return (await etagOf(local, a ?? b ?? "", partSizeBytes)) === (a ?? b);
}

function seconds({ modifiedMs }: SyncEntry): number {
  return Math.floor(modifiedMs / 1000);
}

/** The ETag that a file would have, made as the other one was. */
async function etagOf({ place, entry }: Side, like: string, partSizeBytes: number): Promise<string> {
  if (!("directory" in place)) return "";
  const path = join(place.directory, entry.name);
  const parts = /-(\d+)$/.exec(like)?.[1];
  if (parts === undefined) return md5Of(path, 0, entry.size).then((digest) => digest.toString("hex"));
  const partSize = partSizeFor(entry.size, partSizeBytes);
  if (Math.ceil(entry.size / partSize) !== Number(parts)) return "";
  const whole = createHash("md5");
  for (let start = 0; start < entry.size; start += partSize) {
    whole.update(await md5Of(path, start, Math.min(start + partSize, entry.size)));
  }
  return `${whole.digest("hex")}-${parts}`;
}

async function md5Of(path: string, start: number, end: number): Promise<Buffer> {
  const hash = createHash("md5");
  if (end > start) {
    for await (const chunk of createReadStream(path, { start, end: end - 1 })) hash.update(chunk as Buffer);
  }
  return hash.digest();
}
