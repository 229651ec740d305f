/** How a check holds the versions of a key against what its row of `heads` says of them. */

import type { Index, Snapshot } from "./index/index.ts";
import { decodeHead } from "./records/head.ts";
import { decodeObject, nullVersionId } from "./records/object.ts";
import type { ObjectRecord } from "./records/object.ts";
import { afterPrefix, versionOfOrder } from "./table-keys.ts";

const nobody = { id: "", displayName: "" };

/**
 * What is wrong with a key's rows, all of one moment; null where nothing is.
 *
 * @param objectKey The key's row of `objects` and `heads`.
 */
export async function problemOfVersions(index: Index, objectKey: Buffer): Promise<string | null> {
  const snapshot = await index.snapshot();
  try {
    const current = await snapshot.get("objects", objectKey);
    const start = Buffer.concat([objectKey, Buffer.of(0)]);
    const [newest] = await snapshot.range("versions", { start, end: afterPrefix(start), limit: 1 });
    const row = await snapshot.get("heads", objectKey);
    const { marker, nullVersion } = row === null ? {} : decodeHead(row.value);
    if (current !== null && marker !== undefined) return "its row of heads tells of a delete marker above it";
    if (current === null && newest !== undefined) {
      if (marker === undefined) return "its newest version is no delete marker, and it has no current object";
      if (!newest.key.equals(versionOfOrder(objectKey, marker))) return "its newest delete marker is another";
    }
    if (marker !== undefined && (await read(snapshot, objectKey, marker))?.info.deleteMarker !== true) {
      return "its newest delete marker is missing";
    }
    if (nullVersion === undefined) return null;
    const found = await read(snapshot, objectKey, nullVersion);
    const isNull = found !== null && (found.order === undefined || found.info.versionId === nullVersionId);
    return isNull ? null : "its null version is missing";
  } finally {
    snapshot.close();
  }
}

async function read(snapshot: Snapshot, objectKey: Buffer, order: Buffer): Promise<ObjectRecord | null> {
  const row = await snapshot.get("versions", versionOfOrder(objectKey, order));
  return row === null ? null : decodeObject(row.value, "", nobody);
}
