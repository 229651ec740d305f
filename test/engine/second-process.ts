/** A second process on a data directory: opens the object "k" and reads it when it is told. Arguments: the directory. */

import { getBucket } from "../../src/engine/buckets.ts";
import { type EngineOwner, openEngine } from "../../src/engine/engine.ts";
import { type OpenObject, openObject } from "../../src/engine/open-object.ts";
import { Link } from "../../src/cli/workers/link.ts";

const [dataDir = ""] = process.argv.slice(2);
let object: OpenObject | null = null;
process.on("disconnect", () => process.exit(0));

const link = new Link(process, {
  pins: () => engine.pins.list(),
  open: async () => {
    const bucket = await getBucket(engine, "bucket");
    object = bucket && (await openObject(engine, bucket, "k"));
    return object?.info.size;
  },
  read: async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of (object as OpenObject).stream(0, (object as OpenObject).info.size - 1))
      chunks.push(Buffer.from(chunk));
    (object as OpenObject).close();
    return Buffer.concat(chunks).toString("latin1");
  },
});
const engine = await openEngine({ dataDir, owner: await link.ask<EngineOwner>("owner") });
await link.ask("ready");
