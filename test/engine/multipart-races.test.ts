/** Everything that can be done with one upload, done at the same time. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { setImmediate } from "node:timers/promises";

import * as fc from "fast-check";

import type { S3Error } from "../../src/s3/errors.ts";
import { check } from "../../src/engine/check.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import {
  abortUpload,
  completeUpload,
  createUpload,
  getUpload,
  listParts,
  listUploads,
  putPart,
} from "../../src/engine/multipart.ts";
import { access, eachEngine, readObject } from "./engines.ts";

const acts = ["complete", "abort", "list parts", "list uploads", "put part 2", "put part 4"] as const;

/** What each act did: its error's code, or what it answered in words. */
type Outcome = { readonly act: (typeof acts)[number]; readonly answer: string };

// Parts 1 and 4 go to files, 2 and 3 into the index; a later part 2 has other bytes and goes to a file.
const bodies = [Buffer.alloc(500, "1"), Buffer.alloc(40, "2"), Buffer.alloc(30, "3")];
const otherBody = Buffer.alloc(600, "x");

eachEngine("one upload, everything at once", (open) => {
  it("is completed, aborted or left as it is, and nobody sees anything between", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    let round = 0;
    const seen = new Set<string>();
    const property = fc.asyncProperty(
      fc.array(fc.record({ act: fc.constantFrom(...acts), turns: fc.nat(6) }), {
        minLength: 2,
        maxLength: 14,
      }),
      async (steps) => {
        const key = `k${++round}`;
        const upload = await createUpload(engine, { bucket, key, ...access });
        const { uploadId } = upload;
        const parts = await Promise.all(
          bodies.map((body, at) => putPart(engine, { upload, partNumber: at + 1, body })),
        );
        const etags = parts.map(({ etag }) => etag);
        const perform = async (act: (typeof acts)[number]): Promise<string> => {
          switch (act) {
            case "complete":
              return (await completeUpload(engine, { bucket, key, uploadId, parts })).etag;
            case "abort":
              await abortUpload(engine, bucket, key, uploadId);
              return "aborted";
            case "list parts": {
              const listed = await listParts(engine, upload, { limit: 10 });
              const numbers = listed.parts.map(({ partNumber }) => partNumber).join();
              assert.match(numbers, /^(?:1,2,3(?:,4)?)?$/);
              for (const { partNumber, etag } of listed.parts) {
                if (partNumber === 1 || partNumber === 3) assert.equal(etag, etags[partNumber - 1]);
              }
              return numbers;
            }
            case "list uploads": {
              const { uploads } = await listUploads(engine, bucket, { prefix: key, limit: 10 });
              const own = uploads.filter((one) => one.key === key);
              assert.ok(own.length <= 1 && own.every((one) => one.uploadId === uploadId));
              return `${own.length} uploads`;
            }
            default:
              await putPart(engine, { upload, partNumber: Number(act.at(-1)), body: otherBody });
              return "stored";
          }
        };
        const outcomes = await Promise.all(
          steps.map(async ({ act, turns }): Promise<Outcome> => {
            for (let turn = 0; turn < turns; turn++) await setImmediate();
            const answer = await perform(act).catch((error: S3Error) => {
              if (error.code === undefined) throw error;
              return error.code;
            });
            return { act, answer };
          }),
        );
        const of = (act: (typeof acts)[number]): string[] =>
          outcomes.filter((one) => one.act === act).map(({ answer }) => answer);
        const completed = of("complete").filter((answer) => answer.endsWith("-3"));
        const aborted = of("abort").filter((answer) => answer === "aborted");
        for (const answer of of("complete")) {
          assert.ok(["NoSuchUpload", "InvalidPart"].includes(answer) || answer.endsWith("-3"), answer);
        }
        for (const answer of of("abort")) assert.ok(["NoSuchUpload", "aborted"].includes(answer), answer);
        for (const act of ["put part 2", "put part 4"] as const) {
          for (const answer of of(act)) assert.ok(["NoSuchUpload", "stored"].includes(answer), answer);
        }

        const found = await readObject(engine, bucket, key);
        const left = await getUpload(engine, bucket, key, uploadId);
        if (completed.length > 0) {
          assert.equal(found?.toString(), Buffer.concat(bodies).toString());
          assert.equal(left, null);
          assert.equal(aborted.length, 0);
          seen.add("completed");
        } else {
          assert.equal(found, null);
          assert.equal(left === null, aborted.length > 0);
          // Who aborts first is the only one.
          assert.ok(aborted.length <= 1);
          seen.add(aborted.length > 0 ? "aborted" : "left");
        }
        if (of("complete").includes("InvalidPart")) assert.ok(of("put part 2").includes("stored"));
        if (left !== null) {
          const { parts: now } = await listParts(engine, left, { limit: 10 });
          const isStored = (act: "put part 2" | "put part 4"): boolean => of(act).includes("stored");
          assert.equal(now.length, isStored("put part 4") ? 4 : 3);
          assert.equal(now[1]?.size, isStored("put part 2") ? 600 : 40);
          await abortUpload(engine, bucket, key, uploadId);
        }
        if (found !== null) await deleteObject(engine, bucket, key);
        assert.deepEqual(await check(engine), []);
      },
    );
    const alone = acts.map((act): [{ act: typeof act; turns: number }[]] => [[{ act, turns: 0 }]]);
    await fc.assert(property, { numRuns: 60, examples: alone });
    assert.deepEqual([...seen].sort(), ["aborted", "completed", "left"]);
  });
});
