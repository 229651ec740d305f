/** What an operation is given and what it answers: the types that all files of this room share. */

import type { Bucket, ObjectInfo } from "../engine/types.ts";
import type { Engine } from "../engine/types.ts";
import type { OpenObject } from "../engine/open-object.ts";
import type { Owner } from "../s3/acl.ts";
import type { Operation } from "../s3/operations.ts";
import type { AlsoLogged } from "./access-log.ts";
import type { BodyPace } from "./body-pace.ts";
import type { RequestBody } from "./body.ts";
import type { ConsolePlace } from "./console-cors.ts";
import type { Front } from "./proxy.ts";
import type { S3Request } from "./request.ts";
import type { Webhook } from "./webhooks.ts";

/** What a server is for as long as it runs. */
export interface Site {
  readonly engine: Engine;
  /** The one region that this server says it is in, such as `us-east-1`. */
  readonly region: string;
  /** Host names under which `bucket.domain` addresses a bucket. */
  readonly domains: readonly string[];
  /** Host names under which `bucket.domain` shows a bucket as a website. */
  readonly websiteDomains: readonly string[];
  /** What stands between clients and the server. */
  readonly front: Front;
  /** Where events may be sent. */
  readonly webhooks: readonly Webhook[];
  /** Names of the keys that `aws:kms` encrypts with. */
  readonly kmsKeys: readonly string[];
  /** Whether customer-provided keys are taken over HTTP from other machines. */
  readonly customerKeysOverHttp: boolean;
  /** How fast bodies must come. */
  readonly bodyPace: BodyPace;
  /** What whoever reads the metrics must show; absent: everybody may. */
  readonly metricsToken: string | undefined;
  /** Buckets that a user may have. */
  readonly maxBuckets: number;
  /** The web console, whose page may read answers. */
  readonly console: ConsolePlace | undefined;
}

/** Who asks. Anonymous has the owner id that AWS gives to what anonymous writes, and no rights through it. */
export interface Identity {
  readonly anonymous: boolean;
  readonly owner: Owner;
  /** May manage users and keys under `/_stowage/`. It gives no rights over buckets and objects. */
  readonly admin: boolean;
  /** The server itself, as the service that AWS has for it: `logging.s3.amazonaws.com`. */
  readonly service?: string | undefined;
}

/** How a request was signed, for the conditions of policies. */
export interface SignatureInfo {
  readonly version: "AWS4-HMAC-SHA256" | "AWS";
  readonly type: "REST-HEADER" | "REST-QUERY-STRING" | "POST";
  /** Milliseconds since it was made. Absent where that is not told, as by a URL of Signature Version 2. */
  readonly ageMs?: number | undefined;
}

/** What of a request says who wants what: all that the question of rights is decided by. */
export interface Asking {
  readonly site: Site;
  readonly request: S3Request;
  readonly operation: Operation;
  readonly identity: Identity;
  /** Absent for anonymous. */
  readonly signature?: SignatureInfo | undefined;
  /** Tags that the request is about to give to an object. */
  readonly requestTags?: Readonly<Record<string, string>> | undefined;
}

/** A request that is parsed, verified, resolved and permitted. */
export interface Context extends Asking {
  readonly body: RequestBody;
  readonly bucketName: string;
  readonly key: string;
  readonly requestId: string;
  /** Acts that the access log has lines of their own for: handlers add to it where the bucket is logged. */
  readonly alsoLogged: AlsoLogged[];
  /** Makes a signal that is aborted when the client goes away. Most operations are over too soon to need one. */
  readonly signal: () => AbortSignal;
}

/** The context of an operation on a bucket that exists. */
export interface BucketContext extends Context {
  readonly bucket: Bucket;
}

/** The context of an operation on an object that exists, whose metadata gave the permission. */
export interface ObjectContext extends BucketContext {
  readonly info: ObjectInfo;
  /** What `?versionId=` names; `info` is that version's. Absent: the current one. */
  readonly versionId: string | undefined;
}

/** The context of a GET: the object is open, so an overwrite cannot mix two versions. */
export interface OpenContext extends ObjectContext {
  readonly object: OpenObject;
}

/** What goes back. A stream's chunks are written one after the other; each may be reused once the next is asked for. */
export interface S3Response {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}
