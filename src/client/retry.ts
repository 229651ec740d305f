/**
 * When a request is sent again, and how long that waits: full jitter under a bound that doubles, and a token bucket
 * that stops a client from repeating everything when a server is down.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */

export interface RetryOptions {
  /** Attempts in all, the first one among them. 1 sends everything once. Default: 3. */
  readonly maxAttempts?: number | undefined;
  /** The bound of the first delay. Default: 50. */
  readonly baseDelayMs?: number | undefined;
  /** The bound of the first delay after an answer that asks to slow down. Default: 1,000. */
  readonly throttledDelayMs?: number | undefined;
  /** No delay is longer. Default: 20,000. */
  readonly maxDelayMs?: number | undefined;
}

export type RetryPolicy = { readonly [K in keyof RetryOptions]-?: number };

/** Why an attempt failed, as far as repeating it goes. */
export type Failure = "throttled" | "timeout" | "transient";

const retryStatuses = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Codes that ask to slow down, whatever their status: those of all of AWS, for who stands between a client and S3 may be of it.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const throttling =
  /SlowDown|Throttl|LimitExceeded|ThroughputExceeded|TooManyRequests|PriorRequestNotComplete|TransactionInProgress/;

/** Codes that are worth another attempt though their status is not. */
const transientCodes = new Set([
  "ConditionalRequestConflict",
  "IncompleteBody",
  "InternalError",
  "OperationAborted",
  "RequestTimeout",
  "RequestTimeoutException",
]);

/** What an answer of this status and code means for the next attempt, or null where it would only fail again. */
export function failureOf(status: number, code: string): Failure | null {
  if (throttling.test(code) || status === 429) return "throttled";
  if (transientCodes.has(code) || retryStatuses.has(status)) return "transient";
  return null;
}

export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  const policy = {
    maxAttempts: options.maxAttempts ?? 3,
    baseDelayMs: options.baseDelayMs ?? 50,
    throttledDelayMs: options.throttledDelayMs ?? 1000,
    maxDelayMs: options.maxDelayMs ?? 20_000,
  };
  if (!Number.isInteger(policy.maxAttempts) || policy.maxAttempts < 1) {
    throw new RangeError(`retries.maxAttempts is ${policy.maxAttempts}; it must be a whole number from 1.`);
  }
  return policy;
}

/**
 * How long to wait before attempt `attempt + 1`.
 *
 * @param random From 0 to 1.
 * @param askedMs What the server asked for (`x-amz-retry-after` in milliseconds, `retry-after` in seconds), if it did.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  attempt: number,
  failure: Failure,
  random: number,
  askedMs = 0,
): number {
  const base = failure === "throttled" ? policy.throttledDelayMs : policy.baseDelayMs;
  const jittered = random * Math.min(policy.maxDelayMs, base * 2 ** (attempt - 1));
  return Math.min(policy.maxDelayMs, Math.max(jittered, askedMs));
}

/** What the server asked to wait, in milliseconds; 0 where it did not ask. */
export function askedDelayMs(headers: Readonly<Record<string, string>>): number {
  const exact = Number(headers["x-amz-retry-after"]);
  if (exact > 0) return exact;
  const seconds = Number(headers["retry-after"]);
  return seconds > 0 ? seconds * 1000 : 0;
}

const capacity = 500;
const cost: Readonly<Record<Failure, number>> = { throttled: 5, transient: 5, timeout: 10 };

/**
 * Tokens that retries of one client share. When a server fails for everybody, they run out and each request fails after
 * its first attempt, instead of tripling the load. Successes fill it again.
 */
export class RetryBudget {
  #tokens: number = capacity;

  /** Takes what one retry costs, or returns false when there is not enough. */
  take(failure: Failure): boolean {
    if (this.#tokens < cost[failure]) return false;
    this.#tokens -= cost[failure];
    return true;
  }

  /** To be called for each success; `after` is the failure before it, if the success was a retry's. */
  give(after: Failure | null): void {
    this.#tokens = Math.min(capacity, this.#tokens + (after === null ? 1 : cost[after]));
  }
}
