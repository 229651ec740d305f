/** Credentials that may end, where they come from, and one cache so that a thousand requests refresh them once. */

import type { Credentials } from "../../s3/credentials.ts";

/** Credentials that may end. */
export interface TemporaryCredentials extends Credentials {
  /** When they cease to work. Absent: never. */
  readonly expiration?: Date | undefined;
}

/**
 * Anything that gets credentials: it is asked again 5 minutes before those it gave end. The providers of
 * `@aws-sdk/credential-providers` are such functions.
 *
 * @example
 * import { fromSSO } from "@aws-sdk/credential-providers";
 * const client = new S3Client({ credentials: fromSSO({ profile: "work" }) });
 */
export type CredentialsProvider = () => Promise<TemporaryCredentials>;

/**
 * Gets the code of a device for multi-factor authentication from whoever has it.
 *
 * @param serial Serial number or ARN of the device, as the profile names it.
 */
export type MfaCodeProvider = (serial: string) => Promise<string>;

/** How long before their end credentials are refreshed. */
const refreshAheadMs = 5 * 60_000;

/** The credentials of a provider, kept until 5 minutes before they end; all who wait share one call of it. */
export class CredentialsCache {
  readonly #provider: CredentialsProvider;
  readonly #clock: () => number;
  #current: TemporaryCredentials | null = null;
  #refresh: Promise<TemporaryCredentials> | null = null;

  constructor(provider: CredentialsProvider, clock: () => number, current: Credentials | null = null) {
    this.#provider = provider;
    this.#clock = clock;
    this.#current = current;
  }

  /** Credentials that still work, at once where they are at hand. Throws what the provider throws. */
  get(): Credentials | Promise<Credentials> {
    const current = this.#current;
    return current !== null && this.#leftMs(current) > refreshAheadMs ? current : this.#renew(current);
  }

  async #renew(current: TemporaryCredentials | null): Promise<Credentials> {
    this.#refresh ??= this.#provider().finally(() => {
      this.#refresh = null;
    });
    try {
      this.#current = await this.#refresh;
    } catch (error) {
      // The early refresh failed: what there is still works for some minutes, and the next request tries again.
      if (current !== null && this.#leftMs(current) > 0) return current;
      throw error;
    }
    return this.#current;
  }

  /** Credentials at hand without waiting, or null: what synchronous presigning needs. */
  peek(): Credentials | null {
    return this.#current !== null && this.#leftMs(this.#current) > 0 ? this.#current : null;
  }

  /** The server says that these have ended: the next {@link get} refreshes. */
  expire(ended: Credentials): void {
    if (this.#current === ended) this.#current = null;
  }

  #leftMs({ expiration }: TemporaryCredentials): number {
    return expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - this.#clock();
  }
}
