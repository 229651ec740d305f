/**
 * What a request says to the conditions of a policy.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
 */

import type { TLSSocket } from "node:tls";
import type { Bucket } from "../engine/types.ts";
import { decodeKey } from "../s3/keys.ts";
import type { ConditionValues } from "../s3/policy/pattern.ts";
import type { Tags } from "../s3/tags.ts";
import type { Asking } from "./context.ts";
import type { S3Request } from "./request.ts";

/** What of an object is spoken of, where that is not what the request names. */
export interface Subject {
  readonly versionId?: string | undefined;
  /** The ETag that one of many deletions names, as a header would. */
  readonly ifMatch?: string | undefined;
  /** Stands for `s3:prefix`, where the right to list decides whether a key may be known to be missing. */
  readonly prefix?: string | undefined;
  /** Those of the object that is there. */
  readonly tags?: Tags | undefined;
}

/** Condition keys that are headers of the same name. */
const headerKeys: ReadonlySet<string> = new Set([
  "if-match",
  "if-none-match",
  "x-amz-acl",
  "x-amz-content-sha256",
  "x-amz-grant-full-control",
  "x-amz-grant-read",
  "x-amz-grant-read-acp",
  "x-amz-grant-write",
  "x-amz-grant-write-acp",
  "x-amz-metadata-directive",
  "x-amz-object-ownership",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
]);

/** Condition keys that are query parameters of the same name. */
const parameterKeys: ReadonlySet<string> = new Set(["delimiter", "max-keys", "prefix"]);

/** The values that a request has for each condition key. */
export function policyValues(asking: Asking, bucket: Bucket, subject: Subject): ConditionValues {
  return (key) => {
    const slash = key.indexOf("/");
    if (slash !== -1) return tagValue(asking, subject, key.slice(0, slash), key.slice(slash + 1));
    if (key === "s3:requestobjecttagkeys") return asking.requestTags && Object.keys(asking.requestTags);
    const value = key.startsWith("s3:")
      ? s3Value(asking, bucket, subject, key.slice("s3:".length))
      : globalValue(asking, bucket, key);
    return value === undefined ? undefined : [value];
  };
}

function tagValue(
  { requestTags }: Asking,
  { tags }: Subject,
  key: string,
  name: string,
): string[] | undefined {
  const from =
    key === "s3:existingobjecttag" ? tags : key === "s3:requestobjecttag" ? requestTags : undefined;
  const value = from !== undefined && Object.hasOwn(from, name) ? from[name] : undefined;
  return value === undefined ? undefined : [value];
}

function globalValue({ site, request, identity }: Asking, bucket: Bucket, key: string): string | undefined {
  const { anonymous, owner, service } = identity;
  switch (key) {
    case "aws:currenttime":
      return new Date(site.engine.clock()).toISOString();
    case "aws:epochtime":
      return String(Math.floor(site.engine.clock() / 1000));
    case "aws:principalaccount":
      return anonymous || service !== undefined ? undefined : owner.id;
    case "aws:principalarn":
      return anonymous || service !== undefined ? undefined : `arn:aws:iam:::user/${owner.displayName}`;
    case "aws:principalisawsservice":
      return String(service !== undefined);
    case "aws:principalservicename":
      return service;
    case "aws:principaltype":
      return service !== undefined ? "Service" : anonymous ? "Anonymous" : "User";
    case "aws:referer":
      return request.headers["referer"];
    case "aws:requestedregion":
      return site.region;
    case "aws:resourceaccount":
      return bucket.owner.id;
    case "aws:securetransport":
      return String(request.secure);
    case "aws:sourceip":
      return request.remoteAddress;
    case "aws:useragent":
      return request.headers["user-agent"];
    case "aws:userid":
      return service !== undefined ? undefined : anonymous ? "anonymous" : owner.id;
    case "aws:username":
      return anonymous || service !== undefined ? undefined : owner.displayName;
    default:
      // Of networks, organisations and sessions, which are Amazon's.
      return undefined;
  }
}

function s3Value(asking: Asking, bucket: Bucket, subject: Subject, key: string): string | undefined {
  const { site, request, signature } = asking;
  const { headers, params } = request;
  // A header there is none of the conditions that are held against the objects.
  if (key === "if-match" && asking.operation.name === "DeleteObjects") return subject.ifMatch;
  if (headerKeys.has(key)) return headers[key];
  if (key === "prefix" && subject.prefix !== undefined) return subject.prefix;
  if (parameterKeys.has(key)) return params.get(key);
  switch (key) {
    case "objectcreationoperation":
      return creationValue(asking.operation.name);
    case "tlsversion":
      return tlsVersion(request);
    case "authtype":
      return signature?.type;
    case "signatureage":
      return signature?.ageMs === undefined ? undefined : String(signature.ageMs);
    case "signatureversion":
      return signature?.version;
    case "object-lock-legal-hold":
    case "object-lock-mode":
    case "object-lock-retain-until-date":
      return headers[`x-amz-${key}`];
    case "object-lock-remaining-retention-days":
      return remainingDays(headers["x-amz-object-lock-retain-until-date"], site.engine.clock());
    case "resourceaccount":
      return bucket.owner.id;
    case "versionid":
      return subject.versionId;
    case "x-amz-copy-source":
      return copySource(headers["x-amz-copy-source"]);
    default:
      return undefined;
  }
}

/** Which of the operations that need s3:PutObject make an object, and which only prepare one. */
function creationValue(operation: string): string | undefined {
  if (creations.has(operation)) return "true";
  return preparations.has(operation) ? "false" : undefined;
}

const creations: ReadonlySet<string> = new Set([
  "PutObject",
  "PostObject",
  "CopyObject",
  "CompleteMultipartUpload",
  "RenameObject",
]);
const preparations: ReadonlySet<string> = new Set(["CreateMultipartUpload", "UploadPart", "UploadPartCopy"]);

/** Such as `1.3`; nothing over HTTP, nor where a proxy speaks TLS and keeps to itself which. */
function tlsVersion({ incoming }: S3Request): string | undefined {
  const protocol = (incoming.socket as Partial<TLSSocket>).getProtocol?.();
  return protocol?.replace(/^TLSv1$/, "1.0").replace(/^TLSv/, "");
}

/** `bucket/key` as they are stored: encoded in another way it would still be the same source. */
function copySource(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [path = ""] = value.split("?versionId=", 1);
  return decodeKey(path).replace(/^\//, "");
}

function remainingDays(until: string | undefined, nowMs: number): string | undefined {
  const untilMs = Date.parse(until ?? "");
  return Number.isNaN(untilMs) ? undefined : String(Math.ceil((untilMs - nowMs) / 86_400_000));
}
