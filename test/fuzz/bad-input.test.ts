/**
 * Every operation with headers, query values, documents and forms that are wrong: the answer is one of S3's own errors or
 * success, never a fault of the server, and what was refused has left nothing behind.
 *
 *     STOWAGE_FUZZ_RUNS=1000 npm test -- fuzz      more of it
 *     STOWAGE_FUZZ_SEED=… STOWAGE_FUZZ_PATH=…      a run again, as a failure printed it
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import * as fc from "fast-check";
import { check } from "../../src/engine/check.ts";
import { createMemoryEngine, openEngine } from "../../src/engine/engine.ts";
import { isKnownErrorCode } from "../../src/s3/errors.ts";
import { type Operation, operations } from "../../src/s3/operations.ts";
import { type Sent, startTestServer, type TestServer } from "../support/server.ts";
import { documents, headerNames, headerValues, queryNames, queryValues } from "./bad-values.ts";

const numRuns = Number(process.env["STOWAGE_FUZZ_RUNS"] ?? 10);
const seed = process.env["STOWAGE_FUZZ_SEED"];
const path = process.env["STOWAGE_FUZZ_PATH"];

interface Attempt {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly body: string;
  readonly hasDigest: boolean;
}

const headers = fc.dictionary(fc.constantFrom(...headerNames), fc.constantFrom(...headerValues), {
  maxKeys: 3,
});
const query = fc.array(fc.tuple(fc.constantFrom(...queryNames), fc.constantFrom(...queryValues)), {
  maxLength: 2,
});
const known = fc.constantFrom(...documents);
const body = fc.oneof(
  { weight: 3, arbitrary: known },
  // A document that is cut off, or of which a piece is something else.
  { weight: 3, arbitrary: fc.tuple(known, fc.nat(400)).map(([text, at]) => text.slice(0, at)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(known, fc.nat(400), fc.nat(12), fc.constantFrom(...headerValues))
      .map(([text, at, length, value]) => text.slice(0, at) + value + text.slice(at + length)),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
);
const attempts: fc.Arbitrary<Attempt> = fc.record({ headers, query, body, hasDigest: fc.boolean() });

for (const kind of ["memory", "disk"] as const) {
  describe(`bad input, ${kind}`, () => badInput(kind));
}

function badInput(kind: "memory" | "disk"): void {
  let s3: TestServer;
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "stowage-fuzz-"));
    const engine =
      kind === "memory" ? createMemoryEngine() : await openEngine({ dataDir, durability: "relaxed" });
    s3 = await startTestServer({ engine });
    await s3.send("PUT /source");
    await s3.send("PUT /source/key", { body: "x" });
  });
  after(async () => {
    await s3.close();
    await rm(dataDir, { recursive: true });
  });

  for (const [i, operation] of [...operations.values()].entries()) {
    if (operation.method === "OPTIONS") continue;
    it(`${operation.name} is not brought down by it`, async () => {
      const bucket = `fuzz-${i}`;
      const setUp = async (): Promise<void> => {
        await s3.send(`PUT /${bucket}`);
        await s3.send(`PUT /${bucket}/key`, { body: "x" });
      };
      await setUp();
      const property = fc.asyncProperty(attempts, async (attempt) => {
        const earlier = await stored();
        const sent = await send(operation, bucket, attempt);
        judge(operation, sent);
        if (sent.status >= 400) assert.deepEqual(await stored(), earlier, "what was refused left something");
        // What succeeded may have changed everything: the next attempt finds what this one found.
        else if (operation.method !== "GET" && operation.method !== "HEAD") {
          await s3.send(`DELETE /${bucket}?policy`);
          await setUp();
        }
      });
      await fc.assert(property, {
        numRuns,
        ...(seed === undefined ? {} : { seed: Number(seed) }),
        ...(path === undefined ? {} : { path }),
      });
      assert.deepEqual(await check(s3.engine), []);
    });
  }

  async function send(operation: Operation, bucket: string, attempt: Attempt): Promise<Sent> {
    const { method, resource, header } = operation;
    const target = resource === "service" ? "/" : resource === "bucket" ? `/${bucket}` : `/${bucket}/key`;
    const asked = [
      ...operation.query.map((one) => (one === "partNumber" ? "partNumber=1" : one)),
      // A query that names a subresource would be another operation.
      ...attempt.query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`),
    ];
    const takesBody = method === "PUT" || method === "POST";
    const sentBody = takesBody ? attempt.body : "";
    const md5 = createHash("md5").update(sentBody).digest("base64");
    return s3.send(`${method} ${target}${asked.length === 0 ? "" : "?"}${asked.join("&")}`, {
      headers: {
        ...(header === undefined ? {} : { [header]: "/source/key" }),
        ...(operation.name === "PostObject" ? { "content-type": "multipart/form-data; boundary=b" } : {}),
        ...(attempt.hasDigest && takesBody ? { "content-md5": md5 } : {}),
        ...attempt.headers,
      },
      body: sentBody,
    });
  }

  function judge({ name, method }: Operation, { status, code, text }: Sent): void {
    assert.ok(status !== 500 && status < 502, `${name} ${status} ${text}`);
    if (status < 400 || method === "HEAD") return;
    assert.ok(isKnownErrorCode(code), `${name} ${status} ${JSON.stringify(text)}`);
    // Answered with 200 before it was known: an error inside is still one of S3's.
    for (const [, inner = ""] of text.matchAll(/<Code>(.*?)<\/Code>/g)) {
      assert.ok(isKnownErrorCode(inner) && inner !== "InternalError", `${name} ${inner} ${text}`);
    }
  }

  /** How many rows of each kind there are, of all buckets. */
  async function stored(): Promise<number[]> {
    const counts: number[] = [];
    for (const table of [
      "buckets",
      "objects",
      "versions",
      "uploads",
      "parts",
      "manifests",
      "inline",
    ] as const) {
      counts.push(await s3.engine.index.count(table));
    }
    return counts;
  }
}
