/** Load on a server that is killed, and what it must have kept. */

import { createHash, randomBytes, randomInt } from "node:crypto";
import type { S3Client } from "../../src/client/s3-client.ts";

export const bucket = "crash";
/** Inline, in a file of its own, and past the page cache but for its end. */
const sizes = [0, 100, 4096, 300_000, 2_500_000];

/** What one key may hold: the ETag that was acknowledged last, null for none, and what was under way since. */
export interface Expected {
  acknowledged: string | null;
  underWay: (string | null)[];
}

/** Puts and deletes one key until a request fails. */
export async function write(client: S3Client, key: string, expected: Expected): Promise<void> {
  for (;;) {
    const body = randomBytes(sizes[randomInt(sizes.length)] as number);
    const etag = randomInt(5) === 0 ? null : createHash("md5").update(body).digest("hex");
    expected.underWay.push(etag);
    if (etag === null) await client.deleteObject({ bucket, key });
    else await client.putObject({ bucket, key, body });
    expected.acknowledged = etag;
    expected.underWay = [];
  }
}

/** The MD5 of what a key holds, null where it holds nothing. */
export async function read(client: S3Client, key: string): Promise<string | null> {
  try {
    const { body } = await client.getObject({ bucket, key });
    return createHash("md5")
      .update(await body.bytes())
      .digest("hex");
  } catch (error) {
    if ((error as { code?: string }).code === "NoSuchKey") return null;
    throw error;
  }
}

/** Whether a key may hold that: what was acknowledged, or something that was under way. */
export function isAllowed({ acknowledged, underWay }: Expected, found: string | null): boolean {
  return found === acknowledged || underWay.includes(found);
}
