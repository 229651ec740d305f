import assert from "node:assert/strict";
import { it } from "node:test";

import { createBucket, requireBucket, updateBucket } from "../../src/engine/buckets.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { createMemoryEngine } from "../../src/engine/engine.ts";
import { createIdSource } from "../../src/engine/ids.ts";
import { readOutbox } from "../../src/engine/outbox.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { createRandomPool } from "../../src/engine/random-pool.ts";
import type { Engine } from "../../src/engine/types.ts";
import { arnOfWebhook } from "../../src/s3/notification.ts";
import { access } from "./engines.ts";

it("the events of a key are in the order of its commits, whichever process makes them", async () => {
  let asked = 0;
  // A millisecond lasts until it was asked for twenty times.
  const clock = (): number => 1_700_000_000_000 + Math.floor(asked++ / 20);
  const memory = createMemoryEngine({ clock });
  // Processes share the index and the clock, and each has a sequence of its own.
  const process = (): Engine => ({
    ...memory,
    ids: createIdSource(clock, createRandomPool(), { isShared: true }),
  });
  const [first, second] = [process(), process()];
  await createBucket(memory, { name: "bucket", region: "us-east-1", ...access });
  await updateBucket(memory, "bucket", () => ({
    notifications: [
      { kind: "topic", arn: arnOfWebhook("hook"), events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] },
    ],
  }));
  const bucket = await requireBucket(memory, "bucket");
  const rounds = 20;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < 5; i++) second.ids.next();
    await putObject(second, { bucket, key: "k", body: Buffer.from("x"), ...access });
    await deleteObject(first, bucket, "k");
  }
  const messages = await readOutbox(memory, "hook", 10 * rounds);
  const records = messages.map(
    ({ body }) =>
      (body as { Records: [{ eventName: string; s3: { object: { sequencer: string } } }] }).Records[0],
  );
  assert.deepEqual(
    records.map(({ eventName }) => eventName),
    Array.from({ length: rounds }, () => ["ObjectCreated:Put", "ObjectRemoved:Delete"]).flat(),
  );
  const sequencers = records.map(({ s3 }) => s3.object.sequencer);
  assert.deepEqual(sequencers, [...new Set(sequencers)].toSorted());
  await memory.close();
});
