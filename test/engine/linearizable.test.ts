import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { it, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import * as fc from "fast-check";
import { copyObject } from "../../src/engine/copy-object.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { listObjects } from "../../src/engine/list-objects.ts";
import { headObject, openObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { S3Error } from "../../src/s3/errors.ts";
import { access, eachEngine, readObject } from "./engines.ts";
import { type Act, type Event, isLinearizable } from "./linearizable.ts";

const put = (content: string, given?: string): Act => ({ do: "put", content, given });
const read: Act = { do: "read" };

test("isLinearizable() takes what could have happened in some order, and nothing else", () => {
  const history = (...events: [Act, string | null, number, number][]): Event[] =>
    events.map(([act, answer, from, to]) => ({ act, answer, from, to }));
  const overlapping = history([put("a"), "done", 0, 9], [read, null, 1, 3], [read, "a", 4, 6]);
  assert.equal(isLinearizable(overlapping), true);
  const backwards = history([put("a"), "done", 0, 9], [read, "a", 1, 3], [read, null, 4, 6]);
  assert.equal(isLinearizable(backwards), false);
  const lost = history([put("a"), "done", 0, 1], [read, null, 2, 3]);
  assert.equal(isLinearizable(lost), false);
  const twoWinners = history([put("a", "none"), "done", 0, 9], [put("b", "none"), "done", 0.5, 9.5]);
  assert.equal(isLinearizable(twoWinners), false);
  const oneWinner = history([put("a", "none"), "done", 0, 9], [put("b", "none"), "failed", 0.5, 9.5]);
  assert.equal(isLinearizable(oneWinner), true);
  const resurrected = history(
    [put("a"), "done", 0, 1],
    [{ do: "delete" }, "done", 2, 3],
    [put("b", "a"), "done", 4, 5],
  );
  assert.equal(isLinearizable(resurrected), false);
});

/** What a client does next, and for how many turns of the event loop it waits before, and within a body. */
interface Step {
  readonly do: "put" | "put-new" | "swap" | "delete" | "get" | "head" | "list" | "copy";
  readonly size: number;
  readonly waits: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  // Those that depend on what is there more often: they are what a race can spoil.
  do: fc.constantFrom(
    "put",
    "put-new",
    "put-new",
    "swap",
    "swap",
    "delete",
    "get",
    "get",
    "head",
    "list",
    "copy",
  ),
  // In the index, in a file, and a body that comes in pieces.
  size: fc.constantFrom(1, 90, 150, 400),
  waits: fc.nat(2),
});
const clients = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 });

eachEngine("one key under several clients", (open) => {
  it("is linearizable", async () => {
    const { engine, newBucket } = open();
    let overlaps = 0;
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(clients, async (all) => {
        const events = await runClients(engine, await newBucket(), all);
        overlaps += events.filter((one) =>
          events.some((two) => one.from < two.from && two.from < one.to),
        ).length;
        refusals += events.filter(({ answer }) => answer === "failed").length;
        assert.ok(isLinearizable(events), JSON.stringify(events, null, 1));
      }),
      { numRuns: 150 },
    );
    assert.ok(overlaps > 100 && refusals > 10, `${overlaps} overlapped, ${refusals} lost a race`);
  });
});

async function runClients(engine: Engine, bucket: Bucket, all: readonly Step[][]): Promise<Event[]> {
  const events: Event[] = [];
  const names = new Map<string, string>();
  let moment = 0;
  let contents = 0;
  const nameOf = (etag: string): string => names.get(etag) ?? `unknown ${etag}`;
  const bytesFor = (size: number): { bytes: Buffer; name: string } => {
    const name = `content ${++contents}`;
    const bytes = Buffer.alloc(Math.max(size, name.length), name);
    names.set(createHash("md5").update(bytes).digest("hex"), name);
    return { bytes, name };
  };
  const note = async (act: Act, work: () => Promise<string | null>): Promise<string | null> => {
    const from = ++moment;
    const answer = await work().catch((error: unknown) => {
      const code = error instanceof S3Error ? error.code : "";
      if (code === "PreconditionFailed" || code === "ConditionalRequestConflict") return "failed";
      if (code === "NoSuchKey") return "missing";
      throw error;
    });
    events.push({ act, answer, from, to: ++moment });
    return answer;
  };
  const base = { bucket, key: "k" };

  await Promise.all(
    all.map(async (steps) => {
      let seen = "no content";
      const etagOf = (name: string): string =>
        [...names].find(([, one]) => one === name)?.[0] ?? "0".repeat(32);
      for (const { do: what, size, waits } of steps) {
        for (let i = 0; i < waits; i++) await setImmediate();
        if (what === "delete") {
          await note({ do: "delete" }, async () =>
            (await deleteObject(engine, bucket, "k")).existed ? "done" : "missing",
          );
        } else if (what === "get") {
          const answer = await note(read, async () => {
            const bytes = await readObject(engine, bucket, "k");
            return bytes === null ? null : nameOf(createHash("md5").update(bytes).digest("hex"));
          });
          seen = answer ?? seen;
        } else if (what === "head") {
          await note(read, async () => {
            const info = await headObject(engine, bucket, "k");
            return info === null ? null : nameOf(info.etag);
          });
        } else if (what === "list") {
          await note(read, async () => {
            const { objects } = await listObjects(engine, bucket, { prefix: "k", limit: 9 });
            return objects[0] === undefined ? null : nameOf(objects[0].etag);
          });
        } else if (what === "copy") {
          // From another key, so that the bytes are those of a content of its own.
          const { bytes, name } = bytesFor(size);
          await putObject(engine, { ...access, bucket, key: name, body: bytes });
          const source = await openObject(engine, bucket, name);
          assert.ok(source !== null);
          await note(put(name), async () => {
            await copyObject(engine, { ...access, ...base, source });
            return "done";
          });
          source.close();
          await deleteObject(engine, bucket, name);
        } else {
          const { bytes, name } = bytesFor(size);
          const given = what === "put-new" ? "none" : what === "swap" ? seen : undefined;
          await note(put(name, given), async () => {
            await putObject(engine, {
              ...access,
              ...base,
              body: waits > 0 ? inTurns(bytes, waits) : bytes,
              ifNoneMatch: what === "put-new" ? "*" : undefined,
              ifMatch: what === "swap" ? etagOf(seen) : undefined,
            });
            return "done";
          });
        }
      }
    }),
  );
  await deleteObject(engine, bucket, "k");
  return events;
}

async function* inTurns(bytes: Buffer, waits: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 100) {
    for (let i = 0; i < waits; i++) await setImmediate();
    yield bytes.subarray(at, at + 100);
  }
}
