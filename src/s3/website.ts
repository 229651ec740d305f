/**
 * Static websites: which redirect a bucket's rules ask for.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html
 */

import { uriEncode } from "./encoding.ts";

/** How a bucket is served as a website: all requests sent elsewhere, or documents with rules. */
export interface WebsiteConfiguration {
  /** What is added to a key that is empty or ends in a slash, such as `index.html`. */
  readonly indexSuffix?: string | undefined;
  /** Key of the page for errors. */
  readonly errorKey?: string | undefined;
  readonly redirectAllRequestsTo?: RedirectTarget | undefined;
  /** The first that fits is taken. */
  readonly routingRules?: readonly RoutingRule[] | undefined;
}

export type Protocol = "http" | "https";

export interface RedirectTarget {
  readonly hostName: string;
  /** Default: the request's own. */
  readonly protocol?: Protocol | undefined;
}

export interface RoutingRule {
  /** Absent: every request. */
  readonly condition?: RoutingCondition | undefined;
  readonly redirect: Redirect;
}

/** Both must hold, should there be both. */
export interface RoutingCondition {
  readonly keyPrefixEquals?: string | undefined;
  /** Of the answer that would be given. */
  readonly httpErrorCodeReturnedEquals?: number | undefined;
}

export interface Redirect extends Partial<RedirectTarget> {
  /** Default: 301. */
  readonly httpRedirectCode?: number | undefined;
  /** Put in the place of the condition's prefix. */
  readonly replaceKeyPrefixWith?: string | undefined;
  /** Put in the place of the whole key. */
  readonly replaceKeyWith?: string | undefined;
}

/**
 * The first rule for a key.
 *
 * @param errorStatus The status of the error that would be answered; undefined before it is known: then only rules count that
 *   ask for none.
 */
export function findRoutingRule(
  rules: readonly RoutingRule[],
  key: string,
  errorStatus: number | undefined,
): RoutingRule | null {
  const fits = ({ condition = {} }: RoutingRule): boolean =>
    condition.httpErrorCodeReturnedEquals === errorStatus && key.startsWith(condition.keyPrefixEquals ?? "");
  return rules.find(fits) ?? null;
}

/**
 * Where a rule sends a request.
 *
 * @param request.host As the client sent it, with its port.
 * @example
 * const rule = { condition: { keyPrefixEquals: "docs/" }, redirect: { replaceKeyPrefixWith: "documents/" } };
 * redirectOf(rule, { key: "docs/a.html", host: "site.example.com", protocol: "http" });
 * // { status: 301, location: "http://site.example.com/documents/a.html" }
 */
export function redirectOf(
  { condition, redirect }: RoutingRule,
  request: { readonly key: string; readonly host: string; readonly protocol: Protocol },
): { readonly status: number; readonly location: string } {
  const { hostName, protocol, httpRedirectCode, replaceKeyPrefixWith, replaceKeyWith } = redirect;
  const rest = request.key.slice((condition?.keyPrefixEquals ?? "").length);
  const key =
    replaceKeyWith ?? (replaceKeyPrefixWith === undefined ? request.key : replaceKeyPrefixWith + rest);
  return {
    status: httpRedirectCode ?? 301,
    location: `${protocol ?? request.protocol}://${hostName ?? request.host}/${uriEncode(key, { slash: false })}`,
  };
}
