/**
 * Cross-origin resource sharing: which rule of a bucket fits a request, and the headers that it answers with.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */

/** The methods that a rule may allow. */
export const corsMethods = ["GET", "PUT", "HEAD", "POST", "DELETE"] as const;

export type CorsMethod = (typeof corsMethods)[number];

/** One rule of a bucket. */
export interface CorsRule {
  /** A name for people, at most 255 characters. */
  readonly id?: string | undefined;
  /** Origins such as `https://example.com`, each with at most one `*`. `*` alone allows every origin. */
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly CorsMethod[];
  /** Headers that a request may have, each with at most one `*`. */
  readonly allowedHeaders?: readonly string[] | undefined;
  /** Headers of an answer that a page's scripts may read. */
  readonly exposeHeaders?: readonly string[] | undefined;
  /** How long a browser may remember the answer to a preflight, in seconds. */
  readonly maxAgeSeconds?: number | undefined;
}

/** What a browser says of the request that it has or wants to make. */
export interface CorsRequest {
  readonly origin: string;
  readonly method: string;
  /** Names of the headers that the request is to have, as in `Access-Control-Request-Headers`. */
  readonly headers: readonly string[];
}

/** What answers depend on, so that a cache keeps one for each. */
export const corsVary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

/**
 * The first rule that allows a request: origins are compared with case, header names without.
 *
 * @example
 * findCorsRule([{ allowedOrigins: ["https://*.example.com"], allowedMethods: ["GET"] }], {
 *   origin: "https://www.example.com", method: "GET", headers: [],
 * });
 */
export function findCorsRule(rules: readonly CorsRule[], request: CorsRequest): CorsRule | null {
  return rules.find((rule) => allows(rule, request)) ?? null;
}

function allows(rule: CorsRule, { origin, method, headers }: CorsRequest): boolean {
  return (
    (rule.allowedMethods as readonly string[]).includes(method) &&
    rule.allowedOrigins.some((pattern) => matchesPattern(pattern, origin)) &&
    headers.every((header) =>
      (rule.allowedHeaders ?? []).some((pattern) => matchesPattern(pattern.toLowerCase(), header)),
    )
  );
}

/** Without a regular expression: an origin is a stranger's, and a pattern too. */
function matchesPattern(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === text;
  return (
    text.length >= pattern.length - 1 &&
    text.startsWith(pattern.slice(0, star)) &&
    text.endsWith(pattern.slice(star + 1))
  );
}

/**
 * The headers that a rule answers a request with. Only an origin that a rule names gets credentials: `*` alone is
 * answered as `*`, which browsers never combine with cookies.
 */
export function corsHeaders(rule: CorsRule, { origin, headers }: CorsRequest): Record<string, string> {
  const isAnyone = rule.allowedOrigins.includes("*");
  const answer: Record<string, string> = {
    "access-control-allow-origin": isAnyone ? "*" : origin,
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    vary: corsVary,
  };
  if (!isAnyone) answer["access-control-allow-credentials"] = "true";
  if (headers.length > 0) answer["access-control-allow-headers"] = headers.join(", ");
  if (rule.exposeHeaders !== undefined && rule.exposeHeaders.length > 0) {
    answer["access-control-expose-headers"] = rule.exposeHeaders.join(", ");
  }
  if (rule.maxAgeSeconds !== undefined) answer["access-control-max-age"] = String(rule.maxAgeSeconds);
  return answer;
}

/** Names of headers as a browser lists them: lower-case, without white space. */
export function parseHeaderNames(list: string | undefined): string[] {
  return (list ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}

/** Whether a text can be the name of a header (RFC 9110, section 5.6.2). */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}
