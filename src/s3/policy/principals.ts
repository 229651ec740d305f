/**
 * `Principal` and `NotPrincipal`: whom a statement speaks of.
 *
 * A user of Stowage is what an AWS account and its root user are. Its account is its canonical id, and its names are
 *
 *     arn:aws:iam:::user/NAME      arn:aws:iam:::user/CANONICAL-ID (as on Ceph)
 *     arn:aws:iam::CANONICAL-ID:root      CANONICAL-ID      {"CanonicalUser": CANONICAL-ID}
 *
 * Accounts of twelve digits, roles and federated users are Amazon's: they are read, and nobody here is one.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
 */

import { malformedPolicy, quote, stringsOf } from "./malformed.ts";

/** Who asks. Nobody known when there is neither an id nor a service. */
export interface Principal {
  /** Canonical user id. */
  readonly id?: string | undefined;
  /** The user's name. */
  readonly name?: string | undefined;
  /** A service of the server's own, such as `logging.s3.amazonaws.com`. */
  readonly service?: string | undefined;
}

/** Whom a statement speaks of, or, for `NotPrincipal`, of whom it does not. */
export interface PrincipalRule {
  readonly not: boolean;
  readonly entries: readonly PrincipalEntry[];
}

/** One name of a principal. */
export type PrincipalEntry =
  /** Everybody, with and without an account. */
  | { readonly type: "everyone" }
  | { readonly type: "id"; readonly id: string }
  | { readonly type: "name"; readonly name: string; readonly account: string }
  | { readonly type: "service"; readonly service: string }
  /** Somebody of Amazon's. */
  | { readonly type: "foreign"; readonly text: string };

const canonicalId = /^[0-9a-f]{64}$/i;
const accountNumber = /^\d{12}$/;
/** AWS writes these in place of users and roles that were removed. */
const uniqueId = /^A[A-Z0-9]{15,127}$/;
const arn = /^arn:aws[\w-]*:(iam|sts)::([\w.$-]*):([\w-]+)(?:\/(.+))?$/;
const kinds = ["AWS", "CanonicalUser", "Service", "Federated"] as const;

/**
 * Reads the value of `Principal` or `NotPrincipal`.
 *
 * @throws {S3Error} `MalformedPolicy`.
 */
export function parsePrincipals(value: unknown, field: "Principal" | "NotPrincipal"): PrincipalRule {
  const not = field === "NotPrincipal";
  if (value === "*") return { not, entries: [{ type: "everyone" }] };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformedPolicy(`${field} is ${quote(value)}, neither "*" nor an object such as {"AWS": …}`);
  }
  const entries: PrincipalEntry[] = [];
  for (const [name, members] of Object.entries(value)) {
    const kind = kinds.find((known) => known === name);
    if (kind === undefined)
      throw malformedPolicy(`Invalid principal in policy: ${field} has the unknown member "${name}"`);
    for (const member of stringsOf(members, `${field}.${name}`)) entries.push(parseEntry(kind, member));
  }
  if (entries.length === 0) throw malformedPolicy(`Invalid principal in policy: ${field} names nobody`);
  return { not, entries };
}

function parseEntry(kind: (typeof kinds)[number], text: string): PrincipalEntry {
  if (kind === "AWS") return parseAws(text);
  if (kind === "CanonicalUser") {
    if (!canonicalId.test(text)) throw invalid(text, "a canonical user id has 64 hexadecimal digits");
    return { type: "id", id: text.toLowerCase() };
  }
  if (text === "" || text.includes("*")) throw invalid(text, "a name without wildcards is needed");
  return kind === "Service" ? { type: "service", service: text } : { type: "foreign", text };
}

function parseAws(text: string): PrincipalEntry {
  if (text === "*") return { type: "everyone" };
  if (canonicalId.test(text)) return { type: "id", id: text.toLowerCase() };
  if (accountNumber.test(text) || uniqueId.test(text)) return { type: "foreign", text };
  const [, service, account = "", kind, name] = arn.exec(text) ?? [];
  if (service === undefined) throw invalid(text, "it is no account, user or role");
  if (name !== undefined && /[*?]/.test(name)) throw invalid(text, "a principal has no wildcards");
  if (service === "iam" && kind === "root" && name === undefined) {
    return canonicalId.test(account) ? { type: "id", id: account.toLowerCase() } : { type: "foreign", text };
  }
  if (name === undefined) throw invalid(text, "it is no account, user or role");
  if (service !== "iam" || kind !== "user" || (account !== "" && !canonicalId.test(account))) {
    return { type: "foreign", text };
  }
  // Before it is a name: a user whose name is another's id must not pass for that other.
  if (account === "" && canonicalId.test(name)) return { type: "id", id: name.toLowerCase() };
  return { type: "name", name, account: account.toLowerCase() };
}

/** Whether a statement speaks of whoever asks. */
export function matchPrincipals({ not, entries }: PrincipalRule, principal: Principal): boolean {
  return entries.some((entry) => isPrincipal(entry, principal)) !== not;
}

function isPrincipal(entry: PrincipalEntry, { id, name, service }: Principal): boolean {
  switch (entry.type) {
    case "everyone":
      return true;
    case "id":
      return id === entry.id;
    case "name":
      return id !== undefined && name === entry.name && (entry.account === "" || id === entry.account);
    case "service":
      return service === entry.service;
    default:
      return false;
  }
}

function invalid(text: string, why: string): ReturnType<typeof malformedPolicy> {
  return malformedPolicy(`Invalid principal in policy: "${text}": ${why}`);
}
