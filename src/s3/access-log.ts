/**
 * The lines of server access logs.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */

import { uriEncode } from "./encoding.ts";
import type { Operation } from "./operations.ts";

/** What a line tells of a request. What is absent is written as `-`. */
export interface AccessLogEntry {
  readonly bucketOwnerId: string;
  readonly bucketName: string;
  readonly timeMs: number;
  readonly remoteAddress: string;
  /** Canonical user id. */
  readonly requesterId?: string | undefined;
  readonly requestId: string;
  /** Such as `REST.GET.OBJECT`. */
  readonly operation: string;
  readonly key?: string | undefined;
  /** Path and query as sent; what signs is taken out. Absent for what was no request of its own. */
  readonly request?: { readonly method: string; readonly target: string; readonly httpVersion: string };
  readonly status: number;
  readonly errorCode?: string | undefined;
  readonly bytesSent?: number | undefined;
  /** Bytes. */
  readonly objectSize?: number | undefined;
  readonly totalMs?: number | undefined;
  /** From the request to the first byte of the answer. */
  readonly turnAroundMs?: number | undefined;
  readonly referrer?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly versionId?: string | undefined;
  readonly signatureVersion?: "SigV2" | "SigV4" | undefined;
  readonly cipherSuite?: string | undefined;
  readonly authenticationType?: "AuthHeader" | "QueryString" | undefined;
  readonly hostHeader?: string | undefined;
  readonly tlsVersion?: string | undefined;
  /** Whether nothing but an access control list allowed it. */
  readonly aclRequired?: boolean | undefined;
}

/** One line, with its line break. */
export function accessLogLine(entry: AccessLogEntry): string {
  const { request } = entry;
  const fields = [
    entry.bucketOwnerId,
    entry.bucketName,
    `[${logTime(entry.timeMs)}]`,
    word(entry.remoteAddress),
    word(entry.requesterId),
    entry.requestId,
    entry.operation,
    entry.key === undefined || entry.key === "" ? "-" : uriEncode(entry.key, { slash: false }),
    request === undefined
      ? "-"
      : quoted(`${request.method} ${withoutSecrets(request.target)} HTTP/${request.httpVersion}`),
    entry.status,
    word(entry.errorCode),
    positive(entry.bytesSent),
    count(entry.objectSize),
    count(entry.totalMs),
    count(entry.turnAroundMs),
    quoted(entry.referrer === undefined ? undefined : withoutSecrets(entry.referrer)),
    quoted(entry.userAgent),
    word(entry.versionId),
    // x-amz-id-2, which only AWS's own support can use.
    "-",
    word(entry.signatureVersion),
    word(entry.cipherSuite),
    word(entry.authenticationType),
    word(entry.hostHeader),
    word(entry.tlsVersion),
    // An access point, of which there are none.
    "-",
    entry.aclRequired === true ? "Yes" : "-",
  ];
  return `${fields.join(" ")}\n`;
}

/** Names of subresources that a log spells otherwise than a query. */
const subresourceNames: Readonly<Record<string, string>> = {
  delete: "MULTI_OBJECT_DELETE",
  encryption: "ENCRYPTION",
  "legal-hold": "OBJECT_LOCK_LEGALHOLD",
  logging: "LOGGING_STATUS",
  "object-lock": "OBJECT_LOCK_CONFIGURATION",
  ownershipControls: "OWNERSHIP_CONTROLS",
  policy: "BUCKETPOLICY",
  policyStatus: "POLICY_STATUS",
  publicAccessBlock: "PUBLIC_ACCESS_BLOCK",
  requestPayment: "REQUEST_PAYMENT",
  retention: "OBJECT_LOCK_RETENTION",
  uploadId: "UPLOAD",
  versions: "BUCKETVERSIONS",
};

/** What a log calls an operation: `REST.` and method and resource. */
export function loggedOperation({ method, resource, query, header, name }: Operation): string {
  if (method === "OPTIONS") return "REST.OPTIONS.PREFLIGHT";
  if (name === "Website") return `WEBSITE.${method}.OBJECT`;
  const isCopy = header === "x-amz-copy-source";
  if (name === "CopyObject") return "REST.COPY.OBJECT";
  if (query.includes("partNumber")) return isCopy ? "REST.COPY.PART" : `REST.${method}.PART`;
  const subresource = query.find((parameter) => !parameter.includes("="));
  if (subresource === undefined) return `REST.${method}.${resource.toUpperCase()}`;
  if (subresource === "tagging" && resource === "object") return `REST.${method}.OBJECT_TAGGING`;
  return `REST.${method}.${subresourceNames[subresource] ?? subresource.toUpperCase()}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `06/Feb/2019:00:00:38 +0000`. */
function logTime(timeMs: number): string {
  const [date = "", time = ""] = new Date(timeMs).toISOString().split("T");
  const [year, month, day] = date.split("-");
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}

/** Whoever reads a log must not be able to use its links, nor what customers encrypt with. */
function withoutSecrets(target: string): string {
  return target.replaceAll(secretParameters, "$1REDACTED");
}

const secretParameters =
  /([?&](?:X-Amz-Signature|X-Amz-Security-Token|Signature|x-amz-(?:copy-source-)?server-side-encryption-customer-key)=)[^&\s]*/gi;

/** A field of its own: what would end it is percent-encoded. */
function word(text: string | undefined): string {
  return text === undefined || text === "" ? "-" : escape(text, /[^\x21-\x7e]|"/g);
}

function quoted(text: string | undefined): string {
  return `"${text === undefined || text === "" ? "-" : escape(text, /[^\x20-\x7e]|"/g)}"`;
}

/** Header values are bytes, one a character. */
function escape(text: string, special: RegExp): string {
  return text.replaceAll(
    special,
    (c) => `%${(c.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

function count(value: number | undefined): string {
  return value === undefined ? "-" : String(Math.round(value));
}

/** Bytes "or - if zero". */
function positive(value: number | undefined): string {
  return value === undefined || value === 0 ? "-" : String(value);
}
