/**
 * Does one operation when it is told to, and says when it was acknowledged. Arguments: data directory, kind, key, upload.
 * It is traced from the moment when it has said that it is ready.
 */

import { once } from "node:events";
import { writeSync } from "node:fs";

import { requireBucket } from "../../src/engine/buckets.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { abortUpload, completeUpload } from "../../src/engine/multipart.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import { access } from "../engine/engines.ts";
import { type Kind, bodyOf, bucketName, limits, type PreparedPart } from "./kill-points.ts";

const [dataDir = "", kind = "", key = "", uploadId = "", parts = "[]"] = process.argv.slice(2);
const engine = await openEngine({ dataDir, limits, maintenance: false });
const bucket = await requireBucket(engine, bucketName);

async function perform(): Promise<void> {
  switch (kind as Kind) {
    case "put":
    case "put inline":
    case "overwrite":
      await putObject(engine, { bucket, key, body: bodyOf(kind, key), ...access });
      break;
    case "complete":
      await completeUpload(engine, { bucket, key, uploadId, parts: JSON.parse(parts) as PreparedPart[] });
      break;
    case "abort":
      await abortUpload(engine, bucket, key, uploadId);
      break;
    case "delete":
      await deleteObject(engine, bucket, key);
      break;
    case "empty trash":
      await emptyTrash(engine, { graceMs: 0 });
      break;
  }
}

process.stdout.write("ready\n");
await once(process.stdin, "data");
await perform();
writeSync(1, "done\n");
process.exit(0);
