/** What platform.ts is, in a browser: no environment, no files, fetch. What cannot be there says so. */

import type { TemporaryCredentials } from "./credentials/credentials.ts";
import type { Environment, Profiles } from "./credentials/profiles.ts";
import { CredentialsError } from "./errors.ts";
import { createFetchTransport } from "./fetch-transport.ts";
import type { Transport } from "./http.ts";
import type { S3ClientOptions } from "./settings.ts";

export function environment(): Environment {
  return {};
}

export function readProfiles(): Profiles {
  return { profile: () => undefined, endpoint: () => undefined, paths: [] };
}

export function keysOfProfile(): null {
  return null;
}

export async function findCredentials(): Promise<TemporaryCredentials> {
  throw new CredentialsError(
    "There are no credentials: a browser has neither an environment nor shared files",
    "Give keys, a function that fetches temporary ones, or anon: true.",
  );
}

export function createTransport({ ca, verify, proxies }: S3ClientOptions): Transport {
  if (ca !== undefined || verify !== undefined || proxies !== undefined) {
    throw notHere("The options ca, verify and proxies are");
  }
  return createFetchTransport();
}

export async function downloadFile(): Promise<never> {
  throw notHere("downloadFile() is");
}

export async function withFile(): Promise<never> {
  throw notHere("A file by its path is");
}

/** Version 2 signs the header Date, which a browser sets itself. */
export function signV2(): never {
  throw notHere("signatureVersion v2 is");
}

export { signV2 as presignV2 };

function notHere(what: string): TypeError {
  return new TypeError(`${what} not for a browser.`);
}
