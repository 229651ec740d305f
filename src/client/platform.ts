/**
 * What the client asks of the place that it runs in: this is `#platform` in Node, Bun and Deno, and platform-browser.ts in
 * a bundle for a browser. What is heavy is loaded when it is asked for.
 */

import type { Credentials } from "../s3/credentials.ts";
import type { ChainContext } from "./credentials/chain.ts";
import type { TemporaryCredentials } from "./credentials/credentials.ts";
import type { FileHandleLike } from "./bodies.ts";
import { type Environment, profileCredentials } from "./credentials/profiles.ts";
import type { Transport } from "./http.ts";
import type { ClientCore } from "./core.ts";
import type { GetObjectInput } from "./inputs.ts";
import type { FileDownloadOptions } from "./node-files.ts";
import type { ObjectInfo } from "./outputs.ts";
import type { S3ClientOptions, Settings } from "./settings.ts";

export { presignV2, signV2 } from "../s3/sigv2.ts";
export { readProfiles } from "./credentials/shared-files.ts";

/** The variables that AWS's names are looked up in. */
export function environment(): Environment {
  return process.env;
}

/** The keys that stand in the profile that somebody has named, or null. */
export function keysOfProfile({ profileNamed, profiles, profile }: Settings): Credentials | null {
  const section = profileNamed ? profiles().profile(profile) : undefined;
  return section?.["role_arn"] === undefined ? profileCredentials(section) : null;
}

/** Credentials that nobody gave, from wherever this place has them. Throws CredentialsError where there are none. */
export async function findCredentials(context: ChainContext): Promise<TemporaryCredentials> {
  return (await import("./credentials/chain.ts")).credentialsChain(context)();
}

/** See S3Client.downloadFile. */
export async function downloadFile(
  core: ClientCore,
  input: GetObjectInput,
  path: string,
  options?: FileDownloadOptions,
): Promise<ObjectInfo> {
  return (await import("./node-files.ts")).downloadFile(core, input, path, options);
}

/** Calls `use` with the file open for reading. */
export async function withFile<T>(path: string, use: (file: FileHandleLike) => Promise<T>): Promise<T> {
  return (await import("./node-files.ts")).withFile(path, use);
}

/** undici, loaded with the first request. */
export function createTransport(options: S3ClientOptions, { connectMs }: Settings): Transport {
  const { maxConnections, ca, verify, proxies } = options;
  let opening: Promise<Transport> | undefined;
  let transport: Transport | undefined;
  let closed = false;
  const open = async (): Promise<Transport> => {
    const { createPools } = await import("./transport.ts");
    // All of undici: the agent alone has no connect(), by which it asks the proxy for a tunnel.
    const ProxyAgent = proxies === undefined ? undefined : (await import("undici")).ProxyAgent;
    transport = createPools({
      maxConnections,
      connectTimeoutMs: connectMs,
      ca,
      verify,
      proxies,
      ProxyAgent,
    });
    return transport;
  };
  return {
    async send(request) {
      if (closed) throw new TypeError("The client is closed: make a new one.");
      return (transport ?? (await (opening ??= open()))).send(request);
    },
    async close() {
      closed = true;
      await (await opening)?.close();
    },
    destroy() {
      closed = true;
      void opening?.then((opened) => opened.destroy());
    },
  };
}
