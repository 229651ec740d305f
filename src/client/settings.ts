/** The client's options, and what they come to with the environment and the shared files of AWS. */

import type { Credentials } from "../s3/credentials.ts";
import type { CredentialsProvider, MfaCodeProvider } from "./credentials/credentials.ts";
import { type Environment, type Profiles, textOf } from "./credentials/profiles.ts";
import { type Addressing, type Endpoint, awsEndpoint, parseEndpoint, regionOfHost } from "./endpoint.ts";
import type { Transport } from "./http.ts";
import { checkNames } from "../s3/known-names.ts";
import { type RetryOptions, type RetryPolicy, retryPolicy } from "./retry.ts";
import { environment, readProfiles } from "#platform";

/** Whether checksums are computed and verified whenever S3 has them, or only where it demands them. */
export type ChecksumMode = "whenSupported" | "whenRequired";

/** How long things may take, in milliseconds. */
export interface Timeouts {
  /** Until a connection stands. Default: 5,000. */
  readonly connectMs?: number | undefined;
  /** Until an answer begins, once the request is sent. Copies and completes have five times as long. Default: 60,000. */
  readonly headersMs?: number | undefined;
  /** How long a body may stand still. A download that does is resumed. Default: 20,000. */
  readonly bodyMs?: number | undefined;
}

/** Options of an {@link S3Client}. What is left out comes from the environment as AWS names it, then from a default. */
export interface S3ClientOptions {
  /** Address of the server. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's, then Amazon's of the region. */
  readonly endpoint?: string | undefined;
  /** Default: AWS_REGION, AWS_DEFAULT_REGION, the profile's, then `us-east-1`. A bucket's own is found by itself. */
  readonly region?: string | undefined;
  /** Keys, or a function that gets them. Default: AWS's chain, from the environment to the instance's metadata. */
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  /** A profile of the shared files. Default: AWS_PROFILE, then `default`. */
  readonly profile?: string | undefined;
  /** Gets the code of an MFA device, for a profile with `mfa_serial`: it is asked whenever the role's credentials end. */
  readonly mfaCodeProvider?: MfaCodeProvider | undefined;
  /** Sign nothing: for public buckets and objects. */
  readonly anon?: boolean | undefined;
  /** How buckets are addressed. Default: `virtual` on AWS, `path` elsewhere. */
  readonly addressing?: Addressing | undefined;
  /** Default: `v4`. */
  readonly signatureVersion?: "v4" | "v2" | undefined;
  readonly timeouts?: Timeouts | undefined;
  readonly retries?: RetryOptions | undefined;
  /** Connections to one host; further requests wait. Default: 128; a browser decides itself. */
  readonly maxConnections?: number | undefined;
  /** Certificates of authorities to trust beside the system's, in PEM. */
  readonly ca?: string | readonly string[] | undefined;
  /** False: any certificate will do, so that anybody between can read and change everything. Default: true. */
  readonly verify?: boolean | undefined;
  /** URLs of proxies, such as `http://proxy.example:3128`, by the scheme of the endpoint. Default: none. */
  readonly proxies?: { readonly http?: string | undefined; readonly https?: string | undefined } | undefined;
  /** Default: AWS_REQUEST_CHECKSUM_CALCULATION, then `whenSupported` on AWS and `whenRequired` elsewhere. */
  readonly requestChecksums?: ChecksumMode | undefined;
  /** Default: AWS_RESPONSE_CHECKSUM_VALIDATION, then `whenSupported` on AWS and `whenRequired` elsewhere. */
  readonly responseChecksums?: ChecksumMode | undefined;
  /** Size of an upload's parts, grown where 10,000 would not hold the body. Default: 8 MiB. */
  readonly partSizeBytes?: number | undefined;
  /** Parts under way at once, of one upload, download or copy. Default: 4. */
  readonly concurrency?: number | undefined;
  /** What carries the requests. Default: undici; in a browser, fetch. */
  readonly transport?: Transport | undefined;
  /** Milliseconds since the epoch. Default: Date.now. */
  readonly clock?: (() => number) | undefined;
  /** From 0 to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined;
  /** Default: process.env; in a browser, nothing. */
  readonly env?: Environment | undefined;
}

type Group = "timeouts" | "retries" | "proxies";

/** 1: a value; else the options within it. */
type Known<Options> = {
  readonly [Name in keyof Options]-?: Name extends Group ? Known<NonNullable<Options[Name]>> : 1;
};

/** A misspelt `endpoint` would send keys and files to Amazon. */
export const knownOptions: Known<S3ClientOptions> = {
  endpoint: 1,
  region: 1,
  credentials: 1,
  profile: 1,
  mfaCodeProvider: 1,
  anon: 1,
  addressing: 1,
  signatureVersion: 1,
  timeouts: { connectMs: 1, headersMs: 1, bodyMs: 1 },
  retries: { maxAttempts: 1, baseDelayMs: 1, throttledDelayMs: 1, maxDelayMs: 1 },
  maxConnections: 1,
  ca: 1,
  verify: 1,
  proxies: { http: 1, https: 1 },
  requestChecksums: 1,
  responseChecksums: 1,
  partSizeBytes: 1,
  concurrency: 1,
  transport: 1,
  clock: 1,
  random: 1,
  env: 1,
};

/** Options that are decided. */
export interface Settings {
  /** The endpoint, or null: Amazon's of each bucket's region. */
  readonly endpoint: Endpoint | null;
  readonly region: string;
  readonly addressing: Addressing | undefined;
  readonly signatureVersion: "v4" | "v2";
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly retries: RetryPolicy;
  readonly requestChecksums: ChecksumMode;
  readonly responseChecksums: ChecksumMode;
  readonly partSizeBytes: number;
  readonly concurrency: number;
  readonly profile: string;
  readonly profileNamed: boolean;
  /** The shared files, read once and only when somebody asks. */
  readonly profiles: () => Profiles;
  readonly env: Environment;
}

/** The smallest part that S3 takes, but for the last. */
export const minPartSizeBytes: number = 5 * 1024 * 1024;

/**
 * Decides what the options leave open.
 *
 * @throws TypeError or RangeError for an option that cannot be.
 */
export function readSettings(options: S3ClientOptions): Settings {
  checkNames("S3Client", options, knownOptions);
  const env = options.env ?? environment();
  let read: Profiles | undefined;
  const profiles = (): Profiles => (read ??= readProfiles(env));
  const profile = options.profile ?? env["AWS_PROFILE"] ?? "default";
  const profileNamed = options.profile !== undefined || Boolean(env["AWS_PROFILE"]);
  const endpoint = endpointOf(options, env, profile, profileNamed, profiles);
  const aws = endpoint === null || endpoint.aws;
  // The region of a server that is not Amazon's is a word in the signature; the files are not read for it.
  const region =
    options.region ??
    (env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || undefined) ??
    (endpoint === null ? undefined : regionOfHost(endpoint.host)) ??
    (aws || profileNamed ? textOf(profiles().profile(profile), "region") : undefined) ??
    "us-east-1";
  const checksums = (name: string): ChecksumMode => {
    const asked = env[name]?.toLowerCase();
    if (asked === "when_supported") return "whenSupported";
    if (asked === "when_required") return "whenRequired";
    return aws ? "whenSupported" : "whenRequired";
  };
  const partSizeBytes = options.partSizeBytes ?? 8 * 1024 * 1024;
  if (!Number.isInteger(partSizeBytes) || partSizeBytes < minPartSizeBytes) {
    throw new RangeError(
      `partSizeBytes is ${partSizeBytes}; S3 takes no part smaller than ${minPartSizeBytes}.`,
    );
  }
  const concurrency = options.concurrency ?? 4;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`concurrency is ${concurrency}; it must be a whole number from 1.`);
  }
  return {
    endpoint,
    region,
    addressing: options.addressing,
    signatureVersion: options.signatureVersion ?? "v4",
    connectMs: options.timeouts?.connectMs ?? 5000,
    headersMs: options.timeouts?.headersMs ?? 60_000,
    bodyMs: options.timeouts?.bodyMs ?? 20_000,
    retries: retryPolicy({ maxAttempts: attemptsOf(env), ...options.retries }),
    requestChecksums: options.requestChecksums ?? checksums("AWS_REQUEST_CHECKSUM_CALCULATION"),
    responseChecksums: options.responseChecksums ?? checksums("AWS_RESPONSE_CHECKSUM_VALIDATION"),
    partSizeBytes,
    concurrency,
    profile,
    profileNamed,
    profiles,
    env,
  };
}

function endpointOf(
  options: S3ClientOptions,
  env: Environment,
  profile: string,
  profileNamed: boolean,
  profiles: () => Profiles,
): Endpoint | null {
  if (options.endpoint !== undefined) return parseEndpoint(options.endpoint);
  if (env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true") return null;
  for (const name of ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]) {
    if (env[name]) return parseEndpoint(env[name], name);
  }
  const fromProfile = profileNamed || options.region === undefined ? profiles().endpoint(profile) : undefined;
  return fromProfile === undefined ? null : parseEndpoint(fromProfile, `endpoint_url of profile ${profile}`);
}

function attemptsOf(env: Environment): number | undefined {
  const attempts = Number(env["AWS_MAX_ATTEMPTS"]);
  return Number.isInteger(attempts) && attempts > 0 ? attempts : undefined;
}

/** The endpoint for a bucket in a region. */
export function endpointFor(settings: Settings, region: string): Endpoint {
  const { endpoint } = settings;
  // Amazon's buckets are at their own region's host, whichever of its hosts was given.
  if (endpoint === null || (endpoint.aws && region !== settings.region)) return awsEndpoint(region);
  return endpoint;
}
