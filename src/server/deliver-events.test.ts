import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBucket, updateBucket } from "../engine/buckets.ts";
import { deleteObject } from "../engine/delete-object.ts";
import { createMemoryEngine } from "../engine/memory-engine.ts";
import { putObject } from "../engine/put-object.ts";
import type { Bucket, Engine, EngineLog } from "../engine/types.ts";
import { cannedGrants } from "../s3/acl.ts";
import { type DeliveryOptions, EventDelivery } from "./deliver-events.ts";

const owner = { id: "a".repeat(64), displayName: "owner" };
const access = { owner, grants: cannedGrants("private", { owner }) };
const webhook = { name: "hook", url: "http://127.0.0.1:9/" };
const never = new AbortController().signal;

async function open(
  log: EngineLog = () => {},
): Promise<{ engine: Engine; bucket: Bucket; time: { nowMs: number } }> {
  const time = { nowMs: 1_700_000_000_000 };
  const engine = createMemoryEngine({ clock: () => time.nowMs, log });
  await createBucket(engine, { name: "b", ...access, region: "us-east-1" });
  const bucket = await updateBucket(engine, "b", () => ({
    notifications: [
      {
        id: "all",
        kind: "topic",
        arn: "arn:stowage:webhook:::hook",
        events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
      },
    ],
  }));
  return { engine, bucket, time };
}

interface Sent {
  readonly key: string;
  readonly event: string;
  readonly id: string;
}

/** A delivery whose `send` keeps what it was given, and throws while `isDown`. */
function delivery(
  engine: Engine,
  options: Partial<DeliveryOptions> = {},
): { round: () => Promise<void>; sent: Sent[]; attempts: number; isDown: boolean } {
  const made = {
    sent: [] as Sent[],
    attempts: 0,
    isDown: false,
    round: () => events.round(never),
  };
  const events = new EventDelivery(engine, [webhook], {
    mostWaiting: 1000,
    async send(_webhook, { id, body }): Promise<void> {
      made.attempts++;
      await new Promise(setImmediate);
      if (made.isDown) throw new Error("down");
      const [record] = (body as { Records: { eventName: string; s3: { object: { key: string } } }[] })
        .Records;
      made.sent.push({ id, key: record!.s3.object.key, event: record!.eventName });
    },
    ...options,
  });
  return made;
}

describe("EventDelivery", () => {
  it("delivers what one key went through in its order, however many keys there are", async () => {
    const { engine, bucket } = await open();
    for (let i = 0; i < 500; i++) {
      const key = `key ${i % 7}`;
      if (i % 3 === 0) await putObject(engine, { bucket, key, body: Buffer.from(String(i)), ...access });
      else if (i % 3 === 1) await deleteObject(engine, bucket, key);
      else await putObject(engine, { bucket, key, body: Buffer.from(String(i)), ...access });
    }
    const waiting = await engine.index.count("outbox");
    const events = delivery(engine);
    await events.round();
    assert.equal(events.sent.length, waiting);
    for (let key = 0; key < 7; key++) {
      const ids = events.sent.filter((one) => one.key === `key+${key}`).map(({ id }) => id);
      assert.deepEqual(ids, ids.toSorted());
    }
    assert.equal(await engine.index.count("outbox"), 0);
    await events.round();
    assert.equal(events.sent.length, waiting);
    await engine.close();
  });

  it("waits longer after each failure, keeps what was not taken, and says so once", async () => {
    const logged: string[] = [];
    const { engine, bucket, time } = await open((level, message) => logged.push(`${level}: ${message}`));
    await putObject(engine, { bucket, key: "k", body: Buffer.from("1"), ...access });
    await putObject(engine, { bucket, key: "k", body: Buffer.from("2"), ...access });
    const events = delivery(engine);
    events.isDown = true;
    const attemptsAfter = async (ms: number): Promise<number> => {
      time.nowMs += ms;
      await events.round();
      return events.attempts;
    };
    assert.equal(await attemptsAfter(0), 1);
    assert.equal(await attemptsAfter(999), 1);
    assert.equal(await attemptsAfter(1), 2);
    assert.equal(await attemptsAfter(1999), 2);
    assert.equal(await attemptsAfter(1), 3);
    for (let i = 0; i < 20; i++) await attemptsAfter(300_000);
    assert.equal(events.attempts, 23);
    assert.equal(await attemptsAfter(299_999), 23);
    assert.equal(logged.filter((line) => line.startsWith("warn")).length, 1);

    events.isDown = false;
    await attemptsAfter(1);
    assert.deepEqual(
      events.sent.map(({ event }) => event),
      ["ObjectCreated:Put", "ObjectCreated:Put"],
    );
    assert.equal(logged.at(-1), 'info: Events reach the webhook "hook" again');
    await engine.close();
  });

  it("drops the oldest when too many wait, and tells how many", async () => {
    const logged: string[] = [];
    const dropped: number[] = [];
    const { engine, bucket } = await open((level, message) => logged.push(`${level}: ${message}`));
    for (let i = 0; i < 10; i++) {
      await putObject(engine, { bucket, key: `k${i}`, body: Buffer.from("x"), ...access });
    }
    const events = delivery(engine, { mostWaiting: 4, onDropped: (count) => dropped.push(count) });
    await events.round();
    assert.deepEqual(events.sent.map(({ key }) => key).toSorted(), ["k6", "k7", "k8", "k9"]);
    assert.deepEqual(dropped, [6]);
    assert.deepEqual(logged, [
      "error: 6 events were dropped undelivered: more than 4 were waiting for their webhooks",
    ]);
    await engine.close();
  });

  it("sends again, with the same id, what was taken and could not be removed", async () => {
    const { engine, bucket } = await open();
    await putObject(engine, { bucket, key: "k", body: Buffer.from("1"), ...access });
    const broken: Engine = {
      ...engine,
      index: Object.assign(Object.create(engine.index) as Engine["index"], {
        count: (table: "outbox") => engine.index.count(table),
        snapshot: () => engine.index.snapshot(),
        commit: () => Promise.reject(new Error("the process was killed")),
      }),
    };
    const before = delivery(broken);
    await assert.rejects(before.round(), /killed/);
    const after = delivery(engine);
    await after.round();
    assert.deepEqual(after.sent, before.sent);
    assert.equal(after.sent.length, 1);
    await engine.close();
  });
});
