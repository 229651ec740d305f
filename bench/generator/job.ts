/** What a generator is told to do, and what it answers: the words between the bench and its load generator. */

import type { Usage } from "../proc.ts";
import type { LoadOptions, LoadResult } from "./load.ts";

/** What is asked of the server, over and over. */
export type Operation =
  | "make-bucket"
  | "remove-bucket"
  | "put"
  | "get"
  | "head"
  | "list"
  | "delete"
  | "mixed";

/** One run of the generator. */
export interface Job extends LoadOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  readonly operation: Operation;
  /** Size of each object, in bytes. */
  readonly sizeBytes: number;
  /** Whether the signature of a PUT is over its body's SHA-256, as of SDKs over HTTP; else UNSIGNED-PAYLOAD, as over TLS. */
  readonly signsPayload: boolean;
  /** How many different keys the requests name. They are signed ahead, one request for each, and then repeated. */
  readonly keys: number;
  /** Before every key. */
  readonly prefix: string;
  /** Whether each request is sent once only: fills and empties a bucket. */
  readonly once: boolean;
  /** Queries of a listing, without `?`, sent in turn. */
  readonly queries: readonly string[];
  /** Process whose use of processor and memory is read. */
  readonly serverPid: number | null;
}

/** What came of it. */
export interface JobResult extends LoadResult {
  /** Share of one core that the server used while it was measured. */
  readonly serverCpu: number | null;
  /** Memory of the server after the run. */
  readonly server: Usage | null;
}
