/** Requests made and signed before the first one is sent. */

import { createHash } from "node:crypto";
import { signV4 } from "../../src/s3/sigv4.ts";
import type { WireRequest } from "./connection.ts";
import type { Job, Operation } from "./job.ts";

/** Gives one request after the other; `null` when each was to be sent once and has been. */
export type Source = () => WireRequest | null;

/** The mix of warp, MinIO's benchmark: 45 % GET, 30 % HEAD, 15 % PUT, 10 % DELETE. */
const mix: readonly Operation[] =
  "get head get put get head delete get head get get head put get head get put head get delete".split(
    " ",
  ) as Operation[];

/** Signs every request of a job. Signatures hold for 15 minutes, longer than any job runs. */
export function createSource(job: Job): Source {
  if (job.operation !== "mixed") return cycle(prepare(job, job.operation), job.once);
  // What is deleted was put a while before, so that nearly every DELETE removes something.
  const written = prepare(job, "put", "mixed/");
  const sources: Partial<Record<Operation, Source>> = {
    get: cycle(prepare(job, "get"), false),
    head: cycle(prepare(job, "head"), false),
    put: cycle(written, false),
    delete: cycle(prepare(job, "delete", "mixed/"), false),
  };
  let turn = 0;
  return () => (sources[mix[turn++ % mix.length] as Operation] as Source)();
}

/** The key of an object of the bench. */
function keyOf(sizeBytes: number, index: number, prefix: string): string {
  return `${prefix}${sizeBytes}/${String(index).padStart(7, "0")}`;
}

function prepare(job: Job, operation: Operation, prefix = job.prefix): WireRequest[] {
  const { bucket, sizeBytes } = job;
  const keyed = (index: number): string => `/${bucket}/${keyOf(sizeBytes, index, prefix)}`;
  const sign = signerOf(job);
  const indexes = Array.from({ length: job.keys }, (_, index) => index);
  switch (operation) {
    case "make-bucket":
      return [sign("PUT", `/${bucket}`, "", null, { status: 200 })];
    case "remove-bucket":
      return [sign("DELETE", `/${bucket}`, "", null, { status: 204 })];
    case "list":
      return job.queries.map((query) =>
        sign("GET", `/${bucket}`, query, null, { status: 200, bodyEnd: "</ListBucketResult>" }),
      );
    case "put": {
      const body = patternOf(sizeBytes);
      return indexes.map((index) => sign("PUT", keyed(index), "", body, { status: 200 }));
    }
    case "get":
      return scatter(indexes).map((index) =>
        sign("GET", keyed(index), "", null, { status: 200, bodyBytes: sizeBytes }),
      );
    case "head":
      return scatter(indexes).map((index) => sign("HEAD", keyed(index), "", null, { status: 200 }));
    case "delete":
      return indexes.map((index) => sign("DELETE", keyed(index), "", null, { status: 204 }));
    default:
      throw new TypeError(`"${operation}" is made of other operations.`);
  }
}

type Sign = (
  method: string,
  path: string,
  query: string,
  body: Buffer | null,
  expect: Partial<WireRequest["expect"]>,
) => WireRequest;

function signerOf(job: Job): Sign {
  const { host } = new URL(job.endpoint);
  const credentials = { accessKeyId: job.accessKeyId, secretAccessKey: job.secretAccessKey };
  const date = new Date();
  let hashedBody: Buffer | null = null;
  let payloadHash = createHash("sha256").digest("hex");
  return (method, path, query, body, expect) => {
    if (body !== hashedBody) {
      const isSigned = body === null || job.signsPayload;
      payloadHash = isSigned
        ? createHash("sha256")
            .update(body ?? "")
            .digest("hex")
        : "UNSIGNED-PAYLOAD";
      hashedBody = body;
    }
    const plain: Record<string, string> = { host };
    const signature = signV4(
      { method, path, query, headers: plain },
      { credentials, region: job.region, payloadHash, date },
    );
    const headers = {
      ...plain,
      ...signature,
      ...(body === null ? {} : { "content-length": String(body.length) }),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return {
      head: Buffer.from(
        `${method} ${path}${query === "" ? "" : `?${query}`} HTTP/1.1\r\n${lines.join("")}\r\n`,
        "latin1",
      ),
      body,
      headOnly: method === "HEAD",
      expect: { status: 0, bodyBytes: null, bodyEnd: null, ...expect },
    };
  };
}

function cycle(requests: readonly WireRequest[], once: boolean): Source {
  let index = 0;
  return () => {
    if (index === requests.length) {
      if (once) return null;
      index = 0;
    }
    return requests[index++] ?? null;
  };
}

/** Bytes that no layer can shrink by much: a linear congruence, the same in every run. */
function patternOf(sizeBytes: number): Buffer {
  const body = Buffer.alloc(sizeBytes);
  let state = 12_345;
  for (let i = 0; i < sizeBytes; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    body[i] = state >>> 16;
  }
  return body;
}

/** A fixed order far from the order of writing: reads that are not served by what lies next to the last one. */
function scatter(indexes: readonly number[]): readonly number[] {
  const stride = 7919; // a prime, so that every index comes once unless their number is a multiple of it
  if (indexes.length % stride === 0) return indexes;
  return indexes.map((index) => (index * stride) % indexes.length);
}
