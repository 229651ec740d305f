/** What the requests of one client share: settings, connections, credentials, what was learned on the way, and where they go. */

import { CredentialsCache } from "./credentials/credentials.ts";
import { environmentCredentials } from "./credentials/profiles.ts";
import type { Transport } from "./http.ts";
import { RetryBudget } from "./retry.ts";
import { createTransport, findCredentials, keysOfProfile } from "#platform";
import { type S3ClientOptions, type Settings, readSettings, endpointFor } from "./settings.ts";
import { type Place, locate } from "./endpoint.ts";

export interface ClientCore {
  readonly settings: Settings;
  readonly transport: Transport;
  /** Null: requests are anonymous. */
  readonly credentials: CredentialsCache | null;
  readonly retryBudget: RetryBudget;
  /** The regions of buckets that turned out to be elsewhere than the settings say. */
  readonly regions: BucketRegions;
  /** Milliseconds since the epoch, by this machine. */
  readonly clock: () => number;
  /** How far the server's clock is ahead of this machine's, once they were found to differ. */
  clockOffsetMs: number;
  readonly random: () => number;
}

/** Throws TypeError or RangeError for options that cannot be. Nothing is sent. */
export function createCore(options: S3ClientOptions): ClientCore {
  const settings = readSettings(options);
  const clock = options.clock ?? Date.now;
  const transport = options.transport ?? createTransport(options, settings);
  return {
    settings,
    transport,
    credentials: credentialsOf(options, settings, transport, clock),
    retryBudget: new RetryBudget(),
    regions: new BucketRegions(),
    clock,
    clockOffsetMs: 0,
    random: options.random ?? Math.random,
  };
}

/** The time by the server's clock, as far as it is known. */
export function serverDate(core: ClientCore): Date {
  return new Date(core.clock() + core.clockOffsetMs);
}

/** Where a call goes, by what is known of its bucket's region. */
export function placeOf(
  core: ClientCore,
  { bucket, key }: { readonly bucket?: string | undefined; readonly key?: string | undefined },
): Place {
  return locate(endpointFor(core.settings, regionOf(core, bucket)), {
    addressing: core.settings.addressing,
    ...(bucket === undefined ? {} : { bucket }),
    ...(key === undefined ? {} : { key }),
  });
}

/** The region that a call is signed for. */
export function regionOf(core: ClientCore, bucket: string | undefined): string {
  return core.regions.get(bucket ?? "") ?? core.settings.region;
}

function credentialsOf(
  { anon, credentials, profile, mfaCodeProvider }: S3ClientOptions,
  settings: Settings,
  transport: Transport,
  clock: () => number,
): CredentialsCache | null {
  if (anon === true) return null;
  if (typeof credentials === "function") return new CredentialsCache(credentials, clock);
  if (credentials !== undefined) {
    if (!credentials.accessKeyId || !credentials.secretAccessKey) {
      throw new TypeError("credentials need both accessKeyId and secretAccessKey.");
    }
    return new CredentialsCache(async () => credentials, clock, credentials);
  }
  const { env, profiles, region } = settings;
  const context = {
    env: profile === undefined ? env : withoutKeys(env),
    profiles,
    profile: settings.profile,
    profileNamed: settings.profileNamed,
    region,
    transport,
    clock,
    mfaCodeProvider,
  };
  // Keys at hand serve synchronous presigning too.
  const atHand = environmentCredentials(context.env) ?? keysOfProfile(settings);
  return new CredentialsCache(() => findCredentials(context), clock, atHand);
}

/** A profile that the program itself names goes before the keys of the environment. */
function withoutKeys(env: Settings["env"]): Settings["env"] {
  return { ...env, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
}

/** The regions of the last thousand buckets that were found elsewhere. */
export class BucketRegions {
  readonly #regions = new Map<string, string>();

  get(bucket: string): string | undefined {
    return this.#regions.get(bucket);
  }

  set(bucket: string, region: string): void {
    this.#regions.delete(bucket);
    this.#regions.set(bucket, region);
    if (this.#regions.size > 1000) {
      const [oldest] = this.#regions.keys();
      if (oldest !== undefined) this.#regions.delete(oldest);
    }
  }
}
