/** From a request to the operation, bucket and key that it names. */

import { type Operation, operations } from "../s3/operations.ts";
import { decodeKey } from "../s3/keys.ts";
import { S3Error } from "../s3/errors.ts";
import type { S3Request } from "./request.ts";

/** What a request addresses. Bucket and key are empty strings where it names none. */
export interface Route {
  readonly operation: Operation;
  readonly bucketName: string;
  readonly key: string;
  /** The bucket stands in the host name: SigV2 signs it as part of the resource. */
  readonly virtualHost: boolean;
}

/** Query parameters that choose another operation than the plain one; the rest only shape the answer. */
const subresources = new Set([
  ..."accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle".split(
    " ",
  ),
  ..."location logging metadataTable metrics notification object-lock ownershipControls policy policyStatus".split(
    " ",
  ),
  ..."publicAccessBlock replication requestPayment restore retention select tagging torrent uploadId uploads".split(
    " ",
  ),
  ..."versioning versions website renameObject partNumber".split(" "),
  // What AWS added later: without their names here, a PUT of one would replace the object that it is about.
  ..."abac annotation metadataAnnotationTable metadataConfiguration metadataInventoryTable metadataJournalTable session".split(
    " ",
  ),
]);

/** Rows by method and resource, the most specific first, so that the first row that fits is the one. */
const candidates = new Map<string, Operation[]>();
for (const operation of operations.values()) {
  const at = `${operation.method} ${operation.resource}`;
  candidates.set(at, [...(candidates.get(at) ?? []), operation]);
}
const specificity = (operation: Operation): number =>
  operation.query.length * 2 + (operation.header === undefined ? 0 : 1);
for (const list of candidates.values()) list.sort((a, b) => specificity(b) - specificity(a));

/** What most requests choose from: the rows that want nothing of the query. */
const withoutQuery = new Map(
  [...candidates].map(([at, rows]) => [at, rows.filter(({ query }) => query.length === 0)]),
);

/**
 * Finds the operation of a request.
 *
 * @param domains Host names under which `bucket.domain` addresses a bucket.
 * @throws {S3Error} `MethodNotAllowed` or `NotImplemented` where there is no such operation; `InvalidURI` and
 *   `KeyTooLongError` for a key that cannot be one.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function route(request: S3Request, domains: readonly string[]): Route {
  const hosted = bucketOfHost(request.headers["host"] ?? "", domains);
  const path = request.path.slice(1);
  const slash = path.indexOf("/");
  const rawBucket = hosted ?? (slash === -1 ? path : path.slice(0, slash));
  const rawKey = hosted === null ? (slash === -1 ? "" : path.slice(slash + 1)) : path;
  const bucketName = hosted ?? decodeKey(rawBucket);
  const key = decodeKey(rawKey);
  const resource = bucketName === "" ? "service" : key === "" ? "bucket" : "object";
  if (resource === "service" && key !== "")
    throw new S3Error("InvalidBucketName", { details: { BucketName: "" } });
  return { operation: operationOf(request, resource), bucketName, key, virtualHost: hosted !== null };
}

function operationOf(request: S3Request, resource: Operation["resource"]): Operation {
  const { params } = request;
  const rows = (params.size === 0 ? withoutQuery : candidates).get(`${request.method} ${resource}`);
  if (request.method === "POST" && resource === "service") {
    // S3 has no operation here, and AWS's other services have all of theirs.
    throw new S3Error("NotImplemented", {
      message:
        "This is S3 alone, without STS, IAM and SNS. Users and access keys are managed by `stowage user`.",
    });
  }
  if (rows === undefined) {
    throw new S3Error("MethodNotAllowed", {
      details: { Method: request.method, ResourceType: resource.toUpperCase() },
    });
  }
  // A preflight asks for the URL of the request to come, whatever that is.
  if (request.method === "OPTIONS") return rows[0] as Operation;
  const asked = params.size === 0 ? [] : [...params.keys()].filter((name) => subresources.has(name));
  const found = rows.find(
    (row) =>
      row.query.every((wanted) => hasParam(params, wanted)) &&
      (row.header === undefined || hasHeader(request, row.header)) &&
      asked.every((name) => row.query.includes(name) || isModifier(row, name)),
  );
  if (found !== undefined) return found;
  const [name] = asked;
  if (request.method === "PUT" && (name === "partNumber" || name === "uploadId")) {
    throw new S3Error("InvalidArgument", {
      message:
        "A part is uploaded with both of partNumber and uploadId in the query, and nothing else with either.",
      details: { ArgumentName: name, ArgumentValue: params.get(name) ?? "" },
    });
  }
  throw name === undefined
    ? new S3Error("MethodNotAllowed", {
        details: { Method: request.method, ResourceType: resource.toUpperCase() },
      })
    : new S3Error("NotImplemented", {
        message: `${request.method} of the subresource "${name}" of ${resource === "object" ? "an" : "a"} ${resource} is not implemented.`,
      });
}

/** `partNumber` alone asks GET and HEAD for one part; it chooses no other operation. */
function isModifier(row: Operation, name: string): boolean {
  return name === "partNumber" && (row.name === "GetObject" || row.name === "HeadObject");
}

/** A presigned URL carries headers in its query; whether they are signed is found out later. */
function hasHeader({ headers, params }: S3Request, name: string): boolean {
  return headers[name] !== undefined || [...params.keys()].some((param) => param.toLowerCase() === name);
}

function hasParam(params: ReadonlyMap<string, string>, wanted: string): boolean {
  const equals = wanted.indexOf("=");
  return equals === -1
    ? params.has(wanted)
    : params.get(wanted.slice(0, equals)) === wanted.slice(equals + 1);
}

/** The bucket that stands in a host name before one of the domains; null for another host. */
export function bucketOfHost(host: string, domains: readonly string[]): string | null {
  if (domains.length === 0) return null;
  const name = host.replace(/:\d+$/, "").toLowerCase();
  for (const domain of domains) {
    if (name.length > domain.length + 1 && name.endsWith(`.${domain}`))
      return name.slice(0, -domain.length - 1);
  }
  return null;
}
